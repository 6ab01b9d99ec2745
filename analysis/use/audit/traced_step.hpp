// What the steps of a scenario look like in a recorded trace.
//
// A trace shows functions and their callers, not devices: steps of alike devices that stand for the same functions are
// one. A step is told by its events where it has some (a take is an mempool_alloc); what a trace cannot show (a choice,
// time, the end of a bio) is no traced step.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "models/kernel/traces/frames.hpp"
#include "models/kernel/traces/left_out.hpp"
#include "models/machine/program.hpp"
#include "models/machine/traced.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

struct TracedStep {
  models::EventKinds events;           ///< that it explains
  bool always_shown = false;           ///< one of its events is recorded whenever it runs, not only when it waits
  std::string what;                    ///< "take recheck_pool"
  std::string chain;                   ///< as the model writes it
  std::vector<std::string> functions;  ///< of the chain
  std::string pool;                    ///< of what is taken or given, as scenarios call it
  bool waits_for_io = false;           ///< a thread sleeps until an I/O is done
  models::LockMode lock = models::LockMode::none;
  bool is_bio_set = false;           ///< what is taken or given is a bio
  std::set<std::string> targets;     ///< whose devices have it; "workload": who submits
  std::string flow;                  ///< one that has it
  std::vector<std::string> reached;  ///< what must be so to come to it: "read data ends bad"
  bool in_shortage = false;          ///< one of that is that memory cannot be had
};

/// A scenario as traces are held against it.
struct TraceModel {
  std::string kernel;  ///< "6.12"
  std::vector<TracedStep> steps;
  std::vector<models::LeftOut> left_out;  ///< events of the entries of the parts that it uses
  std::set<std::string> targets;          ///< of its devices
  std::set<std::string> sleeps_in;        ///< functions in which threads wait for what its steps take
};

/// Allocations with no pool are steps here whatever the scenario says of them. Throws CompileError.
[[nodiscard]] TraceModel trace_model(models::Scenario scenario);

/// Every function that a step, a wait or an entry of the ledger names, in order: what a recorder looks for.
[[nodiscard]] std::set<std::string> functions_named(const TraceModel& model);

}  // namespace dmstall::analysis
