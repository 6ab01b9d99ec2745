#include "analysis/verdict/repairs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "analysis/engines/prove/scope.hpp"
#include "analysis/engines/verify/verify.hpp"
#include "analysis/verdict/explore_scenario.hpp"
#include "analysis/verdict/rewrites.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/pool_names.hpp"
#include "models/scenario/target_description.hpp"
#include "models/targets/build.hpp"
#include "models/targets/kernel_offer.hpp"

namespace dmstall::analysis {

namespace {

using models::Machine;
using models::Program;
using models::Resource;
using models::ResourceId;
using models::VerdictKind;
using Clock = std::chrono::steady_clock;

// What was found after a few states is not worth minutes of looking at changes: each is searched as far as that was.
// States bound it, so that the same question gets the same answer; seconds only where a state takes very long.
constexpr double seconds_each = 3;
constexpr double least_seconds_for_all = 10;  // or as long as the verdict took
constexpr std::int64_t most_states_each = 400'000, least_states_each = 20'000;
constexpr int most_elements_more = 2;
constexpr int most_queues = 6;

/// "io_client" of "io_client.pool"
std::string pool_kind(const Resource& resource) {
  return resource.pool.substr(0, resource.pool.find('.'));
}

bool has_elements(const Resource& resource) {
  switch (resource.kind) {
    case models::ResourceKind::mempool:
    case models::ResourceKind::bio_set:
    case models::ResourceKind::page_pool:
    case models::ResourceKind::buffer_pool:
    case models::ResourceKind::semaphore:
    case models::ResourceKind::workers:
      return true;
    default:
      return false;
  }
}

/// What a work item occupies while it runs.
bool is_of_a_workqueue(const Resource& resource) {
  return resource.kind == models::ResourceKind::workers || resource.kind == models::ResourceKind::slot ||
         resource.kind == models::ResourceKind::thread;
}

class Repairing {
 public:
  Repairing(const models::Scenario& scenario, const Machine& machine, const models::StuckReport& stuck,
            const Exploration& search, const RunOptions& options, double seconds_so_far)
      : scenario_(scenario), machine_(machine), stuck_(stuck), requests_(search.requests) {
    const double for_all = options.bounds.within(std::max(least_seconds_for_all, seconds_so_far));
    deadline_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(for_all));
    bounds_ = options.search;
    const std::int64_t states =
        std::clamp(static_cast<std::int64_t>(search.states), least_states_each, most_states_each);
    bounds_.seconds = std::min(seconds_each, options.asked.seconds.value_or(seconds_each));
    bounds_.states = std::min(states, options.asked.states.value_or(states));
    bounds_.states_in_all = bounds_.states;
    bounds_.progress = nullptr;
    prover_ = options.prover;
    prover_.words = 0;
  }

  Repairs run() {
    const std::vector<std::string>& names = stuck_.circle.empty() ? stuck_.waited_for : stuck_.circle;
    using Change = void (Repairing::*)(ResourceId, const Resource&);
    constexpr std::array<Change, 7> changes = {
        &Repairing::unshare_all,  &Repairing::unshare, &Repairing::own_instead_of_the_machines,
        &Repairing::resize,       &Repairing::at_once, &Repairing::under_a_lock,
        &Repairing::own_workqueue};
    for (const std::string& name : names) {
      const auto& resources = machine_.resources;
      const auto found =
          std::find_if(resources.begin(), resources.end(), [&](const Resource& each) { return each.name == name; });
      if (found == resources.end()) continue;
      const auto id = static_cast<ResourceId>(found - resources.begin());
      for (const Change change : changes) {
        if (seconds_left() < 0) {
          repairs_.cut = true;
          return std::move(repairs_);
        }
        (this->*change)(id, *found);
      }
    }
    return std::move(repairs_);
  }

 private:
  enum class Look : std::uint8_t { whole, proof };  ///< a search, too, or a proof alone
  enum class Found : std::uint8_t { helps, does_not, cut };

