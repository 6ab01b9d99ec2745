// The size of a bio as a bio_set's slab hands it out.
//
// Linux 6.1.192: block/bio.c (bs_bio_slab_size, create_bio_slab), mm/slub.c. Compiled with Debian's amd64
// configuration: struct bio 128 B, 4 inline vectors 64 B. The slab is SLAB_TYPESAFE_BY_RCU, so its free pointer lies
// behind the object, and SLAB_HWCACHE_ALIGN rounds up to cache lines.
#pragma once

#include <cstdint>

namespace dmstall::models {

inline constexpr std::int32_t inline_vecs_bytes = 64;  ///< back pad of a set with BIOSET_NEED_BVECS
inline constexpr std::int32_t mempool_slot_bytes = 8;  ///< mempool_t::elements: one pointer per element of min_nr

/// What the vectors of a set are called whose bios all have at most BIO_INLINE_VECS of them: reserved, and never used.
inline constexpr const char* unused_biovecs = "never-used biovecs";

/// Bytes of one object of the slab for bios with these pads.
[[nodiscard]] constexpr std::int32_t bio_slab_object(std::int32_t front_pad, std::int32_t back_pad) {
  constexpr std::int32_t struct_bio = 128, free_pointer = 8, cache_line = 64;
  return (front_pad + struct_bio + back_pad + free_pointer + cache_line - 1) / cache_line * cache_line;
}

}  // namespace dmstall::models
