// A program: resources, flows and classes of requests, before lowering. What models/targets builds from a scenario's
// devices and models/scenario from its tasks.
#pragma once

#include "models/machine/step.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace dmstall::models {

struct Flow {
  std::string name;      ///< "read upper", "task t0"
  std::string device;    ///< device whose code this is; empty for tasks
  Steps steps;
  bool serves_io = false;   ///< where an I/O enters its device: timed runs measure from here to the flow's end
};

/// Many alike requests. Abstract engines run `population` of them, a timed run `total`, at most `in_flight` at a time.
struct RequestClass {
  std::string name;          ///< workload or task name
  std::string device;        ///< top device, empty for tasks
  FlowId flow = no_flow;
  std::int64_t population = 1;
  std::int64_t total = 1;
  bool daemon = false;
  bool counts_progress = true;   ///< false for service tasks: their completion is no progress of the workload
  bool in_thread = true;         ///< starts in a thread of its own (tasks); device requests take a thread resource
  double start_s = 0;
  double period_s = 0;           ///< 0: as soon as a place in flight is free
  std::int64_t bytes = 0;        ///< per request, for throughput
  std::int64_t in_flight = 0;    ///< 0: all at once
  bool random_addresses = false; ///< otherwise sequential from 0
  std::int64_t span_bytes = 0;   ///< addresses lie in [0, span)
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
  std::string label;                      ///< "none", "bad_block@ufs", "bad_block@ufs + buffer_rewritten"
  std::vector<std::int32_t> faults;       ///< indices into Program::faults
};

/// A fault the timed run can place: it hits a request when the request's blocks on `device` meet the listed ones.
struct PlacedFault {
  std::string label;
  std::string device;                     ///< disk, or empty: belongs to `workload`
  std::string workload;
  bool seeded = false;                    ///< "any": drawn at random per request
  bool optional = false;
  std::int64_t at_most = -1;              ///< requests it may hit, -1: no limit
  bool all_blocks = true;
  std::int64_t block_bytes = 4096;        ///< bytes of request data that one listed block stands for (a hash block: many)
  std::vector<std::int64_t> blocks;       ///< blocks of `device`
  std::int64_t every = 0;
};

/// How a class's addresses reach a disk's data: address + add for addresses in [from, to).
struct AddressRoute {
  std::string device;
  std::int64_t from_byte = 0, to_byte = 0, add = 0;
  std::int64_t granularity = 1;   ///< what is read there is rounded out to this (a snapshot copies whole chunks)
};

struct FaultPlan {
  std::vector<FaultCombination> combinations;  ///< [0] is "none"
  std::vector<AddressRoute> routes;
};

struct Program {
  std::string name;
  std::vector<Resource> resources;
  std::vector<Flow> flows;
  std::vector<RequestClass> classes;
  std::vector<TimedDevice> timed_devices;
  std::vector<Table> tables;
  std::vector<PlacedFault> faults;
  std::vector<FaultPlan> fault_plans;          ///< one per class, same index
  std::vector<std::string> assumptions;        ///< memory and faults, in words, printed with the verdict
  std::vector<std::string> leaves_out;         ///< what the models used here omit
  int unpooled_sites = 0;                      ///< allocations on the I/O path with no pool behind them
  double hash_bytes_per_s = 1.0e9;             ///< per CPU
  int cpus = 8;
};

}  // namespace dmstall::models
