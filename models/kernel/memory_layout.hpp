// What of a machine decides how large kernel structures are: its architecture, its page size, its kernel and how many
// processors it has.
//
// Sizes of Linux 6.1.192 were compiled with Debian's configuration: amd64, and arm64 with pages of 4 and of 64 KiB.
// Those of 6.12.117 are from the type information of Debian's kernel for amd64.
// Nearly every structure of the models is of one size on both (LP64, cache lines of 64 B); models/kernel/sizes says
// which are not. What differs beside those: pages, and how many of them kcopyd's reserve is; a kernel stack; what
// kmalloc hands out at least, 8 B and 128 B (ARCH_DMA_MINALIGN); and the pointers of verity's FEC state, of which there
// are page size / 16. For pages of 16 KiB the latter is derived. 256 biovecs are 4096 B whatever a page is.
//
// The flows of the models are those of 4 KiB pages (dm-bufio.large-pages in the ledger).
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "models/kernel/release/release.hpp"

namespace dmstall::models {

struct MemoryLayout {
  std::string architecture = "amd64";
  int page_kib = 4;
  Release release = {};
  int cpus = 8;  ///< online

  [[nodiscard]] std::int64_t page_bytes() const { return std::int64_t{page_kib} * 1024; }
  /// The smallest object of kmalloc. arch/arm64/include/asm/cache.h:ARCH_DMA_MINALIGN,
  /// include/linux/slab.h:KMALLOC_MIN_SIZE.
  [[nodiscard]] std::int32_t kmalloc_least_bytes() const { return architecture == "arm64" ? 128 : 8; }
  /// Every size was compiled; otherwise what follows from the page size is derived.
  [[nodiscard]] bool compiled() const { return page_kib != 16; }
};

/// An architecture or a page size that there is not: the text says what there is.
class UnknownLayout : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// amd64 with 4 KiB pages; arm64 with 4, 16 or 64. Page size 0: 4 KiB. Throws UnknownLayout.
[[nodiscard]] MemoryLayout memory_layout(const std::string& architecture, int page_kib);

}  // namespace dmstall::models
