#include "models/kernel/omissions/conditions.hpp"
#include "models/kernel/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& administration_part() {
  static const ModelPart part{
      "administration",
      "drivers/md/dm-ioctl.c, Linux 6.1 and 6.12",
      {
          {"administration.table-load",
           "drivers/md/dm-ioctl.c:table_load; drivers/md/dm.c:dm_get_table_device, open_table_device",
           "loading a table: pools are made with GFP_KERNEL, and md->table_devices_lock is held over a "
           "kmalloc(GFP_KERNEL) and the opening of the disk below",
           Effect::hides_deadlock,
           "a table is loaded for a striped device in use while memory is exhausted: its discards, zeroes and flushes "
           "want md->table_devices_lock, too (alloc_multiple_bios; with flush_per_device flushes do only where the "
           "table has other targets than linear and striped)",
           {has_commands, "no command of the scenario loads a table"}},
          {"administration.suspend",
           "drivers/md/dm-ioctl.c:dev_suspend, do_resume",
           "suspend and resume of a device in use, freezing of its filesystem included",
           Effect::hides_deadlock,
           "a command suspends a device that is used, as creating and removing a snapshot do",
           {has_commands, "the scenario has no commands"}},
          {"administration.parameters", "drivers/md/dm-ioctl.c:copy_params", "the buffer of a command", Effect::none,
           "dmsetup holds nothing of the stack when it takes it"},
          {"administration.locks", "drivers/md/dm-ioctl.c:table_status, dev_remove",
           "_hash_lock, md->type_lock and md->suspend_lock", Effect::none,
           "_hash_lock is dropped before a target is asked; the other two belong to one device, and no I/O takes them"},
          {"administration.header", "drivers/md/dm-snap-persistent.c:persistent_read_metadata",
           "reading the header and the exceptions of a new snapshot", Effect::none,
           "it reads before anybody can write to the snapshot, with clients of its own"},
      }};
  return part;
}

}  // namespace dmstall::models
