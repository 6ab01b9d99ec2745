#include "models/machine/relief.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>

namespace dmstall::models {

namespace {

/// What one request of a class does for the others its next one does too, but for the branches it takes.
constexpr std::int64_t most_later = 16;

Machine generous(const Machine& machine) {
  Machine result = machine;
  for (Resource& resource : result.resources) {
    if (resource.soft) resource.allocator = AllocatorRule::always;
  }
  return result;
}

class Relief {
 public:
  Relief(const World& world, const std::vector<TokenId>& stuck, const LaterRequests& later)
      : machine_(generous(world.machine())), run_(world), later_(later) {
    for (std::int64_t& left : later_) left = std::min(left, most_later);
    later_.resize(machine_.classes.size(), 0);
    for (const TokenId id : stuck) waiting_.push_back(world.token(id).serial);
    find_rescued(stuck);
    fall_asleep(stuck);
    run_.rebind(machine_);
  }

  bool run(std::int64_t step_limit) {
    for (bool moved = true; moved && steps_ < step_limit;) {
      if (all_finished()) return true;
      moved = false;
      for (const TokenId id : run_.live()) {
        const std::optional<Alternative> way = choose(id);
        if (!way) continue;
        run_.apply(id, *way, effects_);
        if (effects_.error) return false;
        if (effects_.stopped) return true;  // nobody waits any more
        ++steps_;
        moved = true;
      }
      if (!moved) moved = start_later();
    }
    return all_finished();
  }

 private:
  bool all_finished() {
    std::erase_if(waiting_, [&](std::int64_t serial) { return run_.find(serial) == no_token; });
    return waiting_.empty();
  }

  /// Who was woken in vain is asleep again long before memory comes back.
  void fall_asleep(const std::vector<TokenId>& stuck) {
    for (const TokenId id : stuck) {
      enabled_.clear();
      run_.alternatives(id, enabled_);
      const auto again = std::find_if(enabled_.begin(), enabled_.end(),
                                      [&](const Alternative& way) { return is_futile(run_.node_of(id), way); });
      if (again != enabled_.end()) run_.apply(id, Alternative(*again), effects_);
    }
  }

  /// Items that were queued when the rescuer began with the item in which it is stuck. It is the one that came last for
  /// a thread of which none is left.
  void find_rescued(const std::vector<TokenId>& stuck) {
    for (std::size_t r = 0; r < machine_.resources.size(); ++r) {
      const auto thread = static_cast<ResourceId>(r);
      const Resource& resource = machine_.resources[r];
      if (resource.kind != ResourceKind::thread || !resource.soft || !resource.rescuer ||
          level(machine_, run_.levels(), thread) > 0)
        continue;
      std::int64_t began = -1;
      TokenId rescuer = no_token;
      for (const TokenId id : run_.live()) {
        for (const Holding& held : run_.token(id).held) {
          if (held.resource != thread || held.since_step <= began) continue;
          began = held.since_step;
          rescuer = id;
        }
      }
      if (std::find(stuck.begin(), stuck.end(), rescuer) == stuck.end()) continue;
      for (const TokenId id : run_.live()) {
        const bool queued = run_.node_of(id).kind == NodeKind::take && run_.node_of(id).resource == thread;
        if (queued && run_.token(id).arrived_step < began) rescued_.insert(run_.token(id).serial);
      }
    }
  }

  std::optional<Alternative> choose(TokenId id) {
    const Node& node = run_.node_of(id);
    if (rescued_.count(run_.token(id).serial) > 0) {
      if (level(machine_, run_.levels(), node.resource) < node.n) return std::nullopt;
      rescued_.erase(run_.token(id).serial);
      return Alternative{.kind = AlternativeKind::reserve, .failures = 1};
    }
    enabled_.clear();
    run_.alternatives(id, enabled_);
    if (enabled_.empty()) return std::nullopt;
    std::size_t pick = 0;  // no new faults: combination 0 is "none"
    if (node.kind == NodeKind::choose && node.decider != DeciderKind::fault_plan) {
      const bool clean =
          std::any_of(enabled_.begin(), enabled_.end(), [](const Alternative& way) { return way.faults == 0; });
      if (clean) std::erase_if(enabled_, [](const Alternative& way) { return way.faults != 0; });
      random_ = random_ * 6364136223846793005u + 1442695040888963407u;
      pick = static_cast<std::size_t>(random_ >> 33) % enabled_.size();
    }
    if (enabled_[pick].kind == AlternativeKind::sleep) return std::nullopt;
    return enabled_[pick];
  }

  /// One more of each class that has a place in flight. False: there is none.
  bool start_later() {
    bool started = false;
    for (std::size_t c = 0; c < later_.size(); ++c) {
      if (later_[c] <= 0) continue;
      const auto request_class = static_cast<std::int32_t>(c);
      const std::int64_t places = machine_.classes[c].in_flight;
      if (places > 0 && in_flight(request_class) >= places) continue;
      --later_[c];
      (void)run_.start(request_class);
      started = true;
    }
    return started;
  }

  [[nodiscard]] std::int64_t in_flight(std::int32_t request_class) const {
    const std::vector<TokenId> live = run_.live();
    return std::count_if(live.begin(), live.end(), [&](TokenId id) {
      return run_.token(id).parent_serial < 0 && run_.token(id).request_class == request_class;
    });
  }

  Machine machine_;
  World run_;
  LaterRequests later_;
  std::vector<std::int64_t> waiting_;
  std::unordered_set<std::int64_t> rescued_;  ///< serials
  std::vector<Alternative> enabled_;
  StepEffects effects_;
  std::uint64_t random_ = 0x9e3779b97f4a7c15u;
  std::int64_t steps_ = 0;
};

}  // namespace

LaterRequests later_requests(const Machine& machine, const std::vector<RecordedStep>& steps) {
  LaterRequests later;
  for (const RequestClass& each : machine.classes) later.push_back(each.daemon ? 0 : each.total);
  for (const RecordedStep& step : steps) {
    if (step.start_class >= 0) --later[static_cast<std::size_t>(step.start_class)];
  }
  return later;
}

bool relieved_by_memory(const World& world, const std::vector<TokenId>& stuck, const LaterRequests& later,
                        std::int64_t step_limit) {
  return Relief(world, stuck, later).run(step_limit);
}

}  // namespace dmstall::models
