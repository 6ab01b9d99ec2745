#include "analysis/verdict/circles.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>
#include <set>
#include <utility>

#include "analysis/engines/prove/prove.hpp"
#include "analysis/engines/replay/replay.hpp"
#include "analysis/engines/verify/verify.hpp"
#include "analysis/verdict/explore_scenario.hpp"
#include "models/machine/compile.hpp"
#include "models/targets/build.hpp"

namespace dmstall::analysis {

namespace {

using models::Machine;
using models::ResourceId;
using models::VerdictKind;
using Clock = std::chrono::steady_clock;

constexpr double seconds_for_all = 30, seconds_of_each = 6;
constexpr std::int64_t states_of_each = 400'000;
constexpr std::int64_t most_searches = 24;  ///< of the scenario; as many again without sharing and changes
constexpr std::int32_t plenty = 1 << 20;    ///< elements

const std::vector<std::string>& names_of(const Exploration& found) {
  return found.stuck.circle.empty() ? found.stuck.waited_for : found.stuck.circle;
}

FoundCircle circle_of(const Exploration& found) {
  FoundCircle circle;
  circle.kind = found.stuck.kind;
  circle.resources = names_of(found);
  circle.requests = found.requests;
  circle.faults = found.faults;
  circle.failures = found.failures;
  circle.relieved_by_memory = found.relieved_by_memory;
  return circle;
}

bool can_be_plentiful(models::ResourceKind kind) {
  return models::has_elements(kind) && kind != models::ResourceKind::mutex;
}

/// What is waited for, whoever owns it: "recheck_pool" of every device and of the module.
std::set<std::string> kinds_of(const Machine& machine, const std::vector<std::string>& names) {
  std::set<std::string> kinds;
  for (const std::string& name : names) {
    const auto resource = std::find_if(machine.resources.begin(), machine.resources.end(),
                                       [&](const models::Resource& each) { return each.name == name; });
    kinds.insert(resource == machine.resources.end() || resource->pool.empty() ? name : resource->pool);
  }
  return kinds;
}

/// One machine, asked again and again with more and more of it plentiful.
class Enumerating {
 public:
  Enumerating(const Machine& machine, const RunOptions& options, Clock::time_point ends)
      : machine_(machine), options_(options), ends_(ends) {}

  Circles run(const Exploration* first) {
    ask({}, first);
    while (!open_.empty()) {
      const std::set<ResourceId> plentiful = std::move(open_.front());
      open_.pop_front();
      if (result_.searches >= most_searches) return ended(Circles::End::searches);
      if (seconds_left() <= 0) return ended(Circles::End::time);
      ask(plentiful, nullptr);
    }
    return ended(unsure_ ? Circles::End::open : Circles::End::all);
  }

 private:
  Circles ended(Circles::End end) {
    result_.end = end;
    return std::move(result_);
  }

  void ask(const std::set<ResourceId>& plentiful, const Exploration* known) {
    Exploration found = known != nullptr ? *known : search(plentiful);
    if (found.verdict == VerdictKind::progress) return;
    if (found.verdict != VerdictKind::deadlock) {
      unsure_ = true;
      return;
    }
    note(plentiful, found, known != nullptr);
    bool goes_on = false;
    for (const std::string& name : names_of(found)) {
      for (std::size_t r = 0; r < machine_.resources.size(); ++r) {
        const models::Resource& resource = machine_.resources[r];
        const auto id = static_cast<ResourceId>(r);
        if (resource.name != name || !can_be_plentiful(resource.kind) || plentiful.count(id) != 0) continue;
        goes_on = true;
        std::set<ResourceId> more = plentiful;
        more.insert(id);
        if (asked_.insert(more).second) open_.push_back(std::move(more));
      }
    }
    if (!goes_on) unsure_ = true;
  }

