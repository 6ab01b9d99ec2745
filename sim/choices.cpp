#include "sim/choices.hpp"

#include <algorithm>

#include "models/machine/byte_ranges.hpp"
#include "models/machine/graph.hpp"

namespace dmstall::sim {

namespace {

constexpr std::uint64_t one_seeded_fault_in = 8;  // requests

}  // namespace

AddressTable::AddressTable(const models::Table& table)
    : granularity_(std::max<std::int64_t>(1, table.granularity)),
      capacity_(table.capacity),
      present_below_(table.present_below) {}

bool AddressTable::look_up(std::int64_t entry) {
  if ((entry + 1) * granularity_ <= present_below_) return true;
  const auto found = present_.find(entry);
  if (found == present_.end()) return false;
  if (capacity_ > 0) recent_.splice(recent_.begin(), recent_, found->second);
  return true;
}

void AddressTable::remember(std::int64_t entry) {
  pending_.erase(entry);
  if (look_up(entry)) return;
  if (capacity_ <= 0) {
    present_.emplace(entry, recent_.end());
    return;
  }
  if (static_cast<std::int64_t>(present_.size()) >= capacity_) {
    present_.erase(recent_.back());
    recent_.pop_back();
  }
  recent_.push_front(entry);
  present_.emplace(entry, recent_.begin());
}

std::int64_t AddressTable::pending(std::int64_t entry) const {
  const auto found = pending_.find(entry);
  return found == pending_.end() ? -1 : found->second;
}

void AddressTable::drop_pending(std::int64_t entry, std::int64_t serial) {
  const auto found = pending_.find(entry);
  if (found != pending_.end() && found->second == serial) pending_.erase(found);
}

Choices::Choices(const models::Machine& machine, std::uint64_t seed)
    : machine_(&machine), weights_(random_for(seed, Stream::weights)), faults_(random_for(seed, Stream::faults)) {
  for (const models::Table& table : machine.tables) tables_.emplace_back(table);
  for (const models::PlacedFault& fault : machine.faults) hits_left_.push_back(fault.at_most);
}

std::int32_t Choices::choose(const models::World& world, models::TokenId id) {
  const models::Node& node = world.node_of(id);
  const models::Token& token = world.token(id);
  switch (node.decider) {
    case models::DeciderKind::weighted:
      return by_weight(node);
    case models::DeciderKind::fault_plan:
      return by_faults(node, token);
    case models::DeciderKind::lookup:
      return by_table(node, token);
    case models::DeciderKind::address:
      return by_address(node, token);
  }
  return 0;
}

std::int32_t Choices::by_weight(const models::Node& node) {
  const auto weight_of = [&](std::int32_t i) {
    return std::max(0.0, choices_of(*machine_, node)[static_cast<std::size_t>(i)].weight);
  };
  double sum = 0;
  for (std::int32_t i = 0; i < node.choices; ++i) sum += weight_of(i);
  if (sum <= 0) return static_cast<std::int32_t>(weights_.below(static_cast<std::uint64_t>(node.choices)));
  double left = weights_.unit() * sum;
  std::int32_t last = 0;
  for (std::int32_t i = 0; i < node.choices; ++i) {
    if (weight_of(i) <= 0) continue;
    last = i;
    if (left < weight_of(i)) return i;
    left -= weight_of(i);
  }
  return last;
}

std::int32_t Choices::by_faults(const models::Node& node, const models::Token& token) {
  const auto which = static_cast<std::size_t>(token.request_class);
  if (faults_end_ || which >= machine_->fault_plans.size()) return 0;
  const models::FaultPlan& plan = machine_->fault_plans[which];
  const auto known = std::min(static_cast<std::size_t>(node.choices), plan.combinations.size());
  std::vector<bool> hit(machine_->faults.size(), false);
  std::vector<std::size_t> drawn;  // combinations made of seeded faults only
  for (std::size_t k = 1; k < known; ++k) {
    const auto& faults = plan.combinations[k].faults;
    const auto may_be_drawn = [&](std::int32_t fault) {
      return machine_->faults[static_cast<std::size_t>(fault)].seeded &&
             hits_left_[static_cast<std::size_t>(fault)] != 0;
    };
    if (!faults.empty() && std::all_of(faults.begin(), faults.end(), may_be_drawn)) drawn.push_back(k);
  }
  if (!drawn.empty() && faults_.once_in(one_seeded_fault_in)) {
    for (const std::int32_t fault : plan.combinations[drawn[faults_.below(drawn.size())]].faults) {
      hit[static_cast<std::size_t>(fault)] = true;
    }
  }
  const models::RequestClass& of = machine_->classes[which];
  const std::int64_t end = token.address + std::max<std::int64_t>(1, of.bytes);
  const std::vector<bool> met = models::faults_met(machine_->faults, plan, {token.address, end});
  for (std::size_t i = 0; i < hit.size(); ++i) {
    const models::PlacedFault& fault = machine_->faults[i];
    if (fault.seeded || hits_left_[i] == 0) continue;
    const bool of_class = fault.device.empty() && fault.workload == of.name;
    if (of_class ? !models::has_block_in(fault, token.address, end) : !met[i]) continue;
    hit[i] = !fault.optional || faults_.once_in(2);
  }
  std::size_t best = 0;
  for (std::size_t k = 1; k < known; ++k) {
    const auto& faults = plan.combinations[k].faults;
    const bool contained = std::all_of(faults.begin(), faults.end(),
                                       [&](std::int32_t fault) { return hit[static_cast<std::size_t>(fault)]; });
    if (contained && faults.size() > plan.combinations[best].faults.size()) best = k;
  }
  if (known == 0) return 0;
  for (const std::int32_t fault : plan.combinations[best].faults) {
    std::int64_t& left = hits_left_[static_cast<std::size_t>(fault)];
    if (left > 0) --left;
  }
  return static_cast<std::int32_t>(best);
}

std::int32_t Choices::by_table(const models::Node& node, const models::Token& token) {
  constexpr std::int32_t present = 0, absent = 1, pending = 2;
  if (node.table == models::no_table || node.choices < 2) return 0;
  AddressTable& table = tables_[static_cast<std::size_t>(node.table)];
  const std::int64_t entry = table.entry_of(token.address);
  if (table.look_up(entry)) return present;
  const std::int64_t owner = table.pending(entry);
  if (node.choices > pending && owner >= 0 && owner != token.serial) return pending;
  if (owner < 0) {
    table.set_pending(entry, token.serial);
    pending_of_[token.serial].push_back({node.table, entry});
  }
  return absent;
}

std::int32_t Choices::by_address(const models::Node& node, const models::Token& token) {
  // Where the node divides addresses, what it maps recurs in every period of so many bytes (stripes).
  const std::int64_t period = node.address.divide_by;
  const std::int64_t address = period > 1 ? token.address % period : token.address;
  for (std::int32_t i = 0; i < node.choices; ++i) {
    const models::Choice& choice = choices_of(*machine_, node)[static_cast<std::size_t>(i)];
    if (choice.from_byte <= address && address < choice.to_byte) return i;
  }
  return node.choices - 1;  // beyond the last segment: the last one
}

void Choices::remember(const models::Node& node, std::int64_t address) {
  if (node.table == models::no_table) return;
  AddressTable& table = tables_[static_cast<std::size_t>(node.table)];
  table.remember(table.entry_of(address));
}

void Choices::forget(std::int64_t serial) {
  if (pending_of_.empty()) return;
  const auto found = pending_of_.find(serial);
  if (found == pending_of_.end()) return;
  for (const Pending& of : found->second) tables_[static_cast<std::size_t>(of.table)].drop_pending(of.entry, serial);
  pending_of_.erase(found);
}

}  // namespace dmstall::sim
