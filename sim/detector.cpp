#include "sim/detector.hpp"

#include <algorithm>

namespace dmstall::sim {

void Stalls::mark(std::int64_t serial, models::ResourceId resource, Nanoseconds since, std::int64_t polls) {
  if (!marked_.emplace(serial, resource).second) return;
  Open& open = open_[static_cast<std::size_t>(resource)];
  if (open.sleepers++ == 0) open = {.sleepers = 1, .from = since, .polls = 0, .by_memory = false};
  open.from = std::min(open.from, since);
  open.polls += polls;
}

void Stalls::polled(std::int64_t serial) {
  const auto found = marked_.find(serial);
  if (found != marked_.end()) ++open_[static_cast<std::size_t>(found->second)].polls;
}

void Stalls::went_on(std::int64_t serial, bool by_memory, Nanoseconds now) {
  const auto found = marked_.find(serial);
  if (found == marked_.end()) return;
  const models::ResourceId resource = found->second;
  marked_.erase(found);
  Open& open = open_[static_cast<std::size_t>(resource)];
  open.by_memory |= by_memory;
  if (--open.sleepers > 0 || !open.by_memory) return;
  ended_.push_back({to_seconds(open.from), to_seconds(now), open.polls,
                    machine_->resources[static_cast<std::size_t>(resource)].name});
}

Detector::Detector(const models::Machine& machine, const Memory& memory)
    : memory_(&memory),
      has_pages_(std::any_of(machine.resources.begin(), machine.resources.end(),
                             [](const auto& resource) { return resource.allocator == models::AllocatorRule::pages; })) {
}

Detector::Finding Detector::look(const models::World& world, const std::vector<bool>& to_come,
                                 const models::LaterRequests& later, bool pages_may_come) {
  const bool will_return = pages_may_come || memory_->will_return();
  if (world.steps() == seen_steps_ && will_return == seen_will_return_) return last_;
  seen_steps_ = world.steps();
  seen_will_return_ = will_return;
  last_ = Finding::nothing;
  tokens_ = models::stuck_set(world, to_come);
  if (!tokens_.empty()) {
    // Memory that comes back on its own makes this a stall, unless it does not help: a bufio waiter is not polled, and
    // goes on only when a later request gives a buffer back.
    last_ = will_return && models::relieved_by_memory(world, tokens_, later) ? Finding::stall : Finding::stuck;
  } else if (has_pages_) {
    tokens_ = models::stuck_set_ignoring_pages(world, to_come);
    if (!tokens_.empty()) last_ = Finding::stall;
  }
  return last_;
}

}  // namespace dmstall::sim