  Found check(Machine changed, Change change, std::string offered, Look look = Look::whole) {
    const Machine machine = searched_machine(scenario_, std::move(changed));
    ++repairs_.tried;
    last_ = {VerdictKind::inconclusive, {}};
    Repair repair{std::move(change), {}, std::move(offered)};
    ProveOptions within = prover_;
    within.seconds = std::min(within.seconds, std::max(seconds_left(), 0.0));
    if (const Proof proof = prove(machine, within); proof.proved && verify(machine, proof.certificate).accepted) {
      repair.outcome = {RepairOutcome::Kind::proved, scope_of(proof.certificate), 0};
      last_.verdict = VerdictKind::progress;
      repairs_.found.push_back(std::move(repair));
      return Found::helps;
    }
    if (look == Look::proof) return Found::cut;
    ExploreOptions bounds = bounds_;
    bounds.seconds = std::min(bounds.seconds, std::max(seconds_left(), 0.0));
    const Exploration after = explore(machine, bounds);
    if (after.error) return Found::does_not;
    last_ = {after.verdict, after.stuck.circle.empty() ? after.stuck.waited_for : after.stuck.circle};
    if (after.verdict == VerdictKind::progress) {
      repair.outcome.kind = RepairOutcome::Kind::exhausted;
    } else if (after.verdict == VerdictKind::deadlock && after.requests > requests_) {
      repair.outcome.kind = RepairOutcome::Kind::stuck_with;
      repair.outcome.requests = after.requests;
    } else if (after.verdict == VerdictKind::inconclusive && after.exhausted_requests >= requests_) {
      repair.outcome.kind = RepairOutcome::Kind::none_up_to;
      repair.outcome.requests = after.exhausted_requests;
    } else {
      return after.verdict == VerdictKind::inconclusive ? Found::cut : Found::does_not;
    }
    repairs_.found.push_back(std::move(repair));
    return Found::helps;
  }

  void unshare(ResourceId, const Resource& resource) {
    for (const auto& [key, rule] : scenario_.sharing.rules) {
      if (rule.scope == models::SharingRule::Scope::device || resource.pool.empty()) continue;
      const std::size_t dot = key.find('.');
      if (key.substr(dot + 1) != pool_kind(resource)) continue;
      const bool owner = rule.scope == models::SharingRule::Scope::module ? key.substr(0, dot) == resource.owner
                                                                          : rule.group == resource.owner;
      if (!owner) continue;
      models::Scenario apart = scenario_;
      apart.sharing.rules.erase(key);
      check(models::compile(models::build_program(apart)), {Change::Kind::pool_per_device, key, {}},
            models::offer_of_pools_per_device(scenario_.kernel.release));
      if (shared_rules() == 1) repairs_.apart = last_;
      break;
    }
  }

  /// What one pool apart leaves to be waited for in the others that are shared, if there are several.
  void unshare_all(ResourceId, const Resource& resource) {
    if (resource.pool.empty() || unshared_all_ || shared_rules() < 2) return;
    unshared_all_ = true;
    models::Scenario apart = scenario_;
    apart.sharing.rules.clear();
    check(models::compile(models::build_program(apart)), {Change::Kind::all_pools_per_device, {}, {}},
          models::offer_of_pools_per_device(scenario_.kernel.release));
    repairs_.apart = last_;
  }

  [[nodiscard]] std::int64_t shared_rules() const {
    return std::count_if(scenario_.sharing.rules.begin(), scenario_.sharing.rules.end(),
                         [](const auto& rule) { return rule.second.scope != models::SharingRule::Scope::device; });
  }

  /// A pool that the machine has once: every device that uses it gets its own.
  void own_instead_of_the_machines(ResourceId, const Resource& resource) {
    if (resource.pool.empty() || !resource.owner.empty()) return;
    models::Scenario apart = scenario_;
    for (const models::TargetDescription& target : models::target_registry()) {
      if (models::is_machine_wide(target.id, resource.pool)) apart.sharing.rules[target.id + "." + resource.pool] = {};
    }
    check(models::compile(models::build_program(apart)), {Change::Kind::pool_per_device, resource.name, {}},
          models::offer_of_other_code(scenario_.kernel.release));
  }

