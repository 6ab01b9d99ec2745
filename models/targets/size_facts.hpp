// The sizes behind a footprint as a table: what, how many bytes, and where in Linux 6.1.192 that comes from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/targets/memory_layout.hpp"

namespace dmstall::models {

struct SizeFact {
  std::string what;        ///< name of the part, as in MemoryPart
  std::int64_t bytes = 0;  ///< of one; 0: differs, `how` says by what
  std::string how;         ///< "128 B + 64 B of inline vectors, rounded"
  std::string source;      ///< file and function
  bool by_page = false;    ///< follows from the page size
};

/// Every part that a pool or a device of the models is made of.
[[nodiscard]] std::vector<SizeFact> size_facts(const MemoryLayout& layout);

}  // namespace dmstall::models
