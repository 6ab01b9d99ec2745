// A scenario as the user wrote it, typed and validated, before anything is compiled from it.
//
// One struct per top-level key of the format. Values are those of the file or the documented default; nothing here
// is derived from kernel rules (that is the business of models/targets). Optional keys whose absence means something
// else than any value are std::optional.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "models/kernel/release/release.hpp"
#include "models/machine/step.hpp"
#include "models/machine/verdict.hpp"
#include "models/scenario/target_description.hpp"

namespace dmstall::models {

/// Where a thing stands in the scenario file; line and column count from 1, 0 means "not from a file".
struct SourcePosition {
  int line = 0;
  int column = 0;
};

struct KernelSettings {
  Release release;  ///< with the changes of "with", "without" and "bio_list_order"
  int cpus = 8;
  int numa_nodes = 1;
  int reserved_bio_based_ios = 16;  ///< as written: 0…65535; the kernel's clamp is applied by models/kernel/dm_core
  int kcopyd_subjob_size_kb = 512;
  int snapshot_cow_threshold = 2048;
};

/// A range of a device below, in sectors of 512 B, as device-mapper tables count.
struct Segment {
  std::string to;
  std::int64_t size_sectors = 0;
  std::int64_t start_sectors = 0;
};

inline constexpr std::int64_t sector_bytes = 512;

struct FecSettings {
  std::string device;
  int roots = 2;
  std::int64_t blocks = 0;  ///< fec_blocks: data, tree and what lies behind it; 0: data and tree

  bool operator==(const FecSettings&) const = default;
};

/// A parameter value of a device. Roles (names of lower devices) are strings; `to: [...]` is a list of strings.
using ParameterValue =
    std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>, std::vector<Segment>, FecSettings>;

struct Device {
  std::string name;
  std::string target;  ///< an id of the target registry, or of ScenarioTarget
  /// Every parameter of the target, defaults filled in; those without a default (`fec`, linear's `to` or `segments`)
  /// only when written. Of a scenario-defined target: its roles.
  std::map<std::string, ParameterValue, std::less<>> parameters;
  std::map<std::string, int, std::less<>> reserve;  ///< "reserve": pool name → literal size
  SourcePosition where;
  /// Where the values stand ("data", "reserve.io_bs"), for diagnostics raised after parsing.
  std::map<std::string, SourcePosition, std::less<>> key_positions;

  [[nodiscard]] bool has(std::string_view key) const { return parameters.find(key) != parameters.end(); }
  /// Requires: the parameter exists in the target's table (asserted).
  [[nodiscard]] std::int64_t integer(std::string_view key) const;
  [[nodiscard]] double number(std::string_view key) const;
  [[nodiscard]] bool flag(std::string_view key) const;
  [[nodiscard]] const std::string& text(std::string_view key) const;
};

/// Who shares one kind of pool: every device its own, one per module, or named groups of devices.
struct SharingRule {
  enum class Scope : std::uint8_t { device, module, group } scope = Scope::device;
  std::string group;
  std::vector<std::string> devices;
};

struct Sharing {
  std::string preset;                                     ///< "device", "module", "SR", "SC", "SRC", "SB" or empty
  std::map<std::string, SharingRule, std::less<>> rules;  ///< key "<target>.<pool>"; presets are expanded into rules
};

/// In the order of workload_verbs(); `fsync` is read as a flush.
enum class WorkloadVerb : std::uint8_t {
  writeback,
  write,
  read,
  flush,
  swap_out,
  admin,
  discard,
  zero_out,
  swap_in,
  fsync
};
enum class AdminVerb : std::uint8_t { status, create_snapshot, remove_snapshot, suspend, resume };
enum class AccessPattern : std::uint8_t { sequential, random };

struct WorkloadItem {
  WorkloadVerb verb = WorkloadVerb::read;
  AdminVerb admin = AdminVerb::status;
  std::string device;
  std::string name;        ///< default: "<verb>-<device>", made unique with a number
  std::int64_t count = 1;  ///< "pages" (4 KiB each) or "count" (requests), whichever was written; see counts_pages
  bool counts_pages = false;
  int write_kib = 4;       ///< bytes per request in KiB, reads too
  int discard_kib = 1024;  ///< bytes per request of discard and zero_out in KiB
  int in_flight = 1;
  int threads = 1;  ///< 1 for writeback, flush and swap_out, in_flight otherwise
  AccessPattern pattern = AccessPattern::sequential;
  bool direct = true;
  bool aio = false;     ///< direct I/O submitted without sleeping until it is done
  bool nowait = false;  ///< direct I/O of a block device sent with REQ_NOWAIT
  double start_s = 0;
  std::optional<double> period_s;
  SourcePosition where;

