// What of a machine decides how large kernel structures are: its architecture and its page size.
//
// Compiled is amd64 with 4 KiB pages, with Debian's configuration of Linux 6.1.192. For arm64 only what follows from the page
// size is derived: pages themselves, how many of them kcopyd's reserve is, and the least size of a kernel stack. The
// structures are taken to be those of amd64 (both are LP64 with cache lines of 64 B); that is an assumption and is
// printed. 256 biovecs are 4096 B whatever a page is.
//
// Leaves out: the flows of the models are those of 4 KiB pages. With larger ones dm-bufio's reserved buffer of a 4 KiB block is a slab object
// and no longer vmalloced (dm-bufio.c:alloc_buffer_data), so a read into it need not go through dm-io.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace dmstall::models {

struct MemoryLayout {
  std::string architecture = "amd64";
  int page_kib = 4;

  [[nodiscard]] std::int64_t page_bytes() const { return std::int64_t{page_kib} * 1024; }
  /// THREAD_SIZE: 16 KiB, and with vmapped stacks at least a page.
  [[nodiscard]] std::int64_t stack_bytes() const { return page_bytes() > 16384 ? page_bytes() : 16384; }
  /// Every size was compiled; otherwise some are derived and the rest assumed.
  [[nodiscard]] bool compiled() const { return architecture == "amd64"; }
};

/// An architecture or a page size that there is not: the text says what there is.
class UnknownLayout : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// amd64 with 4 KiB pages; arm64 with 4, 16 or 64. Page size 0: 4 KiB. Throws UnknownLayout.
[[nodiscard]] MemoryLayout memory_layout(const std::string& architecture, int page_kib);

}  // namespace dmstall::models
