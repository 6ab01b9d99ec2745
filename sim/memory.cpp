#include "sim/memory.hpp"

#include <array>

namespace dmstall::sim {

using models::AllocatorRule;

Memory::Memory(models::Machine& machine, const MemoryPlan& plan, std::uint64_t seed)
    : machine_(&machine), plan_(plan), random_(random_for(seed, Stream::memory)) {
  // An adversary that lets one kind of memory through and refuses another brings more requests past the first gate than
  // one that refuses everything: half of the seeds draw a rate per kind of memory, the others one per pool.
  constexpr std::array<double, 6> rates{0, 0.25, 0.5, 0.75, 0.95, 1};
  constexpr std::array<double, 5> rates_of_a_class{0, 0, 0.5, 1, 1};
  Random adversary = random_for(seed, Stream::adversary);
  const bool by_class = adversary.once_in(2);
  std::array<double, 5> of_class{};
  for (double& rate : of_class) rate = rates_of_a_class[adversary.below(rates_of_a_class.size())];
  for (const models::Resource& resource : machine.resources) {
    rules_.push_back(resource.allocator);
    const double own = rates[adversary.below(rates.size())];
    const double drawn = by_class ? of_class[static_cast<std::size_t>(resource.memory)] : own;
    failure_rate_.push_back(plan.seeded_adversary ? drawn : plan.probability.value_or(1));
  }
  if (begins() || (plan_.first_n && *plan_.first_n == 0)) set_plentiful(true);
}

void Memory::set_plentiful(bool plentiful) {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (rules_[i] != AllocatorRule::any) continue;
    machine_->resources[i].allocator = plentiful ? AllocatorRule::always : AllocatorRule::any;
  }
}

bool Memory::attempt(models::ResourceId resource) {
  if (plan_.first_n) {
    // The last attempt that the plan fails is also the last one that may fail at all.
    if (++attempts_ >= *plan_.first_n) recover();
    return attempts_ > *plan_.first_n;
  }
  const double failure_rate = failure_rate_[static_cast<std::size_t>(resource)];
  return failure_rate < 1 && !random_.chance(failure_rate);
}

bool Memory::may_succeed(models::ResourceId resource) const {
  const AllocatorRule rule = machine_->resources[static_cast<std::size_t>(resource)].allocator;
  if (rule != AllocatorRule::any) return rule == AllocatorRule::always;
  return plan_.first_n || failure_rate_[static_cast<std::size_t>(resource)] < 1;
}

std::optional<Nanoseconds> Memory::begins() const {
  if (plan_.from_s <= 0) return std::nullopt;
  return to_nanoseconds(plan_.from_s);
}

std::optional<Nanoseconds> Memory::recovers() const {
  if (!plan_.recovers_after_s) return std::nullopt;
  return to_nanoseconds(*plan_.recovers_after_s);
}

void Memory::begin() {
  if (!recovered_ && !(plan_.first_n && *plan_.first_n == 0)) set_plentiful(false);
}

void Memory::recover() {
  recovered_ = true;
  set_plentiful(true);
}

void Memory::recover_all() {
  recover();
  for (models::Resource& resource : machine_->resources) {
    if (resource.soft) resource.allocator = AllocatorRule::always;
  }
}

bool Memory::will_return() const {
  if (recovered_ || plan_.seeded_adversary) return false;
  return plan_.recovers_after_s || plan_.first_n || (plan_.probability && *plan_.probability < 1);
}

}  // namespace dmstall::sim
