#include "models/targets/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& striped_part() {
  static const ModelPart part{
      "striped",
      "drivers/md/dm-stripe.c, Linux 6.1",
      {
          {"striped.short-ranges", "drivers/md/dm-stripe.c:stripe_map_range",
           "a discard that does not touch every stripe", Effect::none,
           "the clone of a stripe that it does not touch is taken as the others are, and ends at once"},
          {"striped.any-chunk", "drivers/md/dm-stripe.c:stripe_map_sector", "chunks that are no power of two",
           Effect::none, "the same pieces with other sizes: how many there are depends on bytes and chunk alone"},
          {"striped.start", "drivers/md/dm-stripe.c:get_stripe", "stripes that do not begin at 0 of their device",
           Effect::none, "it shifts addresses, and how many pieces there are stays the same"},
          {"striped.address", "drivers/md/dm-stripe.c:stripe_map_sector",
           "in a timed run, the place within a chunk for what lies below", Effect::none,
           "a search and a proof do not place requests; only the course of a timed run differs"},
      }};
  return part;
}

}  // namespace dmstall::models
