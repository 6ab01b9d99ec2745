#include "models/kernel/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& dm_io_part() {
  static const ModelPart part{
      "dm-io",
      "drivers/md/dm-io.c, Linux 6.1 and 6.12",
      {
          {"dm-io.bvec-pool", "block/bio.c:bvec_alloc", "waiting for an element of the pool of vectors of a client",
           Effect::none,
           "it has as many elements as the pool of bios, is asked for only by who holds a bio of the set, and bio_free "
           "gives both back"},
          {"dm-io.regions", "drivers/md/dm-io.c:dispatch_io", "requests for several regions", Effect::none,
           "dm-bufio, dm-verity and dm-snapshot ask for one region; kcopyd passes on the one destination of "
           "dm-snapshot"},
          {"dm-io.special-operations", "drivers/md/dm-io.c:do_region", "discards and writes of zeroes through a client",
           Effect::none, "none of the modelled callers asks for one"},
      }};
  return part;
}

}  // namespace dmstall::models
