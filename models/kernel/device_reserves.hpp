// What a device reserves when it is created, whether or not any request will ever need it.
#pragma once

#include <vector>

#include "models/machine/resource.hpp"

namespace dmstall::models {

struct DeviceReserves {
  std::vector<ResourceId>
      pools;  ///< every pool of the device, shared ones too; slots and threads, which hold no memory, among them
  std::vector<MemoryPart> fixed;  ///< memory beside pools: `count` of each part per device
  int rescuers = 0;               ///< threads of WQ_MEM_RECLAIM workqueues, created with the device
};

}  // namespace dmstall::models