  Exploration search(const std::set<ResourceId>& plentiful) {
    ++result_.searches;
    Machine machine = machine_;
    for (const ResourceId id : plentiful) machine.resources[static_cast<std::size_t>(id)].capacity += plenty;
    ProveOptions prover = options_.prover;
    prover.words = 0;
    prover.seconds = std::min(prover.seconds, std::max(0.0, seconds_left()));
    if (const Proof proof = prove(machine, prover); proof.proved && verify(machine, proof.certificate).accepted) {
      Exploration proved;
      proved.verdict = VerdictKind::progress;
      return proved;
    }
    ExploreOptions bounds = options_.search;
    bounds.seconds = std::min(seconds_of_each, std::max(0.0, seconds_left()));
    bounds.states = std::min(states_of_each, options_.asked.states.value_or(states_of_each));
    bounds.states_in_all = bounds.states;
    bounds.progress = nullptr;
    bounds.slice.clear();
    bounds.open.clear();
    return explore(machine, bounds);
  }

  void note(const std::set<ResourceId>& plentiful, const Exploration& found, bool confirmed) {
    FoundCircle circle = circle_of(found);
    const auto same = [&](const FoundCircle& each) {
      return std::set(each.resources.begin(), each.resources.end()) ==
             std::set(circle.resources.begin(), circle.resources.end());
    };
    if (std::any_of(result_.found.begin(), result_.found.end(), same)) return;
    if (!confirmed && !replay(machine_, found.witness).confirmed) {
      for (const ResourceId id : plentiful)
        circle.behind.push_back(machine_.resources[static_cast<std::size_t>(id)].name);
    }
    result_.found.push_back(std::move(circle));
  }

  [[nodiscard]] double seconds_left() const { return std::chrono::duration<double>(ends_ - Clock::now()).count(); }

  const Machine& machine_;
  const RunOptions& options_;
  Clock::time_point ends_;
  std::deque<std::set<ResourceId>> open_;
  std::set<std::set<ResourceId>> asked_;
  bool unsure_ = false;
  Circles result_;
};

/// The scenario with nothing shared and on the release as it is; nothing where it is that already.
std::optional<models::Scenario> stock_of(const models::Scenario& scenario) {
  if (scenario.devices.empty()) return std::nullopt;
  const auto release = models::Release::named(scenario.kernel.release.name());
  const bool shares = std::any_of(scenario.sharing.rules.begin(), scenario.sharing.rules.end(), [](const auto& rule) {
    return rule.second.scope != models::SharingRule::Scope::device;
  });
  if (!release || (!shares && *release == scenario.kernel.release)) return std::nullopt;
  models::Scenario stock = scenario;
  stock.kernel.release = *release;
  std::erase_if(stock.sharing.rules,
                [](const auto& rule) { return rule.second.scope != models::SharingRule::Scope::device; });
  return stock;
}

Clock::time_point from_now(double seconds) {
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

Circles find_circles(const models::Scenario& scenario, const Machine& machine, const Exploration& first,
                     const RunOptions& options) {
  const std::optional<models::Scenario> stock = stock_of(scenario);
  const double seconds = options.bounds.within(options.asked.seconds.value_or(seconds_for_all));
  Circles all = Enumerating(machine, options, from_now(stock ? seconds / 2 : seconds)).run(&first);
  if (!stock) return all;
  all.stock_asked = true;
  const Machine plain = searched_machine(*stock, models::compile(models::build_program(*stock)));
  const Circles without = Enumerating(plain, options, from_now(seconds / 2)).run(nullptr);
  all.stock_is_safe = without.found.empty() && without.end == Circles::End::all;
  std::vector<std::set<std::string>> there;
  for (const FoundCircle& each : without.found) there.push_back(kinds_of(plain, each.resources));
  for (FoundCircle& each : all.found) {
    const bool stands = std::find(there.begin(), there.end(), kinds_of(machine, each.resources)) != there.end();
    each.stock = stands                             ? FoundCircle::Stock::stands
                 : without.end == Circles::End::all ? FoundCircle::Stock::gone
                                                    : FoundCircle::Stock::unknown;
  }
  return all;
}

}  // namespace dmstall::analysis
