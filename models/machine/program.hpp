// A program: resources, flows and classes of requests, before lowering. What models/targets builds from a scenario's
// devices and models/scenario from its tasks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/machine/omission.hpp"
#include "models/machine/step.hpp"
#include "models/machine/unpooled_site.hpp"

namespace dmstall::models {

struct Flow {
  std::string name;    ///< "read upper", "task t0"
  std::string device;  ///< device whose code this is; empty for tasks
  Steps steps;
  bool serves_io = false;  ///< where an I/O enters its device: timed runs measure from here to the flow's end
  bool built = false;      ///< `steps` will not change any more
  std::uint8_t ends = 0;   ///< bit s: may end with status s (kernel/delivered); 0: not known yet
};

/// Many alike requests. Abstract engines run `population` of them, a timed run `total`, at most `in_flight` at a time.
struct RequestClass {
  std::string name;    ///< workload or task name
  std::string device;  ///< top device, empty for tasks
  FlowId flow = no_flow;
  std::int64_t population = 1;
  std::int64_t total = 1;
  bool daemon = false;
  std::string leaves_behind;    ///< a resource that a finished request leaves changed for later ones; empty: none.
                                ///< `population` then stands for no more
  bool counts_progress = true;  ///< false for service tasks: their completion is no progress of the workload
  bool in_thread = true;        ///< starts in a thread of its own (tasks); device requests take a thread resource
  double start_s = 0;
  double period_s = 0;            ///< 0: as soon as a place in flight is free
  std::int64_t bytes = 0;         ///< per request, for throughput
  std::int64_t in_flight = 0;     ///< 0: all at once
  bool random_addresses = false;  ///< otherwise sequential from 0
  std::int64_t span_bytes = 0;    ///< addresses lie in [0, span)
};

/// A block device that takes time (only disks do).
struct TimedDevice {
  std::string name;
  double read_bytes_per_s = 500.0 * 1024 * 1024;
  double write_bytes_per_s = 500.0 * 1024 * 1024;
  double latency_us = 100;
  int queue_depth = 32;
};

/// Addresses a device has seen: verity's cached hash blocks, a snapshot's exceptions.
struct Table {
  std::string name;
  std::int64_t granularity = 4096;  ///< bytes per entry
  std::int64_t capacity = 0;        ///< least recently used entry leaves above this; 0: unbounded
  std::int64_t present_below = 0;   ///< addresses below are present from the start
};

/// One combination of faults that may hit a request, in the order of the fault choose's branches.
struct FaultCombination {
  std::string label;                 ///< "none", "bad_block@ufs", "bad_block@ufs + buffer_rewritten"
  std::vector<std::int32_t> faults;  ///< indices into Program::faults
};

/// Listed blocks of a fault are so large, whatever lies in them.
inline constexpr std::int64_t fault_block_bytes = 4096;

/// A fault the timed run can place: it hits a request when the request comes to one of its blocks (FaultPlan::places).
struct PlacedFault {
  std::string label;
  std::string device;  ///< where it lies, or empty: it belongs to `workload` and the addresses of its requests
  std::string workload;
  bool seeded = false;  ///< "any": drawn at random per request
  bool optional = false;
  std::int64_t at_most = -1;  ///< requests it may hit, -1: no limit
  bool all_blocks = true;
  std::vector<std::int64_t> blocks;  ///< of the device; of a hash tree: from where it begins
  std::int64_t every = 0;
};

/// How the addresses of a request become those of a device below: rounded out, cut to a window, mapped. Half-open
/// ranges of bytes; a window may come back in every period (stripes).
struct AddressHop {
  static constexpr std::int64_t endless = INT64_MAX / 4;

  std::int64_t granularity = 1;                   ///< read or written as a whole: chunks, blocks
  std::int64_t period = 0;                        ///< the window lies in every so many bytes; 0: it is there once
  std::int64_t from_byte = 0, to_byte = endless;  ///< the window, within the period
  /// Units of divide_by bytes become units of multiply_by bytes. With a period: what lies in the window of period k
  /// comes to k * multiply_by, one byte for each.
  std::int64_t divide_by = 1, multiply_by = 1;
  std::int64_t add = 0;
};

/// A device that requests of a class come to, and how they go on from there.
struct FaultPlace {
  struct Way {
    std::int32_t to = -1;  ///< a place with a larger number
    AddressHop hop;
    std::int64_t area_begin = -1;  ///< not -1: what is read there is a hash tree, which begins at this byte
  };
  std::vector<Way> ways;
  std::vector<std::int32_t> faults;  ///< those of Program::faults that lie here
  bool of_tree = false;              ///< their blocks count from where the hash tree begins
};

struct FaultPlan {
  std::vector<FaultCombination> combinations;  ///< [0] is "none"
  std::vector<FaultPlace> places;              ///< [0] are the requests; empty: nothing listed lies on their way
};

struct Program {
  std::string name;
  std::string kernel;  ///< release and changes switched by hand: "6.12 without verity_recheck"
  std::vector<Resource> resources;
  std::vector<Flow> flows;
  std::vector<RequestClass> classes;
  std::vector<TimedDevice> timed_devices;
  std::vector<Table> tables;
  std::vector<PlacedFault> faults;
  std::vector<FaultPlan> fault_plans;        ///< one per class, same index
  std::vector<std::string> assumptions;      ///< memory and faults, in words, printed with the verdict
  std::vector<Omission> omissions;           ///< what the models used here leave out, in order (omission.hpp)
  std::vector<UnpooledSite> unpooled_sites;  ///< allocations on the I/O path with no pool behind them, each once
  double hash_bytes_per_s = 1.0e9;           ///< per CPU
  int cpus = 8;
};

}  // namespace dmstall::models
