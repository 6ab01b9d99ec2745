#include "models/scenario/format_tables.hpp"

#include "models/scenario/declare.hpp"
#include "models/scenario/limits.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::models {

using declare::choice;
using declare::custom;
using declare::flag;
using declare::no_limit;
using declare::number;
using declare::required;
using declare::text;
using declare::text_list;
using declare::unmodelled;
using declare::whole;

namespace {

constexpr double most_mib = 1e9, sectors_per_mib = 2048;

Parameter repeat_from() {
  return whole("repeat_from", "", "0", 0, 1e9, "the number of the first copy");
}

Parameter repeated_item() {
  return whole("repeat", "", "", 1, most_workload_items, "makes this many items; {i} in their names counts them");
}

}  // namespace

const KeyTable& top_level_keys() {
  static const KeyTable table = {
      required(whole("format", "", "", 1, 1, "version of this format")),
      text("$schema", "where the JSON Schema lies, for editors"),
      text("name", "name of the scenario; default: the file name without its ending"),
      text("about", "what the scenario shows"),
      text("origin", "where it comes from"),
      custom("kernel", "the kernel and its parameters"),
      custom("defaults", "parameters of all devices of a target, or of all workload items, unless they say otherwise"),
      custom("devices", "the block devices, in any order"),
      custom("sharing", "which pools several devices share"),
      custom("workload", "who uses the devices, and how"),
      custom("memory", "what memory allocations may do"),
      custom("faults", "what may be wrong on the disks"),
      custom("bounds", "limits of search and simulation"),
      custom("expect", "the verdict this scenario must give"),
      custom("resources", "resources of the tasks"),
      custom("tasks", "threads written as steps over resources"),
      custom("targets", "device-mapper targets written as steps over resources"),
      custom("vary", "key -> values to compare"),
  };
  return table;
}

const KeyTable& kernel_keys() {
  static const KeyTable table = {
      choice("release", release_names().front(), release_names(), "the release whose source the models follow"),
      custom("with", "changes that this kernel has beside those of its release: dmstall show releases"),
      custom("without", "changes of its release that it has not"),
      whole("cpus", "", "8", 1, 512, "processors; on 6.1 also how many work items each kverityd runs at once"),
      unmodelled(whole("numa_nodes", "", "1", 1, 64, "NUMA nodes"), {">1"}, "a machine has one node"),
      whole("reserved_bio_based_ios", "", "16", 0, 65535,
            "dm_mod parameter; the kernel turns 0 into 16 and caps at 1024"),
      whole("kcopyd_subjob_size_kb", "KiB", "512", 1, 1024, "dm_mod parameter: pages of a kcopyd client"),
      whole("snapshot_cow_threshold", "", "2048", 0, 2147483647,
            "dm_snapshot parameter: copies in flight before writers wait"),
      choice("bio_list_order", "depth_first", {"depth_first", "fifo"},
             "order of current->bio_list; fifo: without the change bio_list_depth_first"),
  };
  return table;
}

const KeyTable& device_keys() {
  static const KeyTable table = {
      required(text("name", "unique; {i} with repeat")),
      required(text("target", "what kind of device it is")),
      custom("reserve", "pool -> elements in reserve, instead of what the kernel sets; 0 is literally empty"),
      whole("repeat", "", "", 1, most_devices, "makes this many devices; {i} in names counts them"),
      repeat_from(),
  };
  return table;
}

const KeyTable& segment_keys() {
  static const KeyTable table = {
      required(text("to", "the device below")),
      whole("size_mib", "MiB", "", 1, most_mib, "length; this or size_sectors is required"),
      whole("size_sectors", "sectors", "", 1, most_mib * sectors_per_mib, "length, as tables count it"),
      whole("start_mib", "MiB", "0", 0, most_mib, "where it begins on the device below"),
      whole("start_sectors", "sectors", "", 0, most_mib * sectors_per_mib, "the same, as tables count it"),
  };
  return table;
}

const KeyTable& fec_keys() {
  static const KeyTable table = {
      required(text("device", "the device that holds the parity")),
      whole("roots", "B", "2", 2, 24, "parity bytes of each 255-byte codeword"),
      whole("blocks", "blocks", "0", 0, 1e12,
            "fec_blocks of the table: data, hash tree and what lies behind it on the hash device, in blocks; 0: data "
            "and tree, as Android has it. veritysetup covers all of the hash device"),
  };
  return table;
}

const KeyTable& sharing_group_keys() {
  static const KeyTable table = {
      required(text("group", "name of the group, printed as group.pool")),
      required(text_list("devices", "its members")),
  };
  return table;
}

const std::vector<std::string>& workload_verbs() {
  static const std::vector<std::string> names = {"writeback", "write",   "read",     "flush",   "swap_out",
                                                 "admin",     "discard", "zero_out", "swap_in", "fsync"};
  return names;
}

