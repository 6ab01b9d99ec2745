// What would undo a deadlock: changes to the resources of its circle, each checked again.
//
// Tried are: a shared pool made private to every device, one or two elements more in a reserve, several elements taken
// at once or under a lock instead of one by one, and a workqueue of its own for one kind of work. Only changes are kept
// with which progress is proved, or the search finds no stuck set any more; how far it looked is said with each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/prove/scope.hpp"
#include "analysis/verdict/run_options.hpp"
#include "models/machine/machine.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

struct Change {
  enum class Kind : std::uint8_t {
    pool_per_device,       ///< `of`, a pool, for every device its own
    all_pools_per_device,  ///< all that the scenario shares
    elements,              ///< of the resource `of`: `to` instead of `from`
    all_at_once,           ///< a request takes all its elements of `of` in one go
    under_a_lock,          ///< one request at a time collects its elements of `of`
    own_queue,             ///< of the flow `of`, instead of `instead`
  };
  Kind kind = Kind::pool_per_device;
  std::string of, instead;
  std::int32_t from = 0, to = 0;
};

/// How far a change was searched.
struct RepairOutcome {
  enum class Kind : std::uint8_t {
    proved,      ///< for `scope`
    exhausted,   ///< every schedule of the whole population completes
    stuck_with,  ///< the least stuck set has `requests` requests, more than before
    none_up_to,  ///< no stuck set with up to `requests` requests, and no further search
  };
  Kind kind = Kind::proved;
  ProofScope scope = ProofScope::any_number;
  std::int64_t requests = 0;
};

/// A change with which the search finds no stuck set of the size found before.
struct Repair {
  Change change;
  RepairOutcome outcome;
  std::string offered;  ///< what the kernel has for it, in the words of the models
};

/// What becomes of the scenario where no device shares a pool with another, as far as that is known.
struct Apart {
  models::VerdictKind verdict = models::VerdictKind::inconclusive;
  std::vector<std::string> circle;  ///< DEADLOCK: what is waited for in its circle
};

struct Repairs {
  std::vector<Repair> found;
  std::int64_t tried = 0;      ///< changes that were checked
  std::optional<Apart> apart;  ///< where the scenario lets devices share pools and that was looked at
  bool cut = false;            ///< more could have been looked at, in more time than the verdict took
};

/// `stuck` is what `search` found in `machine`, the scenario's. `options`: engine and bounds of the run; each change
/// gets a few seconds, all together as long as the run took, `seconds_so_far`, or some seconds.
[[nodiscard]] Repairs find_repairs(const models::Scenario& scenario, const models::Machine& machine,
                                   const models::StuckReport& stuck, const Exploration& search,
                                   const RunOptions& options, double seconds_so_far);

}  // namespace dmstall::analysis
