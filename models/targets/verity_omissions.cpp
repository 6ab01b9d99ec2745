// The ledger of dm-verity; that of error correction is in verity_fec.cpp.
#include <algorithm>
#include <set>

#include "models/kernel/dm_core.hpp"
#include "models/kernel/omissions/conditions.hpp"
#include "models/scenario/named_devices.hpp"
#include "models/targets/verity_parts.hpp"

namespace dmstall::models::verity {

namespace {

/// Devices that stand on others and others stand on.
std::int64_t devices_between(const Scenario& scenario) {
  std::set<std::string> stood_on;
  std::set<std::string> standing;
  for (const Device& device : scenario.devices) {
    for (const auto& [role, value] : device.parameters) {
      for (const std::string& below : named_devices(value)) {
        stood_on.insert(below);
        standing.insert(device.name);
      }
    }
  }
  return std::count_if(stood_on.begin(), stood_on.end(),
                       [&](const std::string& name) { return standing.count(name) != 0; });
}

/// The work items of a verity device may hold more elements than it has places for items. Reserves they may hold: its
/// io_bs, its recheck page, its buffers, the elements of error correction, both pools of each of its clients; io_bs of
/// every device on the way down.
bool has_large_reserves(const Scenario& scenario) {
  if (!scenario.kernel.release.has(Change::kverityd_per_cpu) || scenario.kernel.cpus == 1) return false;
  std::int64_t largest = effective_reserved_ios(scenario.kernel.reserved_bio_based_ios);
  bool corrects = false;
  for (const Device& device : scenario.devices) {
    corrects = corrects || fec_of(device) != nullptr;
    for (const auto& [pool, elements] : device.reserve) largest = std::max<std::int64_t>(largest, elements);
  }
  if (corrects) largest = std::max<std::int64_t>(largest, scenario.kernel.cpus);
  const std::int64_t sized = 5 + (corrects ? 8 : 0) + devices_between(scenario), single = corrects ? 4 : 2;
  return sized * largest + single >= default_max_active;
}

bool may_fail_on_6_12(const Scenario& scenario) {
  return on_6_12(scenario) && has_faults(scenario);
}

}  // namespace

const ModelPart& verity_part() {
  static const ModelPart part{
      "verity",
      "drivers/md/dm-verity-target.c, Linux 6.1 and 6.12",
      {
          {"verity.further-listeners", "net/netlink/af_netlink.c:do_one_broadcast",
           "a clone of the uevent for each further listener (GFP_KERNEL)", Effect::none,
           "it is asked for by the same thread under the same mutex, right after the message itself"},
          {"verity.event-text", "lib/kobject_uevent.c:kobject_uevent_env, kobject_get_path",
           "further memory for the text of the uevent (GFP_KERNEL)", Effect::none,
           "the same thread has just waited for memory of the same kind with the same things in hand, for the event"},
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
           "6.1 queues the work item whatever the option says. 6.12 verifies in softirq first: it takes nothing, waits "
           "for nothing, and queues the work item where it would have to. In both the dm-bufio client of such a device "
           "skips buffers that are being read instead of waiting for them"},
          {"verity.kverityd-cpus",
           "drivers/md/dm-verity-target.c:verity_ctr",
           "with kverityd_per_cpu: 256 work items on each CPU; here 256 in all",
           Effect::hides_deadlock,
           "reads of one device end on several CPUs, and more than 256 of its work items get stuck together",
           {has_large_reserves,
            "a work item that is stuck holds an element of a reserve, or the others are stuck without it, and the "
            "reserves that they may hold have fewer than 256 elements in all; or the queue is not one for each CPU"}},
          {"verity.error-mode",
           "drivers/md/dm-verity-target.c:verity_finish_io",
           "6.12: restart_on_error and panic_on_error: a bio that fails is not ended until the machine is",
           Effect::hides_deadlock,
           "the table has restart_on_error: the bio keeps its element of io_bs until a work item of kverityd restarts "
           "the machine, and that item may find no thread",
           {may_fail_on_6_12, "no request can fail, or the release has neither mode"}},
          {"verity.audit", "drivers/md/dm-verity-target.c:verity_verify_level",
           "6.12: the record of a mismatch for the audit log (dm_audit_log_bio, GFP_KERNEL), where auditing is on",
           Effect::none,
           "the thread has just waited for memory of the same kind with the same things in hand, for the event, and a "
           "full backlog of records is waited for a minute at most"},
          {"verity.singleton", "drivers/md/dm-verity-target.c:verity_ctr", "a table of verity and other targets",
           Effect::none,
           "a verity device of a scenario is alone in its table, and 6.12 refuses others (DM_TARGET_SINGLETON)"},
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
           "a crypto driver that is used for the hash allocates memory for each request (CRYPTO_ALG_ALLOCATES_MEMORY); "
           "on 6.12 one is used only where it is not the driver that the CPU's own hash has, or for tables of version "
           "0"},
          {"verity.signature", "drivers/md/dm-verity-verify-sig.c:verity_verify_root_hash",
           "the signature of the root hash", Effect::none, "it is checked when the device is made"},
          {"verity.shutdown", "drivers/md/dm-verity-target.c:verity_is_system_shutting_down",
           "reads of a machine that is going down", Effect::none, "they end with an error at once"},
      }};
  return part;
}

}  // namespace dmstall::models::verity
