// One request as a row of bios that its submitter takes from a bio_set, submits and puts, one after the other.
//
// Linux 6.1.192 and 6.12.117: block/bio.c (bio_alloc_bioset, bio_put, bio_chain, blk_next_bio), block/fops.c
// (__blkdev_direct_IO), fs/iomap/direct-io.c (iomap_dio_bio_iter), fs/ext4/page-io.c (io_submit_add_bh). A bio holds
// its element until bio_put: when its own I/O is over or, where somebody else has a reference, when the whole row is. A
// submitter who waits for the next element holds what he has; blk_next_bio takes the next one before it submits the one
// in hand.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/kernel/stack.hpp"

namespace dmstall::models {

struct OwnBio {
  ResourceId set = no_resource;  ///< no_resource: the bio lies on the submitter's stack
  std::int64_t bytes = 0;
  std::string taken;             ///< kernel functions that allocate it
  bool held_to_the_end = false;  ///< put when the whole row is done
};

struct BioRow {
  std::vector<OwnBio> bios;          ///< not empty
  std::string submitted, put;        ///< kernel functions, innermost first
  std::string waited = "bio_endio";  ///< where the end of the whole row is noticed
  bool next_before_submit = false;   ///< blk_next_bio
  bool parked_at_the_end = false;    ///< nobody puts a bio: `ended` puts them all
  Steps before_last_submit;          ///< what the submitter does when all bios are taken
};

/// bytes in bios of at most `most` bytes, all from one set. Requires: bytes and most above 0.
[[nodiscard]] std::vector<OwnBio> bios_of(std::int64_t bytes, std::int64_t most, ResourceId set,
                                          const std::string& taken);

/// Takes, submits to `below`, and puts; `ended` ends every path. The submitter returns (detach) when the last bio is on
/// its way. `io` says what is asked, its bytes are those of the bios.
[[nodiscard]] Steps submit_row(Stack& stack, DeviceIndex below, const Io& io, const BioRow& row,
                               const std::function<Steps(Status)>& ended);

}  // namespace dmstall::models
