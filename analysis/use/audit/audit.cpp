#include "analysis/use/audit/audit.hpp"

namespace dmstall::analysis {

AuditCounts counts_of(const AuditedTrace& trace) {
  AuditCounts counts;
  counts.events = trace.events.size();
  for (const AuditedEvent& each : trace.events) {
    switch (each.how) {
      case Explained::by_step:
        ++counts.by_steps;
        break;
      case Explained::by_omission:
        ++counts.by_omissions;
        break;
      case Explained::outside:
        ++counts.outside;
        break;
      case Explained::not_explained:
        ++counts.unexplained;
        break;
    }
  }
  return counts;
}

AuditCounts counts_of(const Audit& audit) {
  AuditCounts all;
  for (const AuditedTrace& trace : audit.traces) {
    const AuditCounts one = counts_of(trace);
    all.events += one.events;
    all.by_steps += one.by_steps;
    all.by_omissions += one.by_omissions;
    all.outside += one.outside;
    all.unexplained += one.unexplained;
  }
  return all;
}

bool can_be_shown(const TracedStep& step) {
  return step.always_shown && !(step.targets.size() == 1 && step.targets.count("workload") != 0);
}

const models::NeverSeen* reason_never_seen(const TracedStep& step, std::string_view kernel) {
  for (const models::NeverSeen& each : models::never_seen()) {
    const bool on_kernel = each.release.empty() || kernel.substr(0, kernel.find(' ')) == each.release;
    if (on_kernel && step.chain == each.chain && step.what.substr(0, step.what.find(' ')) == each.verb) return &each;
  }
  return nullptr;
}

void add_trace(Audit& audit, std::size_t model, const std::string& path, const RecordedTrace& trace) {
  AuditedModel& against = audit.models[model];
  against.seen.resize(against.model.steps.size());
  AuditedTrace audited{path, trace.kernel, trace.release, trace.scenario, trace.operation, model, {}};
  const Explainer explainer(against.model, trace.hidden);
  audited.events.reserve(trace.events.size());
  for (const RecordedEvent& event : trace.events) {
    audited.events.push_back(explainer.explain(event));
    for (const std::size_t step : audited.events.back().steps) against.seen[step] += event.count;
  }
  audit.traces.push_back(std::move(audited));
}

}  // namespace dmstall::analysis