const KeyTable& workload_keys() {
  static const KeyTable table = {
      text("name", "unique; default: verb-device"),
      whole("pages", "pages of 4 KiB", "", 1, 1e12, "how much, in pages"),
      whole("count", "requests", "1", 1, 1e12, "how much, in requests"),
      whole("write_kib", "KiB", "4", 1, 65536, "size of a request, reads too"),
      whole("discard_kib", "KiB", "1024", 1, 65536, "size of a range of discard and zero_out"),
      whole("in_flight", "requests", "1", 1, 1e6, "requests on their way at the same time"),
      whole("threads", "", "", 1, 1e6,
            "submitting threads; default: 1 for writeback, flush, fsync and swap_out, else in_flight"),
      choice("pattern", "sequential", {"sequential", "random"}, "order of addresses"),
      flag("direct", "true", "bypasses the page cache (read and write)"),
      flag("aio", "false", "direct I/O whose submitter does not sleep until it is done (read and write)"),
      flag("nowait", "false",
           "direct I/O of a block device that must not wait (RWF_NOWAIT, REQ_NOWAIT): who has nothing for it fails it"),
      number("start_s", "s", "0", 0, 1e9, "when it begins (timed runs)"),
      number("period_s", "s", "", 0, 1e9,
             "time from one request to the next (timed runs); default: as fast as in_flight allows"),
      repeated_item(),
      repeat_from(),
  };
  return table;
}

const KeyTable& admin_keys() {
  static const KeyTable table = {
      required(unmodelled(choice("admin", "", {"status", "create_snapshot", "remove_snapshot", "suspend", "resume"},
                                 "a dmsetup command beside I/O"),
                          {"suspend", "resume"}, "nothing of a device in use waits for it")),
      required(text("device", "whose status; of which a snapshot is made; the snapshot that is removed")),
      text("name", "unique; default: command-device"),
      whole("count", "commands", "1", 1, 1e12, "how many, one after the other"),
      number("start_s", "s", "0", 0, 1e9, "when it begins (timed runs)"),
      number("period_s", "s", "", 0, 1e9,
             "time from one command to the next (timed runs); default: one when the last is done"),
      repeated_item(),
      repeat_from(),
  };
  return table;
}

const KeyTable& memory_keys() {
  static const KeyTable table = {
      choice("allocator", "", {"plentiful", "exhausted", "adversary", "accounted"},
             "which allocations succeed; default: adversary (any may fail)"),
      text_list("fails",
                "pools that the allocator refuses: \"upper.io_client.pool\", \"*.recheck_pool\", \"page\", \"slab\""),
      whole("first_n", "allocations", "", 0, no_limit, "only so many allocations fail, the first ones"),
      number("probability", "", "", 0, 1, "of a failure (timed runs)"),
      number("from_s", "s", "", 0, 1e9, "when the shortage begins (timed runs)"),
      number("recovers_after_s", "s", "", 0, 1e9,
             "when memory is back: a deadlock that memory relieves is then a stall"),
      choice("freed_by", "writeback", {"writeback", "nothing"}, "exhausted: whether a completed write frees a page"),
      choice("unpooled", "succeeds", {"succeeds", "fails"}, "allocations on the I/O path with no pool behind them"),
      choice("threads", "", {"succeed", "fail"},
             "creation of kernel threads; default: every number of threads is possible"),
      whole("total_mib", "MiB", "", 1, 1e8, "accounted: all memory; what the others do not name is free"),
      whole("unreclaimable_mib", "MiB", "", 0, 1e8, "accounted: never freed"),
      whole("dirty_mib", "MiB", "", 0, 1e8,
            "accounted: dirty at the start, divided among the writeback items by pages"),
      whole("clean_mib", "MiB", "", 0, 1e8, "accounted: clean page cache at the start"),
      whole("min_free_kib", "KiB", "", 4, 1e9, "accounted: vm.min_free_kbytes; default: as the kernel derives it"),
      number("dirty_ratio_percent", "%", "20", 1, 100, "accounted: vm.dirty_ratio"),
      number("background_ratio_percent", "%", "10", 0, 100, "accounted: vm.dirty_background_ratio"),
      custom("hog", "accounted: an application that takes memory until the OOM killer ends it"),
  };
  return table;
}

const KeyTable& hog_keys() {
  static const KeyTable table = {
      whole("mib", "MiB", "", 1, 1e8, "what it wants; default: all there is"),
      number("mib_per_s", "MiB/s", "1000", 0.01, 1e6, "how fast it takes free memory"),
      number("start_s", "s", "0", 0, 1e9, "when it begins"),
      flag("oom_kill", "true", "whether the OOM killer may end it"),
      number("kill_ms", "ms", "20", 0, 1e6, "from the reclaim that found nothing to its pages being free"),
      number("again_after_s", "s", "", 0, 1e9, "it is started again so long after its death; default: never"),
  };
  return table;
}

