// The footprint: bytes that the devices of a scenario keep in reserve, summed per kind of pool and per device.
//
// What a pool is made of and who shares it comes from models/targets/reserved_memory; this file only adds up. Sizes are
// those at creation: a parameter that is changed later resizes neither a device's pools nor a module-wide client.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/kernel/memory_layout.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::models {

/// So many things of one kind and size: "944 biovecs of 4096 B".
struct FootprintPart {
  std::string what;
  std::int64_t count = 0;
  std::int64_t bytes_each = 0;
  bool operator==(const FootprintPart&) const = default;
};

/// All pools of one kind that devices of one target have: the io_clients of 59 verity devices, shared or not.
struct FootprintLine {
  std::string kind;  ///< pool name of the format ("io_client", a dm_io client as one), or "fixed": memory beside pools
  std::string target;
  std::int64_t pools = 0;            ///< how many; of "fixed": devices
  std::int64_t devices = 0;          ///< how many use them; more than `pools` where one is shared
  std::int64_t elements = 0;         ///< in all of them; 0 for "fixed"
  std::int64_t elements_each = 0;    ///< in one of them; -1 where they differ, and for "fixed"
  std::int64_t bytes = 0;            ///< 0 with elements: the size of an element is not known, see not_counted
  std::int64_t never_used = 0;       ///< of `bytes`: what no request can ever use
  std::vector<FootprintPart> parts;  ///< largest first; their products add up to `bytes`
  bool operator==(const FootprintLine&) const = default;
};

struct FootprintDevice {
  std::string name, target;
  std::int64_t bytes = 0;  ///< of what belongs to this device alone; shared pools are in Footprint::shared_bytes
  bool operator==(const FootprintDevice&) const = default;
};

struct Footprint {
  std::int64_t bytes = 0;                ///< of all lines: the devices' own and the shared
  std::vector<FootprintLine> lines;      ///< by target in order of first appearance, then in the order of creation
  std::vector<FootprintDevice> devices;  ///< every device of the scenario, file order; disks reserve nothing
  std::int64_t shared_bytes = 0;         ///< of pools that belong to a module or a group
  std::int64_t never_used_bytes =
      0;  ///< of `bytes`: reserved, and of no use to any request (vectors for bios that fit into their inline ones)
  std::int64_t rescuers = 0;  ///< threads beside the reserves, one for each WQ_MEM_RECLAIM workqueue; not in `bytes`
  std::int64_t rescuer_bytes = 0;  ///< of one: kernel stack and task_struct
  MemoryLayout layout;
  bool lower_bound = false;              ///< a pool's elements are of unknown size (targets defined in the scenario)
  std::vector<std::string> not_counted;  ///< what else such devices cost, and why it is not in `bytes`

  [[nodiscard]] bool operator==(const Footprint& other) const {
    return bytes == other.bytes && lines == other.lines && devices == other.devices &&
           shared_bytes == other.shared_bytes && rescuers == other.rescuers && rescuer_bytes == other.rescuer_bytes &&
           lower_bound == other.lower_bound && not_counted == other.not_counted;
  }
};

/// Time and memory are linear in the number of devices. Tasks without devices reserve nothing that has a size.
/// Requires: the scenario passed the reader's checks.
[[nodiscard]] Footprint footprint(const Scenario& scenario, const MemoryLayout& layout = {});

}  // namespace dmstall::models
