#include "models/kernel/memory_layout.hpp"

#include <fmt/format.h>

namespace dmstall::models {

MemoryLayout memory_layout(const std::string& architecture, int page_kib) {
  const int pages = page_kib == 0 ? 4 : page_kib;
  if (architecture == "amd64") {
    if (pages != 4) throw UnknownLayout(fmt::format("amd64 has pages of 4 KiB, not of {}", pages));
  } else if (architecture == "arm64") {
    if (pages != 4 && pages != 16 && pages != 64)
      throw UnknownLayout(fmt::format("arm64 has pages of 4, 16 or 64 KiB, not of {}", pages));
  } else {
    throw UnknownLayout(fmt::format("sizes are known of amd64 and arm64, not of {}", architecture));
  }
  MemoryLayout layout;
  layout.architecture = architecture;
  layout.page_kib = pages;
  return layout;
}

}  // namespace dmstall::models