  /// Requests this item issues in total.
  [[nodiscard]] std::int64_t requests() const;
};

enum class AllocatorMode : std::uint8_t { plentiful, exhausted, adversary, accounted };
enum class FreedBy : std::uint8_t { writeback, nothing };
enum class Outcome : std::uint8_t { succeeds, fails };

/// An application that takes memory until the OOM killer ends it.
struct HogSettings {
  std::optional<std::int64_t> mib;  ///< what it wants; absent: all there is
  double mib_per_s = 1000;
  double start_s = 0;
  bool oom_kill = true;
  double kill_ms = 20;
  std::optional<double> again_after_s;
};

struct MemorySettings {
  bool allocator_given = false;  ///< absent key: explore and prove assume adversary, the timed run a seeded adversary
  AllocatorMode allocator = AllocatorMode::adversary;
  std::vector<std::string> fails;  ///< pool patterns ("*.io_client.pool"), "page", "slab"
  std::optional<std::int64_t> first_n;
  std::optional<double> probability;
  std::optional<double> from_s;
  std::optional<double> recovers_after_s;
  FreedBy freed_by = FreedBy::writeback;
  Outcome unpooled = Outcome::succeeds;
  std::optional<Outcome> threads;  ///< creation of kernel threads; absent: every count is possible
  std::optional<std::int64_t> total_mib, unreclaimable_mib, dirty_mib, clean_mib, min_free_kib;
  std::optional<double> dirty_ratio_percent, background_ratio_percent;
  std::optional<HogSettings> hog;
};

enum class FaultKind : std::uint8_t {
  bad_block,
  late_corruption,
  buffer_rewritten,
  hash_block,
  hash_mismatch,
  io_error
};
enum class FaultArea : std::uint8_t { data, hash, fec };
enum class FaultOn : std::uint8_t { read, reread, both };

struct FaultBlocks {
  bool all = true;
  std::vector<std::int64_t> list;  ///< 4 KiB block numbers when not `all` and `every` is 0
  std::int64_t every = 0;          ///< every n-th block
  [[nodiscard]] bool contains(std::int64_t block) const;
};

struct Fault {
  FaultKind kind = FaultKind::bad_block;
  std::string device;    ///< device name, or empty
  std::string workload;  ///< workload name, or empty
  FaultArea area = FaultArea::data;
  FaultBlocks blocks;
  FaultOn on = FaultOn::both;
  std::optional<std::int64_t> at_most;
  bool optional = false;
  SourcePosition where;
};

struct Faults {
  bool given = false;
  bool any = true;          ///< "any", also the default when the key is absent
  std::vector<Fault> list;  ///< when not `any`; empty means: no faults
};

/// Search and simulation limits; absent: the engine's default.
struct Bounds {
  std::optional<std::int64_t> requests, states, memory_mib, events;
  std::optional<double> seconds, sim_seconds;
};

struct Expectation {
  std::vector<VerdictKind> verdict;  ///< any of these
  std::optional<DeadlockKind> kind;
  std::vector<std::string> circle;
  std::optional<std::string> proof;  ///< "proved" | "exhausted" | "run"
  std::optional<std::int64_t> min_requests, min_faults, bytes_at_most, stuck;
  std::optional<bool> relieved_by_memory;
  std::optional<std::string> engine;
};

/// The resources/tasks form, already resolved into a program: names are ids, nesting is kept.
/// Also used for `targets` (scenario-defined): each has its own resources and flows, see ScenarioTarget.
struct TaskForm {
  std::vector<Resource> resources;
  std::vector<Task> tasks;
};

/// A target defined in the scenario itself. Resource ids in the flows index `resources` of this struct; every device
/// of the target gets its own copy. `submit` steps name a role.
struct ScenarioTarget {
  std::string name;
  std::vector<std::string> roles;
  std::vector<Resource> resources;
  std::map<std::string, Steps, std::less<>> flows;  ///< "read", "write", "flush"
  TargetDescription description;                    ///< of the above, as others know targets: own_target.hpp
};

/// One key of "vary" and the values it is to take, as an option of a command would spell them.
struct Variation {
  std::string key;
  std::vector<std::string> values;
};

struct Scenario {
  std::string file;  ///< path as given by the user, for messages
  std::string name, about, origin;
  KernelSettings kernel;
  std::vector<Device> devices;  ///< `repeat` expanded, file order
  Sharing sharing;
  std::vector<WorkloadItem> workload;
  MemorySettings memory;
  Faults faults;
  Bounds bounds;
  std::optional<Expectation> expect;
  TaskForm form;
  std::vector<ScenarioTarget> targets;
  std::vector<Variation> vary;                                ///< in file order
  std::vector<std::string> warnings;                          ///< "file:line:col: warning: …", ready to print
  std::unordered_map<std::string, std::size_t> device_index;  ///< name → index in `devices`; a hint for find_device

  [[nodiscard]] const Device* find_device(std::string_view device_name) const;
};

}  // namespace dmstall::models
