#include "models/kernel/ext4_writeback.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/kernel/bio_row.hpp"
#include "models/kernel/journal.hpp"
#include "models/kernel/machine_bio_sets.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/submitter.hpp"
#include "models/kernel/workqueue.hpp"

namespace dmstall::models {

namespace {

constexpr FlowRole extent_written{"writeback of one extent"};
constexpr FlowRole dirty_written{"what fsync finds dirty"};

constexpr std::int64_t one_page = 4096;
constexpr const char* conversion = "ext4_end_io_rsv_work";
constexpr const char* convert_inode = "ext4_reserve_inode_write < ext4_convert_unwritten_extents < ";

Io to_device(Io io) {
  io.access = FileAccess::direct;
  io.seen = Status::ok;
  io.bio_bytes = 0;
  return io;
}

std::vector<Branch> unless_error(const std::function<Steps(Status)>& then) {
  return {branch("ok", then(Status::ok)), branch("bad", then(Status::ok)), branch("error", then(Status::error))};
}

/// The io_end's last reference is gone: its extent is converted, which changes metadata, then all its bios are put.
Steps converted(Stack& stack, DeviceIndex filesystem, ResourceId bios, std::size_t count) {
  const std::string& name = stack.device(filesystem).name;
  const Workqueue queue =
      device_workqueue(stack, filesystem, "rsv_conversion_wq", "ext4-rsv-conversion/" + name, default_max_active);
  const Steps put =
      give(bios, fmt::format("bio_put < ext4_release_io_end < {}", conversion), static_cast<std::int32_t>(count));
  const Steps converts = change_metadata(stack, filesystem, std::string(convert_inode) + conversion);
  return seq({enter(queue, conversion), converts, put, leave(queue, conversion)});
}

/// With dioread_lock, the rest of a preallocated extent of at most 32 KiB is written as zeroes before its blocks count
/// as written: by the flusher itself, who waits for that write with a bio of data in hand that it has not submitted
/// (ext4_ext_convert_to_initialized; mpage_map_and_submit_extent submits after the loop). Seen on 6.1.192 and 6.12.117.
Steps rest_zeroed(Stack& stack, const File& file, ResourceId bios, const Io& io) {
  const std::string caller = "blkdev_issue_zeroout < ext4_issue_zeroout < ext4_ext_map_blocks < ext4_writepages";
  Io zeroes = to_device(io);
  const bool without_data = target_write_zeroes_bytes(stack, file.below) > 0;
  zeroes.op = without_data ? IoOp::write_zeroes : IoOp::write;
  zeroes.bytes = one_page;
  const std::string made = without_data ? "__blkdev_issue_write_zeroes < " : "__blkdev_issue_zero_pages < ";
  CallOptions options;
  options.context = CallContext::sync;
  const Steps zeroed = seq({take(bios, "bio_alloc < blk_next_bio < " + made + caller),
                            call(stack.flow(file.below, zeroes), "submit_bio_wait < " + caller, {}, options),
                            give(bios, "bio_put < " + caller)});
  Step what;
  what.kind = StepKind::choose;
  what.function = "ext4_ext_convert_to_initialized < ext4_ext_map_blocks";
  what.branches = {branch("the extent is new, or written", {}),
                   branch("a preallocated extent of at most 32 KiB", zeroed)};
  what.branches[1].weight = 0;
  return {what};
}

/// One extent.
Steps write_extent(Stack& stack, const File& file, const Io& io) {
  const bool mapped_here = allocates(stack, file);
  const bool parked = file.filesystem >= 0 && parks_bios(stack, file.filesystem);
  const DeviceIndex owner = file.filesystem >= 0 ? file.filesystem : file.user;
  const ResourceId bios = fs_bio_set(stack, owner);
  const std::int64_t most = io.bio_bytes > 0 ? std::min(io.bio_bytes, largest_bio_bytes) : largest_bio_bytes;
  BioRow row;
  if (file.filesystem >= 0) {
    row.bios = bios_of(io.bytes, most, bios, "bio_alloc < io_submit_init_bio < ext4_writepages");
    row.submitted = "submit_bio < ext4_io_submit < ext4_writepages";
    row.put = row.waited = "ext4_end_bio";
  } else {
    row.bios = bios_of(io.bytes, most, bios, "bio_alloc < submit_bh_wbc < blkdev_writepage < do_writepages");
    row.submitted = "submit_bio < submit_bh_wbc < blkdev_writepage < do_writepages";
    row.put = row.waited = "end_bio_bh_io_sync";
  }
  row.put = "bio_put < " + row.put;
  row.parked_at_the_end = parked;
  const std::size_t count = row.bios.size();
  const ExtentMemory memory = new_extent(stack, file, "ext4_writepages");
  Steps begun = memory.io_end.taken;
  if (mapped_here) {
    begun = seq({begun, start_handle(stack, file.filesystem, "ext4_journal_start_with_reserve < ext4_writepages"),
                 memory.blocks.taken});
    row.before_last_submit = stop_handle(stack, file.filesystem, "ext4_writepages");
    if (!parked) row.before_last_submit = seq({rest_zeroed(stack, file, bios, io), row.before_last_submit});
  }
  return seq({begun, submit_row(stack, file.below, to_device(io), row, [&](Status status) {
                const Steps done = parked ? converted(stack, file.filesystem, bios, count) : Steps{};
                return seq({done, memory.blocks.back, memory.io_end.back,
                            finish(status == Status::error ? Status::error : Status::ok)});
              })});
}

}  // namespace

bool parks_bios(const Stack& stack, DeviceIndex filesystem) {
  const auto files = target_files(stack, filesystem);
  return files && files->parks_bios;
}

/// One page, whose block is written already: others are left to the flusher (ext4_bh_delay_or_unwritten). Where there
/// is no io_end the page stays dirty.
Steps write_reclaimed(Stack& stack, const File& file, const Io& io) {
  const ResourceId bios = fs_bio_set(stack, file.filesystem >= 0 ? file.filesystem : file.user);
  const std::string function = "ext4_writepage < pageout < shrink_folio_list < kswapd";
  BioRow row;
  row.bios = {{bios, io.bytes, "bio_alloc < io_submit_init_bio < ext4_bio_write_page < " + function}};
  row.submitted = "submit_bio < ext4_io_submit < " + function;
  row.put = "bio_put < ext4_end_bio";
  return submit_row(stack, file.below, to_device(io), row,
                    [](Status status) { return finish(status == Status::error ? Status::error : Status::ok); });
}

Steps write_back(Stack& stack, const File& file, const Io& io) {
  if (io.bytes <= largest_extent_bytes) return write_extent(stack, file, io);
  Steps steps;
  for (std::int64_t done = 0; done < io.bytes; done += largest_extent_bytes) {
    Io extent = io;
    extent.bytes = std::min(largest_extent_bytes, io.bytes - done);
    const DeviceIndex owner = file.filesystem >= 0 ? file.filesystem : file.user;
    const AskedIo asked = stack.asked(owner, extent);
    const FlowId written = stack.flow(
        {.role = &extent_written, .device = owner, .asked = {asked}},
        [&] { return "extent: " + stack.describe(asked); }, [&] { return write_extent(stack, file, extent); });
    Steps one = spawn(written, "ext4_writepages", true);
    one[0].address.add = done;
    steps = seq({steps, submit_bio_block(one, "ext4_writepages")});
  }
  return seq({steps, detach("ext4_writepages"),
              await_children({branch("bad", finish(Status::ok)), branch("error", finish(Status::error))},
                             "folio_wait_writeback")});
}

Steps sync_file(Stack& stack, const File& file, const Io& io) {
  Io flush;
  flush.op = IoOp::flush;
  flush.bytes = 0;
  flush.faults = io.faults;
  CallOptions options;
  options.context = CallContext::sync;
  const auto done = [](Status status) { return seq({detach("vfs_fsync"), finish(status)}); };
  // blkdev_issue_flush: the bio lies on the stack.
  const Steps flushed = seq({call(stack.flow(file.below, flush), "blkdev_issue_flush < vfs_fsync",
                                  {branch("error", done(Status::error))}, options),
                             done(Status::ok)});
  Io dirty = io;
  dirty.op = IoOp::write;
  dirty.bytes = std::max(io.bytes, one_page);
  dirty.access = FileAccess::writeback;
  const DeviceIndex owner = file.filesystem >= 0 ? file.filesystem : file.user;
  const AskedIo asked = stack.asked(owner, dirty);
  const FlowId written = stack.flow(
      {.role = &dirty_written, .device = owner, .user = file.user, .asked = {asked}},
      [&] { return fmt::format("dirty pages of {}: {}", stack.device(file.user).name, stack.describe(asked)); },
      [&] { return write_back(stack, file, dirty); });
  const Steps then = file.filesystem < 0 ? flushed
                                         : commit(stack, file.filesystem, file.below, "ext4_sync_file < vfs_fsync",
                                                  io.faults, flushed, done(Status::error));
  return call(written, "folio_wait_writeback < file_write_and_wait_range < vfs_fsync",
              unless_error([&](Status status) { return status == Status::error ? done(Status::error) : then; }),
              options);
}

}  // namespace dmstall::models
