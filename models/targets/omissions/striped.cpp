#include "models/targets/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& striped_part() {
  static const ModelPart part{
      "striped",
      "drivers/md/dm-stripe.c, Linux 6.1",
      {
          {"striped.discard", "drivers/md/dm-stripe.c:stripe_map_range",
           "discards, which get one clone for each stripe", Effect::none,
           "no request of a scenario discards on its own"},
          {"striped.any-chunk", "drivers/md/dm-stripe.c:stripe_map_sector", "chunks that are no power of two",
           Effect::none, "the same pieces with other sizes: how many there are depends on bytes and chunk alone"},
          {"striped.start", "drivers/md/dm-stripe.c:get_stripe", "stripes that do not begin at 0 of their device",
           Effect::none, "it shifts addresses"},
          {"striped.address", "drivers/md/dm-stripe.c:stripe_map_sector",
           "in a timed run, the place within a chunk for what lies below", Effect::none,
           "a search and a proof do not place requests; only the course of a timed run differs"},
      }};
  return part;
}

}  // namespace dmstall::models
