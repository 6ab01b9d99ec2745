#include "analysis/use/audit/explain.hpp"

#include <algorithm>

#include "analysis/use/audit/fit.hpp"
#include "models/kernel/traces/frames.hpp"
#include "models/kernel/traces/outside.hpp"

namespace dmstall::analysis {

namespace {

using models::EventKind;

bool is_work(const std::string& shown, const std::string& function) {
  const auto& others = models::shown_as(function).functions;
  return shown == function || std::find(others.begin(), others.end(), shown) != others.end();
}

bool knows_pool(const RecordedEvent& event) {
  return !event.what.empty() && (event.kind == EventKind::take || event.kind == EventKind::give);
}

bool waits_for_completion(const RecordedEvent& event) {
  return event.frames.front().starts_with("wait_for_completion");
}

/// A mutex is no rwsem, and a reader is no writer.
bool same_lock(const RecordedEvent& event, models::LockMode lock) {
  if (event.kind != EventKind::lock && event.kind != EventKind::sleep) return true;
  for (const std::string& frame : event.frames) {
    if (!models::is_inside(event.kind, frame)) break;
    const models::LockMode mode = models::lock_mode(frame);
    if (mode != models::LockMode::none) return mode == lock;
  }
  return true;
}

/// The mempool of a bio_set.
bool through_bio_set(const RecordedEvent& event) {
  const auto& frames = event.frames;
  return frames.size() > 1 && frames[1] == "bio_alloc_bioset";
}

}  // namespace

Explainer::Explainer(const TraceModel& model, const HiddenFunctions& hidden) : model_(model), hidden_(hidden) {
  for (const TracedStep& step : model.steps) {
    for (const std::string& each : step.functions) {
      if (!models::is_common(each)) named_.insert(each);
    }
  }
}

AuditedEvent Explainer::explain(const RecordedEvent& event) const {
  AuditedEvent audited;
  audited.event = event;
  audited.steps = steps_of(event);
  if (!audited.steps.empty()) {
    audited.how = Explained::by_step;
  } else if (const std::string id = omission_of(event); !id.empty()) {
    audited.how = Explained::by_omission;
    audited.omission = id;
  } else if (const std::string_view why = outside(event); !why.empty()) {
    audited.how = Explained::outside;
    audited.why = std::string(why);
  }
  return audited;
}

std::size_t Explainer::most_telling(const RecordedEvent& event) const {
  std::size_t most = 0;
  for (const TracedStep& step : model_.steps) {
    if (how_well(step, event) != 0) most = std::max(most, telling_fit(step.functions, event, hidden_));
  }
  return most;
}

std::vector<std::size_t> Explainer::steps_of(const RecordedEvent& event) const {
  std::vector<std::size_t> best;
  std::size_t most = 0;
  for (std::size_t i = 0; i < model_.steps.size(); ++i) {
    const std::size_t fits = how_well(model_.steps[i], event);
    if (fits == 0 || fits < most) continue;
    if (fits > most) best.clear();
    most = fits;
    best.push_back(i);
  }
  return best;
}

std::size_t Explainer::how_well(const TracedStep& step, const RecordedEvent& event) const {
  if (!step.events.has(event.kind) || step.functions.empty()) return 0;
  // The chain of a work item is how its function is called, and the outermost one is the function.
  if (event.kind == EventKind::queue) return is_work(event.what, step.functions.back()) ? 1 : 0;
  if (event.kind == EventKind::run) return is_work(event.frames.front(), step.functions.back()) ? 1 : 0;
  if (event.kind == EventKind::take && through_bio_set(event) != step.is_bio_set) return 0;
  if (event.kind == EventKind::put && !step.is_bio_set) return 0;
  if (event.kind == EventKind::lock && waits_for_completion(event) != step.waits_for_io) return 0;
  if (!same_lock(event, step.lock)) return 0;
  // What a trace knows of a pool is its name, where it is a variable of the kernel, or how its elements are made.
  const bool by_name = models::is_machine_set(event.what);
  if (by_name ? event.what != step.pool : models::is_machine_set(step.pool) && knows_pool(event)) return 0;
  const std::size_t fits = fit(step.functions, event, hidden_);
  if (fits != 0 || !(event.kind == EventKind::give || event.kind == EventKind::put)) return fits;
  return left_by_jumps(step, event) ? 1 : 0;
}

/// All functions of the chain left by jumps, so that the completion of the bio is seen to call mempool_free.
bool Explainer::left_by_jumps(const TracedStep& step, const RecordedEvent& event) const {
  return models::is_completion(maker_of(event)) &&
         std::all_of(step.functions.begin(), step.functions.end(), [&](const std::string& function) {
           return models::is_inside(event.kind, function) || hidden_.may_lack(function, event.frames);
         });
}

std::string Explainer::omission_of(const RecordedEvent& event) const {
  for (const models::LeftOut& each : model_.left_out) {
    if (!each.seen.kinds.has(event.kind) || (each.of_tasks && !event.by_task())) continue;
    const std::vector<std::string> chain = functions_of(each.seen.chain);
    if (event.kind == EventKind::queue && event.what == chain.front()) return std::string(each.id);
    if (const models::LockMode mode = models::lock_mode(chain.front());
        mode != models::LockMode::none && !same_lock(event, mode))
      continue;
    if (fit(chain, event, hidden_) > 0) return std::string(each.id);
  }
  return {};
}

/// Further in than the function of the reason there is nothing that the models name.
std::string_view Explainer::outside(const RecordedEvent& event) const {
  for (const models::OutsideReason& reason : models::outside_reasons()) {
    if (reason.of_tasks && !event.by_task()) continue;
    const auto at = std::find(event.frames.begin(), event.frames.end(), reason.function);
    if (at == event.frames.end()) continue;
    if (std::none_of(event.frames.begin(), at, [&](const std::string& each) { return named_.count(each) != 0; }))
      return reason.why;
  }
  return {};
}

}  // namespace dmstall::analysis
