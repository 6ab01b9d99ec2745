#include "analysis/report/repair_text.hpp"

#include <fmt/format.h>

#include "analysis/report/reason_text.hpp"

namespace dmstall::analysis {

std::string to_text(const Change& change) {
  using Kind = Change::Kind;
  switch (change.kind) {
    case Kind::pool_per_device:
      return fmt::format("{} per device", change.of);
    case Kind::all_pools_per_device:
      return "all pools per device";
    case Kind::elements:
      return fmt::format("{} {} → {}", change.of, change.from, change.to);
    case Kind::all_at_once:
      return fmt::format("{}: all elements of a request at once", change.of);
    case Kind::under_a_lock:
      return fmt::format("{}: one request at a time collects its elements, under a lock", change.of);
    case Kind::own_queue:
      break;
  }
  return fmt::format("{}: a queue of its own instead of {}", change.of, change.instead);
}

std::string to_text(const RepairOutcome& outcome) {
  using Kind = RepairOutcome::Kind;
  switch (outcome.kind) {
    case Kind::proved:
      return "PROVED for " + to_text(outcome.scope);
    case Kind::exhausted:
      return "PROGRESS (exhausted)";
    case Kind::stuck_with:
      return fmt::format("no stuck set with {}, DEADLOCK with {}", counted(outcome.requests - 1, "request"),
                         outcome.requests);
    case Kind::none_up_to:
      break;
  }
  return fmt::format("no stuck set with up to {} in flight (searched no further)",
                     counted(outcome.requests, "request"));
}

}  // namespace dmstall::analysis
