// The timed engine: runs a machine on SimGrid's clock and says what happened and how fast.
//
// Kernel threads are SimGrid actors, taken from a pool while they are awake or asleep; bios are passive. Nothing in
// this header needs SimGrid. One run is one schedule: PROGRESS here means "in this run".
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/machine/page_memory.hpp"
#include "models/machine/witness.hpp"

namespace dmstall::sim {

class Watcher;

/// How the allocator behaves in time. Which pools can fail at all is in the machine (Resource::allocator); this says
/// when those of rule `any` do.
struct MemoryPlan {
  double from_s = 0;                        ///< before: every allocation succeeds
  std::optional<double> recovers_after_s;   ///< from then on every allocation succeeds
  std::optional<std::int64_t> first_n;      ///< only the first n attempts (of those that may fail) fail
  std::optional<double> probability;        ///< each attempt fails with this probability
  bool seeded_adversary = false;            ///< draw, per seed, how often each pool's allocator fails
  std::optional<models::PageMemory> pages;  ///< the pages decide, and nothing above
};

struct Options {
  std::uint64_t seed = 1;             ///< 1: threads of one date run in lockstep and in order; others vary it
  double sim_seconds = 600;           ///< simulated time budget
  std::int64_t events = 200'000'000;  ///< step budget
  std::ostream* trace = nullptr;      ///< readable event log
  std::vector<Watcher*> watchers;     ///< told what happens as it happens (sim/watcher.hpp)
  std::function<void(double sim_time_s, double fraction_done, std::int64_t steps)>
      progress;                             ///< called about twice a second
  std::function<bool()> give_up;            ///< asked every few thousand steps; true ends the run
  std::int64_t recorded_steps = 4'000'000;  ///< above it, the steps of finished requests are dropped from the record
  double latency_jitter = 0.03;             ///< disks' latencies vary by up to this part of themselves, by the seed
  bool memory_returns_after_stuck = true;   ///< after a stuck set: go on with the allocator succeeding
  std::function<void(double sim_time_s, const models::PageCounts&)>
      watch_pages;  ///< after every event, where memory is accounted
};

enum class Ending : std::uint8_t {
  completed,  ///< every request finished
  stopped,    ///< the machine restarted or panicked (result.stopped_by)
  stuck,      ///< a stuck set was found (result.stuck_at_s); memory did not come back by itself
  out_of_time,
  out_of_events,
  out_of_threads,
  given_up,        ///< Options::give_up said so
  scenario_error,  ///< a step that cannot be (counter below 0): result.error
};

struct LatencySummary {
  std::int64_t count = 0;
  double p50_us = 0, p99_us = 0, max_us = 0, mean_us = 0;
};

struct ClassMetrics {
  std::string name, device;
  std::int64_t started = 0, finished = 0, failed = 0, total = 0;  ///< failed: finished with status error
  std::map<std::string, std::int64_t>
      failed_by;  ///< how many of `failed` a fault hit, by its label, or by "no fault of the file"
  // Of requests that finished without an error: a request that fails at once moves nothing, however fast it is.
  std::int64_t bytes = 0;
  double mib_per_s = 0;
  LatencySummary latency;
};

struct DeviceMetrics {  ///< per timed device (disk)
  std::string name;
  std::int64_t reads = 0, writes = 0, flushes = 0, bytes = 0;
  double busy_s = 0;
  int max_in_flight = 0;
  LatencySummary latency;
};

/// What the I/Os of one device took, from entering it to its end_io; those submitted as children are left out.
struct ServiceMetrics {
  std::string device;
  LatencySummary latency;
};

struct ResourceMetrics {  ///< per resource that was taken or waited for
  models::ResourceId resource = models::no_resource;
  std::string name;
  std::int32_t capacity = 0, lowest_free = 0;
  std::int64_t takes = 0, from_allocator = 0, from_reserve = 0;
  std::int64_t waits = 0, polls = 0;  ///< sleeps; 5 s polls among them
  double longest_wait_s = 0;
};

/// A stuck set that memory relieved while the run went on (recovers_after_s, pages freed by others).
struct Stall {
  double from_s = 0, to_s = 0;
  std::int64_t polls = 0;
  std::string resource;
};

/// Where memory is accounted. In pages.
struct MemoryMetrics {
  models::PageCounts at_end;
  models::Watermarks marks;
  std::int64_t total = 0, lowest_free = 0;
  double below_min_s = 0;    ///< time at or below the min watermark
  std::int64_t refused = 0;  ///< attempts for which there was no page
  std::int64_t reclaimed_directly = 0, reclaimed_by_kswapd = 0;
  std::int64_t oom_kills = 0;
  std::int64_t dirtied = 0, written = 0, swapped = 0;
  double throttled_s = 0;          ///< writers asleep above the dirty limits, all together
  double waited_for_memory_s = 0;  ///< writers asleep because reclaim found nothing
};

struct Result {
  Ending ending = Ending::completed;
  double sim_time_s = 0;
  std::int64_t steps = 0, context_switches = 0, timers = 0;
  std::int64_t most_threads = 0;  ///< kernel threads (actors) awake or asleep at once
  std::string error;
  std::string stopped_by;  ///< "restart: verity_handle_err of lower"
  // stuck
  double stuck_at_s = 0;            ///< when the last of the stuck set fell asleep; sim_time_s says when it was found
  std::vector<std::int64_t> stuck;  ///< token serials
  models::StuckReport stuck_report;
  bool relieved_by_memory = false;  ///< re-run with the allocator succeeding: the stuck requests finish
  bool record_complete = true;      ///< false: steps of finished requests were dropped
  models::Witness witness;          ///< also filled (steps only) for completed runs when the record is complete
  std::vector<Stall> stalls;
  std::vector<ClassMetrics> classes;
  ClassMetrics overall;  ///< all classes together, daemons left out; its time runs from the first start to the last end
  std::vector<DeviceMetrics> devices;
  std::vector<ServiceMetrics> services;  ///< devices of the stack, those that served something
  std::vector<ResourceMetrics> resources;
  std::int64_t polls = 0;
  double longest_request_s = 0;  ///< of requests that do not merely follow the pressure
  std::optional<MemoryMetrics> memory;
  std::uint64_t digest = 0;  ///< of the whole step list: same input and seed, same digest
};

/// Runs `machine` once. Deterministic for a seed, whatever ran in this process before. Not reentrant.
[[nodiscard]] Result simulate(const models::Machine& machine, const MemoryPlan& memory, const Options& options);

}  // namespace dmstall::sim
