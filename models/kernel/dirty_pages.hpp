// What becomes of a page that a buffered write has made dirty, and what its writer waits for.
//
// Linux 6.1.192 and 6.12.117: mm/filemap.c (generic_perform_write), mm/page-writeback.c (balance_dirty_pages,
// wb_dirty_limits), fs/fs-writeback.c (wb_workfn). The write returns when the page is dirty. The flusher of the device
// below writes it later: one thread, and a bio of fs_bio_set. A writer that meets too many dirty pages sleeps in
// balance_dirty_pages until writeback has made progress: if the flusher never comes to it, for ever. Loop's work item
// is PF_LOCAL_THROTTLE: it sleeps only where the pages of its own file's device are above their share. Where pages are
// counted, a timed run throttles by the counts, and the flusher is a request of its own; elsewhere any write may meet
// the limit, and each page is written back once.
#pragma once

#include <string>

#include "models/kernel/file_io.hpp"

namespace dmstall::models {

/// After the page of a write `io` to the file is dirty, in the thread that wrote it.
[[nodiscard]] Steps page_dirtied(Stack& stack, const File& file, const Io& io, const std::string& caller);

}  // namespace dmstall::models
