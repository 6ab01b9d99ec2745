// Time that passes for a token: delays, CPU work, transfers, and the price of a loop that does nothing else.
#include <algorithm>

#include "sim/interpreter.hpp"

namespace dmstall::sim {

namespace {

constexpr Nanoseconds ns_per_us = 1000;
/// A loop in which no time passes would stop the clock: after the first turns each one takes time, more and more of it.
constexpr std::int32_t free_turns = 64, turns_per_doubling = 16;
constexpr Nanoseconds first_rest = ns_per_us, longest_rest = 1000 * ns_per_us;

}  // namespace

void Interpreter::spend(models::TokenId id, const models::Node& node) {
  State& mine = state(id);
  mine.doing = Doing::spending;
  const bool loops_idly = node.back_edge && node.next == world_.token(id).at;
  if (!loops_idly) mine.turns = 0;
  if (watchers_.on() && !loops_idly) watchers_.tell([&](Watcher& each) { each.spends(now(), world_, id); });
  switch (node.spend) {
    case models::SpendKind::delay_us:
      return schedule(now() + std::max<std::int64_t>(0, node.amount) * ns_per_us, spent, id);
    case models::SpendKind::cpu_bytes:
      if (const auto started = processors_.submit(id, node.amount, now())) {
        schedule(started->ends, processor_done, id);
      }
      return;
    case models::SpendKind::dirty_bytes:
      return dirty_pages(id, node);
    case models::SpendKind::disk_read:
    case models::SpendKind::disk_write:
    case models::SpendKind::disk_flush:
      mine.submitted = now();
      if (const auto started =
              disks_[static_cast<std::size_t>(node.device)].submit(id, node.spend, node.amount, now())) {
        schedule(started->ends, disk_done, id);
      }
      return;
  }
}

/// At the back edge of a loop. True: the token rests first.
bool Interpreter::rest(models::TokenId id, const models::Node& node) {
  State& mine = state(id);
  if (mine.rested || (node.kind == models::NodeKind::spend && node.next != world_.token(id).at)) return false;
  mine.rested = true;
  if (++mine.turns <= free_turns) return false;
  const int doublings = std::min((mine.turns - free_turns) / turns_per_doubling, 20);
  mine.doing = Doing::spending;
  schedule(now() + std::min(longest_rest, first_rest << doublings), spent, id);
  return true;
}

}  // namespace dmstall::sim
