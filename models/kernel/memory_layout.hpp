// What of a machine decides how large kernel structures are: its architecture, its page size, its kernel and how many
// processors it has.
//
// Sizes of Linux 6.1.192 were compiled with Debian's configuration: amd64, and arm64 with pages of 4 and of 64 KiB.
// Those of 6.12.117 are from the type information of Debian's kernel for amd64.
// Nearly every structure of the models is of one size on both (LP64, cache lines of 64 B); models/kernel/sizes says
// which are not. What differs beside those: pages, and how many of them kcopyd's reserve is; a kernel stack; on 6.1
// what kmalloc hands out at least, 8 B and 128 B, and what bios are aligned to; and the pointers of verity's FEC state,
// of which there are page size / 16. For pages of 16 KiB the latter is derived. 256 biovecs are 4096 B whatever a page
// is.
//
// The flows of the models are those of 4 KiB pages (dm-bufio.large-pages in the ledger).
#pragma once

#include <algorithm>
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
  /// ARCH_KMALLOC_MINALIGN and with it the smallest object of kmalloc: on arm64 ARCH_DMA_MINALIGN until 6.5, then 8
  /// where there is a software I/O TLB (swiotlb), as there is unless the command line forbids it.
  /// arch/arm64/include/asm/cache.h, include/linux/slab.h, mm/slab_common.c:__kmalloc_minalign.
  [[nodiscard]] std::int32_t kmalloc_least_bytes() const {
    static constexpr ByRelease on_arm64{128, 8};
    return architecture == "arm64" ? on_arm64.on(release) : 8;
  }
  /// What slabs of bios are aligned to: SLAB_HWCACHE_ALIGN, a cache line of 64 B, and ARCH_KMALLOC_MINALIGN.
  /// block/bio.c:create_bio_slab.
  [[nodiscard]] std::int32_t bio_slab_align() const { return std::max(64, kmalloc_least_bytes()); }
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
