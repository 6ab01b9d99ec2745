// The vocabulary: what a thread of control does on behalf of a request, as nested steps over counted resources.
//
// Device targets (C++) and scenario tasks (JSON) both produce this form; machine/compile.hpp lowers it to the graph
// that the engines read. A Flow is a sequence of steps; it is run either by a task of its own (a token) or, through
// `call`, inline by the token that called it. Every path of a flow ends in `finish` (falling off the end is
// `finish: ok`), whose status is returned to the caller or to the parent that awaits its children, or in `stop`, which
// ends everything.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/machine/resource.hpp"

namespace dmstall::models {

using FlowId = std::int32_t;
using TableId = std::int32_t;
inline constexpr FlowId no_flow = -1;
inline constexpr TableId no_table = -1;

enum class Status : std::uint8_t { ok, bad, error };  ///< bad: delivered as success, but the data is wrong

enum class StepKind : std::uint8_t {
  take,  ///< n of resource; mode each/all/try; keep
  give,  ///< n of resource
  read_lock,
  read_unlock,
  write_lock,
  write_unlock,  ///< rwsem; locks may use mode try
  count,         ///< counter += n; if_zero / at_least branch, else branch; atomic
  await_zero,    ///< wait until the counter is 0
  signal,
  clear,      ///< set / clear a sticky event
  broadcast,  ///< wake the tokens that wait for the event now; later ones wait
  await,      ///< wait until the event is set, or broadcast
  ticket,
  await_turn,
  pass_turn,       ///< in-order completion
  spend,           ///< time: delay, CPU work or a disk transfer; never blocks another token
  choose,          ///< one of `branches`
  spawn,           ///< start a child token of `flow`; parked inside submit_bio until the outermost block ends
  await_children,  ///< wait for all own children; `branches` by their worst status
  submit_bio,      ///< block: what is parked in it starts when the outermost block ends
  call,            ///< run `flow` inline and go on by its status
  detach,          ///< the submitter returns; the rest runs at completion, in no thread, until it enters a workqueue
  if_,             ///< `body` when the event is set or the counter above 0, else `else_steps`; never waits
  forever,
  while_,         ///< loops over `body`; while_ tests an event (set) or a counter (above 0)
  remember,       ///< the address is from now on present in `table` (timed runs; no effect on the abstract state)
  end_writeback,  ///< one page became clean: a free page where the scenario's memory says so
  finish,         ///< end of this flow with `status`
  stop,  ///< the machine restarts or panics (`note` says which): nothing happens after it, nobody is stuck any more
};

enum class TakeMode : std::uint8_t {
  each,  ///< one element at a time, holding what it has
  all,   ///< all n or nothing
  try_,  ///< never waits; else_steps on failure
};

enum class SpendKind : std::uint8_t {
  delay_us,   ///< amount microseconds pass
  cpu_bytes,  ///< amount bytes are hashed on a CPU
  disk_read,
  disk_write,
  disk_flush,   ///< amount bytes on timed device `device`
  dirty_bytes,  ///< amount bytes of the page cache become dirty, of device `device` of the scenario; the writer may be
                ///< throttled
};

/// How a timed run decides a `choose`; the abstract engines try every branch.
enum class DeciderKind : std::uint8_t {
  weighted,    ///< by Branch::weight, seeded
  fault_plan,  ///< branch k = fault combination k of the request's class (Program::fault_plans)
  lookup,      ///< branch 0: address present in `table`; 1: absent; 2 (if any): being inserted by another request
  address,     ///< by Branch::from_byte/to_byte of the address
};

struct Branch;
struct Step;
using Steps = std::vector<Step>;

/// How a called flow sees addresses: address' = address / divide_by * multiply_by + add (bytes; integer division).
struct AddressMap {
  std::int64_t divide_by = 1, multiply_by = 1, add = 0;
};

struct GiveBack {
  ResourceId resource = no_resource;
  std::int32_t n = 1;
};

/// Who submits in a call. The first frame from the top that is not `inherit` says what a `detach` below it does.
enum class CallContext : std::uint8_t {
  inherit,  ///< part of the caller's own submission (->submit_bio of a lower device)
  sync,     ///< the caller sleeps until completion: detach leaves its thread asleep
  async,    ///< the caller returns at detach: `after_detach` is given back in that same step
};

struct Step {
  StepKind kind = StepKind::finish;
  ResourceId resource = no_resource;
  std::int32_t n = 1;
  TakeMode mode = TakeMode::each;
  std::int32_t keep = 0;         ///< leave at least this many
  std::int32_t at_least = 0;     ///< count: if not 0, the branch is taken when the counter reaches it, too
  Steps body;                    ///< submit_bio, forever, while_, count's if_zero, take's then-steps (see below)
  Steps else_steps;              ///< failed try; count not zero
  bool split_by_source = false;  ///< take: `body` runs when the allocator gave it, `else_steps` when the reserve did
  std::vector<Branch> branches;  ///< choose; call and await_children: label "ok", "bad", "error" (absent: fall through)
  DeciderKind decider = DeciderKind::weighted;
  TableId table = no_table;
  FlowId flow = no_flow;  ///< spawn, call
  bool park = false;
  bool queued = false;         ///< take, await, await_zero: waiting here is lying in a list, nobody sleeps
  std::vector<GiveBack> with;  ///< spawn: elements that travel with the child
  CallContext context = CallContext::inherit;
  std::vector<GiveBack> after_detach;
  AddressMap address;
  SpendKind spend = SpendKind::delay_us;
  std::int64_t amount = 0;
  std::int32_t device = -1;  ///< index into Program::timed_devices; dirty_bytes: device of the scenario
  Status status = Status::ok;
  std::string function;      ///< kernel functions, innermost first: "verity_recheck < verity_work"
  std::string role, op;      ///< call of a scenario-defined target before its stack is known: lower device, kind of I/O
  std::string note;          ///< said in witnesses beside the function: "re-read of the data device"
  int line = 0, column = 0;  ///< in the scenario file, 0 when the step comes from a target
};

struct Branch {
  std::string label;
  Steps steps;
  int faults = 0;  ///< what choosing it costs in "minimal faults"
  double weight = 1;
  std::int64_t from_byte = 0, to_byte = 0;  ///< DeciderKind::address, half open
};

/// A scenario task: `count` run at the same time, each once.
struct Task {
  std::string name;
  std::int64_t count = 1;
  bool start = true;    ///< false: only spawned
  bool daemon = false;  ///< idle is not stuck
  Steps steps;          ///< spawn steps carry the index of the spawned task in `flow`
  int line = 0, column = 0;
};

}  // namespace dmstall::models
