// Pages as the flows count them: 4 KiB each, whatever the footprint is asked for.
#pragma once

#include <cstdint>

#include "models/kernel/sizes.hpp"

namespace dmstall::models {

inline constexpr std::int64_t page_bytes = compiled::page, pages_per_mib = 1048576 / page_bytes;

/// Pages that so many bytes touch.
[[nodiscard]] constexpr std::int64_t pages_of(std::int64_t bytes) {
  return (bytes + page_bytes - 1) / page_bytes;
}

}  // namespace dmstall::models
