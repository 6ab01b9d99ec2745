#include "models/kernel/sizes.hpp"

#include <fmt/format.h>

namespace dmstall::models {

namespace {

std::string size_class(std::int32_t bytes) {
  return bytes >= 1024 ? fmt::format("kmalloc-{}k", bytes / 1024) : fmt::format("kmalloc-{}", bytes);
}

std::string how(const Structure& of) {
  if (*of.how != '\0') return of.how;
  const std::string elsewhere = of.arm64 != 0 ? fmt::format(" (arm64: {})", of.arm64) : "";
  return fmt::format("{}{} from {}", of.compiled, elsewhere, size_class(of.bytes()));
}

}  // namespace

std::int64_t bytes_on(const Structure& of, const MemoryLayout& layout, std::int64_t bytes) {
  if (bytes == 0) return 0;
  if (of.on != nullptr) return of.on(layout);
  const bool other = of.arm64 != 0 && layout.architecture == "arm64";
  switch (of.from) {
    case From::pages:
      return layout.page_bytes();
    case From::kmalloc:
      return kmalloc_bytes(other ? of.arm64 : static_cast<std::int32_t>(bytes), layout.kmalloc_least_bytes());
    case From::slab:
      break;
  }
  return other ? of.arm64 : bytes;
}

std::vector<SizeFact> size_facts(const MemoryLayout& layout) {
  std::vector<SizeFact> facts;
  for (const Structure& of : structures) {
    facts.push_back({of.what, bytes_on(of, layout), how(of), of.source, of.from == From::pages || of.on != nullptr});
  }
  return facts;
}

}  // namespace dmstall::models
