#include "models/kernel/sizes.hpp"

#include <fmt/format.h>

namespace dmstall::models {

namespace {

std::string size_class(std::int32_t bytes) {
  return bytes >= 1024 ? fmt::format("kmalloc-{}k", bytes / 1024) : fmt::format("kmalloc-{}", bytes);
}

std::string how(const Structure& of, const Release& kernel) {
  if (*of.how != '\0') return of.how;
  const std::string elsewhere = of.arm64 != 0 ? fmt::format(" (arm64: {})", of.arm64) : "";
  const std::int32_t size = of.compiled.on(kernel);
  return fmt::format("{}{} from {}", size, elsewhere, size_class(kmalloc_bytes(size)));
}

}  // namespace

std::int64_t bytes_on(const Structure& of, const MemoryLayout& layout, std::int64_t bytes) {
  if (bytes == 0) return 0;
  if (of.on != nullptr) return of.on(layout);
  const bool other = of.arm64 != 0 && layout.architecture == "arm64";
  std::int64_t size = other ? of.arm64 : bytes;
  if (!other && !of.compiled.same()) size = of.compiled.on(layout.release);
  switch (of.from) {
    case From::pages:
      return layout.page_bytes();
    case From::kmalloc:
      return kmalloc_bytes(static_cast<std::int32_t>(size), layout.kmalloc_least_bytes());
    case From::bio_slab: {
      const std::int64_t align = layout.bio_slab_align();
      return (size + align - 1) / align * align;
    }
    case From::slab:
      break;
  }
  return size;
}

std::vector<SizeFact> size_facts(const MemoryLayout& layout) {
  std::vector<SizeFact> facts;
  for (const Structure& of : structures) {
    facts.push_back({of.what, bytes_on(of, layout), how(of, layout.release), of.source,
                     of.from == From::pages || of.on != nullptr});
  }
  return facts;
}

}  // namespace dmstall::models