  void resize(ResourceId id, const Resource& resource) {
    if (!has_elements(resource)) return;
    Found found = Found::does_not;
    for (std::int32_t more = 1; more <= most_elements_more && found != Found::helps; ++more) {
      Machine larger = machine_;
      larger.resources[static_cast<std::size_t>(id)].capacity += more;
      // A search that came to no end comes to none with a larger pool either.
      found = check(std::move(larger),
                    {Change::Kind::elements, resource.name, {}, resource.capacity, resource.capacity + more},
                    models::offer_of_another_size(scenario_.kernel.release, pool_kind(resource)),
                    found == Found::cut ? Look::proof : Look::whole);
    }
  }

  void at_once(ResourceId id, const Resource& resource) {
    Program changing = program();
    int changed = 0;
    for (models::Flow& flow : changing.flows) changed += take_all_at_once(flow.steps, id);
    if (changed > 0)
      check(models::compile(changing), {Change::Kind::all_at_once, resource.name, {}},
            models::offer_of_other_code(scenario_.kernel.release));
  }

  void under_a_lock(ResourceId id, const Resource& resource) {
    if (!has_elements(resource) || is_of_a_workqueue(resource)) return;
    Program changing = program();
    Resource lock;
    lock.name = resource.name + ".collector";
    lock.kind = models::ResourceKind::mutex;
    lock.capacity = 1;
    const auto lock_id = static_cast<ResourceId>(changing.resources.size());
    changing.resources.push_back(std::move(lock));
    int changed = 0;
    for (models::Flow& flow : changing.flows) changed += lock_around_takes(flow.steps, id, lock_id);
    if (changed > 0)
      check(models::compile(changing), {Change::Kind::under_a_lock, resource.name, {}},
            models::offer_of_other_code(scenario_.kernel.release));
  }

  /// One kind of work leaves the queue in which it and others wait for each other.
  void own_workqueue(ResourceId id, const Resource& resource) {
    if (!is_of_a_workqueue(resource)) return;
    const Program& shared = program();
    int tried = 0;
    for (std::size_t f = 0; f < shared.flows.size() && tried < most_queues; ++f) {
      const models::Flow& flow = shared.flows[f];
      const std::vector<ResourceId> queue = entered_together(shared, flow.steps, id);
      const auto of_others = [&](ResourceId each) {
        return std::any_of(shared.flows.begin(), shared.flows.end(),
                           [&](const models::Flow& other) { return &other != &flow && mentions(other.steps, each); });
      };
      const bool fits =
          std::all_of(queue.begin(), queue.end(), [&](ResourceId each) { return keeps_to_itself(flow.steps, each); });
      if (!mentions(flow.steps, id) || !fits || std::none_of(queue.begin(), queue.end(), of_others)) continue;
      ++tried;
      Program apart = shared;
      for (const ResourceId each : queue) {
        Resource own = shared.resources[static_cast<std::size_t>(each)];
        own.name = fmt::format("{} of {}", own.name, flow.name);
        use_instead(apart.flows[f].steps, each, static_cast<ResourceId>(apart.resources.size()));
        apart.resources.push_back(std::move(own));
      }
      check(models::compile(apart), {Change::Kind::own_queue, flow.name, resource.name},
            models::offer_of_other_code(scenario_.kernel.release));
    }
  }

  [[nodiscard]] double seconds_left() const { return std::chrono::duration<double>(deadline_ - Clock::now()).count(); }

  /// What the scenario is built to; from the second time on a copy of it.
  const Program& program() {
    if (!program_) program_ = models::build_program(scenario_);
    return *program_;
  }

  const models::Scenario& scenario_;
  const Machine& machine_;
  const models::StuckReport& stuck_;
  std::int64_t requests_;  ///< of the stuck set that was found
  std::optional<Program> program_;
  bool unshared_all_ = false;
  Apart last_;  ///< what came of the change checked last
  Clock::time_point deadline_;
  ProveOptions prover_;
  ExploreOptions bounds_;
  Repairs repairs_;
};

}  // namespace

Repairs find_repairs(const models::Scenario& scenario, const Machine& machine, const models::StuckReport& stuck,
                     const Exploration& search, const RunOptions& options, double seconds_so_far) {
  return Repairing(scenario, machine, stuck, search, options, seconds_so_far).run();
}

}  // namespace dmstall::analysis
