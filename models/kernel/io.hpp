// What is asked of a device.
#pragma once

#include <cstdint>
#include <vector>

#include "models/kernel/region.hpp"
#include "models/machine/program.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::models {

/// How a file is read and written (models/kernel/file_io); block devices do not see it. reclaim: a page that kswapd
/// writes, which has its block.
enum class FileAccess : std::uint8_t { direct, buffered, writeback, reclaim };

/// Faults that hit a request: indices into Program::faults, ascending.
using FaultSet = std::vector<std::int32_t>;

/// Two requests of a device with equal Io run the same flow.
struct Io {
  IoOp op = IoOp::read;
  std::int64_t bytes = 4096;
  FaultSet faults;             ///< faults that hit this request
  bool reread = false;         ///< a later read of the same data: late corruption shows, a page cache may hold it
  Status seen = Status::ok;    ///< re-read: what the first read delivered
  bool nowait = false;         ///< REQ_NOWAIT: who has nothing for it at once ends it with an error
  bool rewritten = false;      ///< the application rewrites its buffer: the topmost verity mismatches once
  DeviceIndex hash_of = -1;    ///< a hash block of this verity device is read, not request data; -1: data
  DeviceIndex parity_of = -1;  ///< a parity block of this verity device's forward error correction is read
  FileAccess access = FileAccess::direct;
  std::int64_t bio_bytes = 0;  ///< writeback of a file: of each bio; 0: as large as a bio can be

  bool operator==(const Io&) const = default;
};

}  // namespace dmstall::models
