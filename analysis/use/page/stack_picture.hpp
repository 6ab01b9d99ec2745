// The stack of a scenario as a picture: devices from the top, those that are alike folded into one box, and the pools
// that several devices share.
//
// Two devices are alike when they have the same target, parameters and reserves, take the same requests and stand on
// devices that are alike. What is folded differs in names only, so a picture of a thousand devices has a few boxes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/machine/machine.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

/// A pool of a box: of a device each its own.
struct PicturedPool {
  std::string name;           ///< "io_client"
  std::int64_t elements = 0;  ///< min_nr
};

/// Devices that are alike, or a task.
struct PicturedBox {
  std::string name;                  ///< of the first one
  std::string last;                  ///< of the last one; empty: there is one
  std::string what;                  ///< the target; "task"
  std::size_t copies = 1;            ///< devices that the box stands for; of a task: how many there may be
  std::size_t level = 0;             ///< 0: nobody stands on it
  std::vector<std::string> work;     ///< requests that enter here: "writeback-snap"
  std::vector<PicturedPool> pools;   ///< of one device its own
  std::vector<std::string> members;  ///< all names, in the order of the file
};

struct PicturedEdge {
  std::size_t from = 0, to = 0;    ///< boxes: `from` stands on `to`
  std::vector<std::string> roles;  ///< "data", "hash"
};

/// What several devices take from.
struct SharedPool {
  std::string name;                ///< "verity.recheck_pool"
  std::int64_t elements = 0;       ///< min_nr
  std::int64_t devices = 0;        ///< that use it
  std::vector<std::size_t> boxes;  ///< whose devices do; empty: whoever is there, the machine has one
};

struct StackPicture {
  std::vector<PicturedBox> boxes;  ///< from the top
  std::vector<PicturedEdge> edges;
  std::vector<SharedPool> shared;
};

/// Linear in the devices, but for names that are compared. `machine`: of the scenario, for tasks without devices.
/// Requires: the scenario passed the reader's checks.
[[nodiscard]] StackPicture stack_picture(const models::Scenario& scenario, const models::Machine& machine);

}  // namespace dmstall::analysis
