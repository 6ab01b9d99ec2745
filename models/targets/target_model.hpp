// How one target behaves: what each file of this folder provides.
#pragma once

#include "models/kernel/stack.hpp"

#include <string_view>

namespace dmstall::models {

/// Steps are those of the whole device, dm core's io_bs handling (models/kernel/dm_core) included.
struct TargetModel {
  std::string_view id;
  Steps (*read)(Stack&, DeviceIndex, const Io&);
  Steps (*write)(Stack&, DeviceIndex, const Io&);
  Steps (*flush)(Stack&, DeviceIndex, const Io&);
  int (*num_flush_bios)(const Stack&, DeviceIndex);   ///< largest over the table's targets
  bool (*has_write_cache)(const Stack&, DeviceIndex);
};

}  // namespace dmstall::models
