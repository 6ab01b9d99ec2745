#include "models/targets/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& verity_fec_part() {
  static const ModelPart part{
      "verity-fec",
      "drivers/md/dm-verity-fec.c, Linux 6.1",
      {
          {"verity-fec.extra-pool", "drivers/md/dm-verity-fec.c:fec_alloc_bufs",
           "the extra buffers (a pool of none, GFP_NOWAIT)", Effect::none,
           "nobody waits for one; who gets none reads the codeword more often"},
          {"verity-fec.codeword", "drivers/md/dm-verity-fec.c:fec_read_bufs",
           "255 - roots blocks are read; here one of each kind is: the block itself, another data block, a hash block, "
           "parity",
           Effect::none,
           "each of these reads takes, waits and gives back all that it took, so who waits in a later one could wait "
           "in the first of its kind"},
          {"verity-fec.neighbours", "drivers/md/dm-verity-fec.c:fec_read_bufs",
           "faults of other hash blocks of the codeword", Effect::none,
           "a read that fails or does not match takes no more: its block counts as an erasure"},
          {"verity-fec.two-attempts", "drivers/md/dm-verity-fec.c:verity_fec_decode",
           "the second attempt, with erasures, reads the same blocks again", Effect::none,
           "it takes what the first attempt took, after that is back"},
          {"verity-fec.time", "drivers/md/dm-verity-fec.c:fec_read_bufs", "the time of the reads that stand for all",
           Effect::none, "only figures of a timed run differ"},
      }};
  return part;
}

}  // namespace dmstall::models
