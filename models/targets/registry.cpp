#include <fmt/format.h>

#include "models/kernel/omissions/parts.hpp"
#include "models/scenario/declare.hpp"
#include "models/scenario/target_description.hpp"
#include "models/targets/omissions/parts.hpp"

namespace dmstall::models {

namespace {

using declare::choice;
using declare::flag;
using declare::number;
using declare::power_of_two;
using declare::role;
using declare::unmodelled;
using declare::whole;

PoolDescription pool(std::string name, std::string holds, std::string sized_by) {
  PoolDescription result;
  result.name = std::move(name);
  result.holds = std::move(holds);
  result.sized_by = std::move(sized_by);
  return result;
}

PoolDescription client(std::string name, std::string of) {
  PoolDescription result = pool(std::move(name), "struct io + struct bio, " + std::move(of), "reserved_bio_based_ios");
  result.is_client = true;
  return result;
}

Parameter takes_writes(Parameter of) {
  of.takes_writes = true;
  return of;
}

TargetDescription disk() {
  TargetDescription target;
  target.id = "disk";
  target.about = "a request-based disk: takes time, completes every request";
  target.source = "blk-mq, Linux 6.1";
  target.parts = {&disk_part(), &submission_part()};
  target.device_mapper = false;
  target.traits.takes_time = true;
  Parameter write_rate =
      number("write_mib_per_s", "MiB/s", "", 0.001, 1e6, "sequential write rate; default: read_mib_per_s");
  write_rate.default_from = "read_mib_per_s";
  target.parameters = {
      number("read_mib_per_s", "MiB/s", "500", 0.001, 1e6, "sequential read rate"),
      write_rate,
      number("latency_us", "us", "100", 0, 1e9, "time of one request besides the transfer"),
      whole("queue_depth", "", "32", 1, 65536, "requests in the device at the same time"),
      flag("write_cache", "true", "has a volatile cache: flushes reach the device"),
      flag("discards", "true", "takes discards"),
      whole("discard_granularity_kib", "KiB", "0", 0, 1048576, "unit of discards; 0: any, ranges begin within a unit"),
      whole("write_zeroes_kib", "KiB", "32", 0, 4194304,
            "most that one command zeroes without data (32: ubd, the least in 6.1); 0: zeroes are written as data"),
  };
  return target;
}

TargetDescription linear() {
  TargetDescription target;
  target.id = "linear";
  target.about = "maps ranges one to one to ranges of other devices";
  target.source = "drivers/md/dm-linear.c, Linux 6.1";
  target.parts = {&linear_part(), &dm_core_part(), &dm_flush_part(), &mempool_part(), &submission_part()};
  target.parameters = {
      takes_writes(declare::optional(role("to", "the device below, from its beginning"))),
      takes_writes(
          role("segments", "the table, in order: [{\"to\", \"size_mib\", \"start_mib\"}]", ParameterType::segments)),
  };
  target.alternatives = {{"to", "segments"}};
  return target;
}

TargetDescription striped() {
  TargetDescription target;
  target.id = "striped";
  target.about = "spreads chunks over several devices";
  target.source = "drivers/md/dm-stripe.c, Linux 6.1";
  target.parts = {&striped_part(), &dm_core_part(), &dm_flush_part(), &mempool_part(), &submission_part()};
  target.parameters = {
      declare::required(role("to", "the stripes", ParameterType::device_list)),
      power_of_two(whole("chunk_kib", "KiB", "64", 4, 65536, "bytes on one stripe before the next is used")),
  };
  return target;
}

TargetDescription verity() {
  TargetDescription target;
  target.id = "verity";
  target.about = "read-only, verified against a tree of hashes";
  target.source = "drivers/md/dm-verity-target.c, Linux 6.1";
  target.traits.verifies = target.traits.read_only = true;
  target.not_counted =
      "root digest, salt, hash transform, vmalloc bookkeeping; tens to hundreds of bytes per device, by algorithm";
  target.parts = {&verity_part(), &verity_fec_part(), &dm_core_part(), &dm_bufio_part(),
                  &dm_io_part(),  &workqueue_part(),  &mempool_part(), &submission_part()};
  Parameter fec = role("fec", "forward error correction: {\"device\", \"roots\"}", ParameterType::fec);
  fec.required = false;
  target.parameters = {
      role("data", "the device that holds the data"),
      role("hash", "the device that holds the hash tree"),
      whole("data_blocks", "blocks", "65536", 1, 1e12, "blocks that are verified"),
      power_of_two(whole("block_bytes", "B", "4096", 512, 4096, "size of a data and of a hash block")),
      whole("hash_levels", "", "0", 0, 63, "levels of the hash tree; 0: derived from data_blocks and block_bytes"),
      choice("hash_cache", "any", {"any", "cold", "warm"},
             "hash blocks in dm-bufio's cache: any = whatever is worse (a timed run starts cold)"),
      choice("on_corruption", "error", {"error", "ignore", "restart", "panic"},
             "what a mismatch does when neither the re-read nor error correction helps; restart and panic end the "
             "machine"),
      fec,
      flag("prefetch", "true", "hash blocks are read ahead by a work item of their own"),
  };
  target.pools = {
      pool("recheck_pool", "struct page", "1"),
      client("io_client", "re-reads of data blocks"),
      client("bufio_client", "reads of hash blocks"),
      pool("bufio_buffers", "struct dm_buffer", "1"),
      pool("fec_rs", "struct rs_control", "number of CPUs"),
      pool("fec_prealloc", "decode buffer", "number of CPUs"),
      pool("fec_output", "output block", "number of CPUs"),
      client("fec_bufio_client", "reads of parity"),
      pool("fec_bufio_buffers", "struct dm_buffer", "1"),
      client("fec_data_bufio_client", "reads of data blocks for error correction"),
      pool("fec_data_bufio_buffers", "struct dm_buffer", "1"),
      pool("kverityd", "running work item", "number of CPUs"),
  };
  return target;
}

// dm-snap.c:calc_max_buckets and init_hash_tables: 2 MiB of buckets at most, and an eighth of that for pending
// exceptions.
constexpr std::int64_t exception_tables_bytes = 2 * 1024 * 1024 + 256 * 1024;

std::string exception_tables() {
  return fmt::format(
      "hash tables of exceptions, up to {} B per device by the size of the COW device, which a scenario does not give; "
      "32 B per "
      "completed exception, which has no pool",
      exception_tables_bytes);
}

std::vector<PoolDescription> snapshot_pools() {
  return {
      pool("pending", "struct dm_snap_pending_exception", "256"),
      pool("kcopyd_jobs", "struct kcopyd_job", "8"),
      pool("kcopyd_pages", "struct page", "kcopyd_subjob_size_kb / 4"),
      client("kcopyd_client", "copies of chunks"),
      pool("kcopyd_thread", "running work item", "1"),
      client("pstore_client", "metadata of exceptions"),
      pool("in_progress", "copy in progress", "snapshot_cow_threshold"),
  };
}

TargetDescription snapshot() {
  TargetDescription target;
  target.id = "snapshot";
  target.about = "a writable snapshot: copies a chunk of the origin before the first write to it";
  target.source = "drivers/md/dm-snap.c, Linux 6.1";
  target.parts = {&snapshot_part(),     &dm_core_part(), &dm_flush_part(), &kcopyd_part(),
                  &kcopyd_split_part(), &dm_io_part(),   &mempool_part(),  &submission_part()};
  target.parameters = {
      role("origin", "the device that was snapshotted"),
      role("cow", "the device that holds changed chunks"),
      power_of_two(whole("chunk_kib", "KiB", "16", 4, 65536, "unit of copying")),
      choice("store", "persistent", {"persistent", "transient"}, "whether exceptions are written to the COW device"),
      whole("allocated_chunks", "chunks", "0", 0, 1e12, "chunks already in the COW device at the start, from chunk 0"),
  };
  target.distinct = {{"origin", "cow"}};
  target.not_counted = exception_tables();
  target.traits.is_snapshot = true;
  target.pools = snapshot_pools();
  return target;
}

PoolDescription machine_wide(PoolDescription of) {
  of.machine_wide = true;
  return of;
}

PoolDescription fs_bio_set() {
  return machine_wide(pool("fs_bio_set", "struct bio", "2"));
}

Parameter page_cache(std::string of) {
  return choice("page_cache", "any", {"any", "cold", "kept", "warm"},
                "whether the page cache holds a block " + std::move(of) +
                    ": any = whatever is worse, kept = a block that was read stays");
}

TargetDescription filesystem() {
  TargetDescription target;
  target.id = "filesystem";
  target.about = "files on a block device, for applications, the flusher and loop; no block device itself";
  target.source = "fs/iomap/direct-io.c, mm/filemap.c, fs/ext4, Linux 6.1";
  target.parts = {&filesystem_part(), &file_io_part(), &machine_bio_sets_part(),
                  &workqueue_part(),  &mempool_part(), &submission_part()};
  target.device_mapper = false;
  target.block_device = false;
  target.not_counted = "page cache, inodes, journal; no reserves, memory like any other";
  target.parameters = {
      role("device", "the block device that it is on"),
      page_cache("that an application reads"),
      flag("allocates", "true", "a write needs new blocks, for which memory is allocated"),
      flag("dioread_nolock", "true",
           "bios of new blocks are kept until their extent is converted; false: mounted with -o dioread_lock"),
  };
  target.pools = {fs_bio_set(), pool("dio_wq", "running work item", "256"),
                  pool("rsv_conversion_wq", "running work item", "256")};
  return target;
}

TargetDescription loop() {
  TargetDescription target;
  target.id = "loop";
  target.about = "a block device that is a file: of a filesystem, or another block device";
  target.source = "drivers/block/loop.c, Linux 6.1";
  target.not_counted = "128 requests per device, part of its queue, whatever the file";
  target.parts = {&loop_part(),      &file_io_part(), &machine_bio_sets_part(),
                  &workqueue_part(), &mempool_part(), &submission_part()};
  target.device_mapper = false;
  Parameter file = role("file", "the filesystem of its file, or the block device that it opens");
  file.takes_files = true;
  target.parameters = {
      file,
      flag("direct", "false", "reads and writes the file with direct I/O (losetup --direct-io)"),
      flag("read_only", "false", "writes fail; no write cache"),
      page_cache("of the file"),
      whole("work_items", "", "1", 1, 256, "commands handled at the same time: one for each cgroup that sends some"),
      flag("rescuer", "false", "the workqueue has a rescuer; not in 6.1, to see what that would repair"),
  };
  target.pools = {
      pool("tags", "struct request", "128"),
      pool("loop_wq", "running work item", "work_items"),
      fs_bio_set(),
      machine_wide(pool("blkdev_dio_pool", "struct blkdev_dio with its bio", "4")),
  };
  return target;
}

TargetDescription snapshot_origin() {
  TargetDescription target;
  target.id = "snapshot-origin";
  target.about = "the origin of snapshots, in use: a write copies the chunk to every snapshot first";
  target.source = "drivers/md/dm-snap.c, Linux 6.1";
  target.parts = {&snapshot_origin_part(), &snapshot_part(), &dm_core_part(), &dm_flush_part(),  &kcopyd_part(),
                  &kcopyd_split_part(),    &dm_io_part(),    &mempool_part(), &submission_part()};
  target.parameters = {takes_writes(role("device", "the device below, which is the origin of its snapshots"))};
  return target;
}

TargetDescription snapshot_merge() {
  TargetDescription target;
  target.id = "snapshot-merge";
  target.about = "a snapshot that is being merged back into its origin while it is used";
  target.source = "drivers/md/dm-snap.c, Linux 6.1";
  target.parts = {&snapshot_merge_part(), &snapshot_part(),  &snapshot_origin_part(), &dm_core_part(),
                  &dm_flush_part(),       &kcopyd_part(),    &kcopyd_split_part(),    &dm_io_part(),
                  &mempool_part(),        &submission_part()};
  target.parameters = {
      takes_writes(role("origin", "the device that the chunks go back to")),
      role("cow", "the device that holds changed chunks"),
      power_of_two(whole("chunk_kib", "KiB", "16", 4, 65536, "unit of copying")),
      whole("allocated_chunks", "chunks", "16", 0, 1e12,
            "chunks in the COW device at the start, from chunk 0: those that are merged"),
  };
  target.distinct = {{"origin", "cow"}};
  target.not_counted = exception_tables();
  target.pools = snapshot_pools();
  return target;
}

}  // namespace

const std::vector<PoolDescription>& common_pools() {
  static const std::vector<PoolDescription> pools = {
      pool("io_bs", "struct dm_io with its first clone", "reserved_bio_based_ios, at least num_flush_bios"),
      pool("bs", "struct dm_target_io, a further clone", "reserved_bio_based_ios, at least num_flush_bios"),
      pool("bio_split", "struct bio", "2"),
  };
  return pools;
}

const std::vector<TargetDescription>& target_registry() {
  static const std::vector<TargetDescription> targets = {
      disk(), linear(), striped(), verity(), snapshot(), snapshot_origin(), snapshot_merge(), filesystem(), loop()};
  return targets;
}

const TargetDescription* find_target(std::string_view id) {
  for (const TargetDescription& target : target_registry()) {
    if (target.id == id) return &target;
  }
  return nullptr;
}

}  // namespace dmstall::models
