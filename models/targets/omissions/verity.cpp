#include "models/kernel/omissions/conditions.hpp"
#include "models/targets/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& verity_part() {
  static const ModelPart part{
      "verity",
      "drivers/md/dm-verity-target.c, Linux 6.1",
      {
          {"verity.further-listeners", "net/netlink/af_netlink.c:do_one_broadcast",
           "a clone of the uevent for each further listener (GFP_KERNEL)", Effect::none,
           "it is asked for by the same thread under the same mutex, right after the message itself"},
          {"verity.hundred-errors", "drivers/md/dm-verity-target.c:verity_handle_err",
           "the limit of 100 uevents for each device", Effect::none, "the first one is enough to wait in"},
          {"verity.several-blocks",
           "drivers/md/dm-verity-target.c:verity_verify_io",
           "several mismatching blocks in one bio: here one per request is read again and corrected",
           Effect::hides_deadlock,
           "error correction keeps its elements from the first block while the next one waits for the recheck page, "
           "and such a pool is shared along the stack",
           {shares_pools,
            "no pool is shared: without error correction everything is back before the next block; with it the second "
            "block waits for the recheck page with elements in hand, and who holds the page waits for the data device "
            "alone"}},
          {"verity.readahead", "drivers/md/dm-verity-target.c:verity_end_io",
           "readahead bios (REQ_RAHEAD), which get an error of the data device at once", Effect::none,
           "they take less than the reads of the model"},
          {"verity.zero-blocks", "drivers/md/dm-verity-target.c:verity_verify_io",
           "ignore_zero_blocks: a block whose digest is that of zeroes is not verified", Effect::none,
           "it ends after the walk through the hash tree; nothing is taken that a verified block does not take"},
          {"verity.check-at-most-once", "drivers/md/dm-verity-target.c:verity_verify_io", "check_at_most_once",
           Effect::none,
           "a block that was verified before takes nothing; any read of the model may be the first of its block"},
          {"verity.tasklet", "drivers/md/dm-verity-target.c:verity_end_io", "try_verify_in_tasklet", Effect::none,
           "6.1 queues the work item whatever the option says; its dm-bufio client skips buffers that are being read "
           "instead of waiting for them"},
          {"verity.first-look", "drivers/md/dm-verity-target.c:verity_hash_for_block",
           "the first look at the leaf, before the walk from the root", Effect::none,
           "it takes, waits and gives back at the place where the last step of the walk does, and holds no more"},
          {"verity.root-fault", "drivers/md/dm-verity-target.c:verity_hash_for_block",
           "where there is error correction, one block of the tree that is decoded stands for those of the levels "
           "above",
           Effect::none,
           "the levels below one that was decoded are read with elements of error correction in hand, as the decoding "
           "of level 0 reads hash blocks"},
          {"verity.prefetch-cluster", "drivers/md/dm-verity-target.c:verity_prefetch_io",
           "the other hash blocks that a prefetch reads around the wanted one", Effect::none,
           "each is one more read of the same kind, and a search may find the one that is read bad where those of the "
           "request are good; in a timed run listed blocks do not hit them"},
          {"verity.prefetch-work", "drivers/md/dm-verity-target.c:verity_submit_prefetch",
           "the structure of a prefetch (GFP_NOIO | __GFP_NORETRY)", Effect::none,
           "who gets none does not prefetch; nobody waits"},
          {"verity.hash-driver", "drivers/md/dm-verity-target.c:verity_hash, verity_ctr",
           "a hash that a device computes: crypto_alloc_ahash does not exclude drivers that allocate memory",
           Effect::hides_deadlock,
           "a crypto driver that is used for the hash allocates memory for each request (CRYPTO_ALG_ALLOCATES_MEMORY)"},
          {"verity.signature", "drivers/md/dm-verity-verify-sig.c:verity_verify_root_hash",
           "the signature of the root hash", Effect::none, "it is checked when the device is made"},
          {"verity.shutdown", "drivers/md/dm-verity-target.c:verity_is_system_shutting_down",
           "reads of a machine that is going down", Effect::none, "they end with an error at once"},
      }};
  return part;
}

}  // namespace dmstall::models