const KeyTable& fault_keys() {
  static const KeyTable table = {
      text("device", "the disk, or the verity device of a hash_mismatch"),
      text("workload", "the workload item of a buffer_rewritten"),
      required(choice("fault", "",
                      {"bad_block", "late_corruption", "buffer_rewritten", "hash_block", "hash_mismatch", "io_error"},
                      "what is wrong")),
      choice("area", "", {"data", "hash", "fec"},
             "what lies in the blocks; default: data, hash for hash_block; fec: parity, all of it"),
      custom("blocks",
             "\"all\", a list of 4 KiB blocks of the device (of a hash tree: from where it begins), or {\"every\": n}; "
             "default: all"),
      choice("on", "both", {"read", "reread", "both"}, "hash_mismatch: which read"),
      whole("at_most", "requests", "", 1, no_limit, "requests it may hit; default: any number"),
      flag("optional", "false", "a timed run decides by chance"),
      repeated_item(),
      repeat_from(),
  };
  return table;
}

const KeyTable& bounds_keys() {
  static const KeyTable table = {
      whole("requests", "", "", 1, 1e9, "requests of one class that the search runs at the same time"),
      whole("states", "", "", 1, no_limit, "states that the search visits"),
      number("seconds", "s", "", 0.001, 1e9, "time for the search"),
      whole("memory_mib", "MiB", "", 1, 1e9, "memory for the search"),
      number("sim_seconds", "s", "", 0.001, 1e9, "simulated time"),
      whole("events", "", "", 1, no_limit, "simulated events"),
  };
  return table;
}

const KeyTable& expect_keys() {
  static const KeyTable table = {
      custom("verdict", "PROGRESS, DEADLOCK, STALL, LIVELOCK, STARVATION or INCONCLUSIVE, or a list of them"),
      choice("kind", "", {"circle", "self", "too_small", "empty_reserve", "lost_wakeup", "order"}, "kind of deadlock"),
      text_list("circle", "resources that must be among those the stuck requests wait for"),
      choice("proof", "", {"proved", "exhausted", "run"}, "how much PROGRESS must mean"),
      whole("min_requests", "", "", 0, no_limit, "fewest requests that get stuck"),
      whole("min_faults", "", "", 0, no_limit, "fewest faults it takes"),
      flag("relieved_by_memory", "", "whether memory would end it"),
      whole("bytes_at_most", "B", "", 0, no_limit, "memory of all reserves"),
      whole("stuck", "requests", "", 0, no_limit, "requests that are stuck"),
      choice("engine", "", {"simulate", "explore", "prove"}, "the engine that must find it"),
  };
  return table;
}

const KeyTable& expect_by_release_keys() {
  static const KeyTable table = [] {
    KeyTable keys;
    for (const std::string& release : release_names())
      keys.push_back(custom(release, "what the scenario must give on that release"));
    return keys;
  }();
  return table;
}

const KeyTable& task_keys() {
  static const KeyTable table = {
      required(text("name", "unique")),
      whole("count", "", "1", 1, 1e6, "how many run at the same time, each once"),
      flag("start", "true", "false: only spawned by others"),
      flag("daemon", "false", "true: being idle is not being stuck"),
      required(declare::steps("steps", "what it does")),
  };
  return table;
}

const KeyTable& target_keys() {
  static const KeyTable table = {
      text_list("roles", "names of the lower devices it needs"),
      custom("resources", "every device of the target has its own"),
      required(custom("flows", "what it does for a read, a write and a flush")),
  };
  return table;
}

const KeyTable& workqueue_keys() {
  static const KeyTable table = {
      whole("max_active", "", "256", 1, 100000, "work items that run at the same time"),
      whole("threads", "", "0", 0, 100000, "threads that exist already"),
      flag("rescuer", "true", "WQ_MEM_RECLAIM: one thread more that always exists"),
      flag("ordered", "false", "one work item at a time"),
  };
  return table;
}

const Parameter* find_key(const KeyTable& table, std::string_view name) {
  for (const Parameter& parameter : table) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

std::vector<std::string> key_names(const KeyTable& table) {
  std::vector<std::string> names;
  for (const Parameter& parameter : table) names.push_back(parameter.name);
  return names;
}

const std::map<std::string, std::vector<std::string>, std::less<>>& sharing_presets() {
  static const std::map<std::string, std::vector<std::string>, std::less<>> presets = {
      {"device", {}},
      {"module", {"verity.recheck_pool", "verity.io_client"}},
      {"SRC", {"verity.recheck_pool", "verity.io_client"}},
      {"SR", {"verity.recheck_pool"}},
      {"SC", {"verity.io_client"}},
      {"SB", {"verity.recheck_pool", "verity.io_client", "verity.bufio_client"}},
  };
  return presets;
}

}  // namespace dmstall::models
