#include "models/kernel/file_io.hpp"

#include <fmt/format.h>

#include "models/kernel/bio_row.hpp"
#include "models/kernel/delivered.hpp"
#include "models/kernel/dirty_pages.hpp"
#include "models/kernel/ext4_writeback.hpp"
#include "models/kernel/journal.hpp"
#include "models/kernel/machine_bio_sets.hpp"
#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/sizes.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/submitter.hpp"
#include "models/kernel/workqueue.hpp"
#include "models/scenario/declare.hpp"

namespace dmstall::models {

namespace {

constexpr FlowRole io_on_file{"I/O on a file of a filesystem"};
constexpr FlowRole io_on_block_device{"I/O on a block device opened as a file"};
constexpr FlowRole range_of_file{"a hole or zeroes in a file"};

/// Where the first allocation for new blocks fails: the allocator's context, in the slab of its own.
constexpr const char* allocated_blocks = "ext4_mb_new_blocks < ext4_ext_map_blocks < ext4_map_blocks";

constexpr std::int64_t fsync_bytes = compiled::page;  // the block that an fsync writes first

DeviceIndex owner_of(const File& file) {
  return file.filesystem >= 0 ? file.filesystem : file.user;
}

Allocation asked(Stack& stack, const File& file, const char* what, const std::string& function, Gfp gfp,
                 const Structure& of) {
  return allocation(stack, {owner_of(file), what, function, within(gfp, file.thread), of.bytes()});
}

/// file_modified: a new time of the file is journalled, at most one for each tick of the clock.
Steps new_time(Stack& stack, const File& file, const std::string& caller) {
  if (file.filesystem < 0) return {};
  const Allocation handle =
      asked(stack, file, "journal_handle", "jbd2_alloc_handle < ext4_dirty_inode < file_modified < " + caller,
            Gfp::nofs, structure("jbd2 handle"));
  const std::string dirty = "ext4_dirty_inode < file_modified < " + caller;
  const Steps journalled = seq({handle.taken, start_handle(stack, file.filesystem, dirty),
                                stop_handle(stack, file.filesystem, dirty), handle.back});
  Step needed;
  needed.kind = StepKind::choose;
  needed.function = "inode_needs_update_time < file_modified < " + caller;
  needed.branches = {branch("the file gets a new time", journalled), branch("the file's time is of this tick", {})};
  return {needed};
}

/// A page of the page cache that is to be written to, and its buffer heads.
Steps new_page(Stack& stack, const File& file, const std::string& caller) {
  const Allocation page = asked(stack, file, "page_cache", "filemap_alloc_folio < __filemap_get_folio < " + caller,
                                Gfp::kernel, structure("pages"));
  const Allocation heads = asked(stack, file, "buffer_heads", "alloc_buffer_head < create_empty_buffers < " + caller,
                                 Gfp::nofs, structure("struct buffer_head"));
  return seq({page.taken, heads.taken, heads.back, page.back});
}

FlowId below(Stack& stack, const File& file, Io io) {
  io.access = FileAccess::direct;  // block devices know no files
  io.seen = Status::ok;
  return stack.flow(file.below, std::move(io));
}

Steps done(const std::string& function, Status status) {
  return seq({detach(function), finish(status)});
}

Steps direct(Stack& stack, const File& file, const Io& io) {
  const bool write = io.op == IoOp::write;
  const bool device = file.filesystem < 0;
  const std::string caller = device ? "__blkdev_direct_IO_async" : "iomap_dio_bio_iter < __iomap_dio_rw";
  const std::string end = device ? "blkdev_bio_end_io_async" : "iomap_dio_bio_end_io";
  // struct blkdev_dio lies before the bio; iomap allocates its own.
  const Steps time = write ? new_time(stack, file, "ext4_dio_write_iter") : Steps{};
  const Allocation dio =
      device ? Allocation{}
             : asked(stack, file, "iomap_dio", "kmalloc < __iomap_dio_rw", Gfp::kernel, structure("struct iomap_dio"));
  const bool new_blocks = write && allocates(stack, file);
  const Allocation blocks = new_blocks ? asked(stack, file, "new_blocks",
                                               std::string(allocated_blocks) + " < ext4_iomap_alloc < __iomap_dio_rw",
                                               Gfp::nofs, structure("allocation tree block"))
                                       : Allocation{};
  const Steps mapped = new_blocks ? seq({start_handle(stack, file.filesystem, "ext4_iomap_alloc < __iomap_dio_rw"),
                                         blocks.taken, stop_handle(stack, file.filesystem, "ext4_iomap_alloc")})
                                  : Steps{};
  const bool errors_by_worker = stack.has(Change::iomap_error_by_worker);
  const auto by_worker = [&](Status status) {
    return !device && (write || (errors_by_worker && status == Status::error));
  };
  Workqueue completion;
  if (by_worker(Status::error)) {
    // alloc_workqueue("dio/%s", WQ_MEM_RECLAIM, 0): a write is completed by a worker.
    completion = device_workqueue(stack, file.filesystem, "dio_wq", "dio/" + stack.device(file.filesystem).name,
                                  default_max_active);
  }
  const auto ended = [&](Status status) {
    Steps steps;
    if (by_worker(status)) steps = enter(completion, "iomap_dio_complete_work");
    // The new blocks are unwritten until the data is there (ext4_dio_write_end_io).
    if (new_blocks) steps = seq({steps, change_metadata(stack, file.filesystem, "ext4_dio_write_end_io")});
    steps = seq({steps, blocks.back, dio.back});
    if (by_worker(status)) steps = seq({steps, leave(completion, "iomap_dio_complete_work")});
    return seq({steps, finish(status)});
  };
  BioRow row;
  row.submitted = "submit_bio < " + caller;
  row.put = "bio_put < " + end;
  row.waited = end;
  // A request of loop has its vectors already: one bio, whatever its size (bio_iov_vecs_to_alloc).
  const std::int64_t most = file.user == file.filesystem ? largest_bio_bytes : io.bytes;
  row.bios = bios_of(io.bytes, most, device ? blkdev_dio_pool(stack, file.user) : fs_bio_set(stack, file.filesystem),
                     "bio_alloc < " + caller);
  Io to_device = io;
  to_device.access = FileAccess::direct;
  to_device.seen = Status::ok;
  return seq({time, dio.taken, mapped, submit_row(stack, file.below, to_device, row, ended)});
}

/// A buffered write is done when its page is dirty, and its writer was not throttled; the block is allocated when it is
/// written back.
Steps buffered_write(Stack& stack, const File& file, const Io& io) {
  const std::string function = "generic_perform_write";
  return seq({new_time(stack, file, "ext4_buffered_write_iter"), new_page(stack, file, function),
              page_dirtied(stack, file, io, function), done(function, Status::ok)});
}

/// From the device into a page. The reader sleeps on the folio; then the page stays, clean.
Steps miss(Stack& stack, const File& file, const Io& io, TableId pages) {
  const std::string caller = "filemap_read";
  const std::string readahead = file.filesystem >= 0 ? "ext4_mpage_readpages" : "mpage_readahead < blkdev_readahead";
  const Allocation page = asked(stack, file, "page_cache", "filemap_alloc_folio < filemap_create_folio < " + caller,
                                Gfp::kernel, structure("pages"));
  const ResourceId bios = fs_bio_set(stack, owner_of(file));
  const auto arrived = [&](Status status) {
    const Steps kept = pages == no_table || status == Status::error ? Steps{} : remember(pages, "mpage_end_io");
    return seq({give(bios, "bio_put < mpage_end_io"), kept, page.back, done(caller, status)});
  };
  CallOptions options;
  options.context = CallContext::sync;
  return seq({page.taken, take(bios, "bio_alloc < " + readahead + " < " + caller),
              call(below(stack, file, io), "folio_wait_locked < " + caller,
                   {branch("ok", arrived(Status::ok)), branch("bad", arrived(Status::bad)),
                    branch("error", arrived(Status::error))},
                   options)});
}

Steps buffered_read(Stack& stack, const File& file, const Io& io) {
  const std::string function = "filemap_get_pages < filemap_read";
  if (file.cache == PageCache::cold) return miss(stack, file, io, no_table);
  const TableId pages = stack.table({"page cache of " + stack.device(file.user).name, compiled::page, 0, 0});
  const auto hit = [&](Status status) { return done(function, status); };
  Steps held;
  if (io.reread) {
    held = hit(io.seen);  // the very bytes that were handed up before
  } else {
    // Somebody read the block earlier. A read that failed left no page.
    const Delivered first = delivered(stack.program(), below(stack, file, io));
    if (first.bad && first.ok) {
      Step either;
      either.kind = StepKind::choose;
      either.function = function;
      either.branches = {branch("page is good", hit(Status::ok)), branch("page is bad", hit(Status::bad))};
      held = {either};
    } else if (first.ok || first.bad) {
      held = hit(first.bad ? Status::bad : Status::ok);
    }
  }
  const bool no_page = (io.reread && io.seen == Status::error) || held.empty();
  if (no_page) return miss(stack, file, io, pages);
  if (file.cache == PageCache::warm || (file.cache == PageCache::kept && io.reread)) return held;
  return lookup(pages,
                {branch("in the page cache", held), branch("not in the page cache", miss(stack, file, io, pages))},
                function);
}

/// blkdev_fallocate, which discards by zeroes: a command of the loop device is never larger than one of the device
/// below.
Steps zeroed_device(Stack& stack, const File& file, Io io) {
  io.op = IoOp::write_zeroes;
  const ResourceId bios = fs_bio_set(stack, file.user);
  const std::string caller = "blkdev_issue_zeroout < blkdev_fallocate";
  CallOptions options;
  options.context = CallContext::sync;
  const auto ended = [&](Status status) {
    return seq({give(bios, "bio_put < " + caller), done("blkdev_fallocate", status)});
  };
  return seq(
      {take(bios, "bio_alloc < blk_next_bio < __blkdev_issue_write_zeroes < " + caller),
       call(below(stack, file, io), "submit_bio_wait < " + caller,
            {branch("ok", ended(Status::ok)), branch("bad", ended(Status::ok)), branch("error", ended(Status::error))},
            options)});
}

/// ext4_punch_hole, ext4_zero_range: a block of the extent tree may have to be read, and without the change
/// punch_without_writeback dirty pages of the range are written first; each is one bio at a time. What becomes of the
/// range itself is metadata.
Steps holed_file(Stack& stack, const File& file, const Io& io) {
  const ResourceId bios = fs_bio_set(stack, file.filesystem);
  CallOptions options;
  options.context = CallContext::sync;
  const auto one = [&](IoOp op, const std::string& taken, const std::string& waited, const std::string& put) {
    Io block = io;
    block.op = op;
    block.bytes = 4096;
    const auto ended = [&](Status status) { return seq({give(bios, put), done("ext4_fallocate", status)}); };
    return seq({take(bios, taken), call(below(stack, file, block), waited,
                                        {branch("ok", ended(Status::ok)), branch("bad", ended(Status::ok)),
                                         branch("error", ended(Status::error))},
                                        options)});
  };
  Step what;
  what.kind = StepKind::choose;
  what.function = "ext4_punch_hole < ext4_fallocate";
  what.branches = {branch("all it needs is in memory", done("ext4_fallocate", Status::ok)),
                   branch("a block of the extent tree is read",
                          one(IoOp::read, "bio_alloc < submit_bh < __read_extent_tree_block < ext4_punch_hole",
                              "wait_on_buffer < __read_extent_tree_block", "bio_put < end_bio_bh_io_sync"))};
  if (!stack.has(Change::punch_without_writeback)) {
    what.branches.push_back(
        branch("a dirty page of the range is written",
               one(IoOp::write, "bio_alloc < io_submit_init_bio < ext4_writepages < ext4_punch_hole",
                   "filemap_write_and_wait_range < ext4_punch_hole", "bio_put < ext4_end_bio")));
  }
  for (std::size_t i = 1; i < what.branches.size(); ++i) what.branches[i].weight = 0;
  return {what};
}

}  // namespace

bool allocates(const Stack& stack, const File& file) {
  const auto files = file.filesystem >= 0 ? target_files(stack, file.filesystem) : std::nullopt;
  return files && files->allocates;
}

ExtentMemory new_extent(Stack& stack, const File& file, const std::string& caller) {
  if (file.filesystem < 0) return {};
  const Allocation io_end =
      asked(stack, file, "io_end", "ext4_init_io_end < " + caller, Gfp::nofs, structure("ext4_io_end_t"));
  if (!allocates(stack, file)) return {io_end, {}};
  return {io_end, asked(stack, file, "new_blocks", std::string(allocated_blocks) + " < " + caller, Gfp::nofs,
                        structure("allocation tree block"))};
}

FlowId range_flow(Stack& stack, const File& file, const Io& io) {
  const AskedIo asked = stack.asked(owner_of(file), io);
  return stack.flow(
      {.role = &range_of_file, .device = asked.device, .user = file.user, .asked = {asked}},
      [&] { return fmt::format("range of {}: {}", stack.device(file.user).name, stack.describe(asked)); },
      [&] { return file.filesystem < 0 ? zeroed_device(stack, file, io) : holed_file(stack, file, io); });
}

PageCache page_cache_named(std::string_view text) {
  if (text == "cold") return PageCache::cold;
  if (text == "kept") return PageCache::kept;
  return text == "warm" ? PageCache::warm : PageCache::any;
}

Parameter page_cache_parameter(const std::string& of_what) {
  return declare::choice("page_cache", "any", {"any", "cold", "kept", "warm"},
                         "whether the page cache holds a block " + of_what +
                             ": any = whatever is worse, kept = a block that was read stays");
}

File file_on(const Stack& stack, DeviceIndex user, DeviceIndex lower, PageCache cache) {
  const auto files = target_files(stack, lower);
  return {user, files ? lower : -1, files ? files->below : lower, cache, user == lower ? Gfp::kernel : Gfp::noio};
}

Steps file_steps(Stack& stack, const File& file, const Io& io) {
  stack.uses(file_io_part());
  if (io.op == IoOp::flush) return sync_file(stack, file, io);
  switch (io.access) {
    case FileAccess::direct:
      return direct(stack, file, io);
    case FileAccess::writeback:
      return write_back(stack, file, io);
    case FileAccess::reclaim:
      return write_reclaimed(stack, file, io);
    case FileAccess::buffered:
      break;
  }
  return io.op == IoOp::read ? buffered_read(stack, file, io) : buffered_write(stack, file, io);
}

std::vector<Region> file_regions(const File& file, IoOp op) {
  if (file.filesystem >= 0 && file.user != file.filesystem) return {same_addresses(file.filesystem, op)};
  if (deallocates(op)) {
    // A hole in a file: blocks of metadata are read and dirty pages written, see range_flow.
    if (file.filesystem < 0) return {same_addresses(file.below, IoOp::write_zeroes)};
    return {same_addresses(file.below, IoOp::read), same_addresses(file.below, IoOp::write)};
  }
  if (op != IoOp::flush) return {same_addresses(file.below, op)};
  Region first = same_addresses(file.below, IoOp::write);
  first.hop.granularity = fsync_bytes;
  return {first, same_addresses(file.below, IoOp::flush)};
}

FlowId file_flow(Stack& stack, const File& file, const Io& io) {
  const bool on_filesystem = file.filesystem >= 0;
  const AskedIo asked = stack.asked(owner_of(file), io);
  return stack.flow(
      {.role = on_filesystem ? &io_on_file : &io_on_block_device,
       .device = asked.device,
       .user = file.user,
       .asked = {asked}},
      [&] {
        return fmt::format("{} {}: {}", on_filesystem ? "file of" : "block device under", stack.device(file.user).name,
                           stack.describe(asked));
      },
      [&] { return file_steps(stack, file, io); });
}

}  // namespace dmstall::models
