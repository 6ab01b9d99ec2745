// The readers of the parts of a scenario file. Each fills its part of context.scenario and reports every mistake in it.
// Parts that name things of other parts are read after them: see reader.cpp for the order.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "models/scenario/fields.hpp"
#include "models/scenario/reader.hpp"

namespace dmstall::models {

/// Values of "defaults": by target id, and "workload".
using Defaults = std::map<std::string, const JsonValue*, std::less<>>;

/// Where the name of a role stands, for messages after all devices are known.
struct RoleUse {
  std::size_t device = 0;  ///< index into Scenario::devices
  std::string role;        ///< parameter that names it
  std::string name;        ///< the device below
  Span where;
};

/// What reading devices leaves for the checks of the stack.
struct DeviceUses {
  std::vector<RoleUse> roles;
  std::map<std::string, Span, std::less<>> targets_used;  ///< target id → its first use
};

// Device stacks.
[[nodiscard]] Defaults read_defaults(const ReadContext& context, const JsonValue* value);
[[nodiscard]] DeviceUses read_devices(const ReadContext& context, const JsonValue* value, const Defaults& defaults);
void check_stack(const ReadContext& context, const DeviceUses& uses);
/// No way down is longer than `deepest_stack`. `lower`: by device, those right below it; each index once in
/// `lowest_first`.
void check_depth(const ReadContext& context, const std::vector<std::vector<std::size_t>>& lower,
                 const std::vector<std::size_t>& lowest_first);
/// Requests begin at multiples of their size wherever that decides what becomes of them. Requires: the stack is known
/// to be one.
void check_alignment(const ReadContext& context);
void read_sharing(const ReadContext& context, const JsonValue* value);
/// Adds rules for pools of which the scenario's kernel has one for all devices, where the file has none.
void share_as_the_kernel_does(Scenario& scenario);
void check_shared_reserves(const ReadContext& context);
void read_workload(const ReadContext& context, const JsonValue* value, const Defaults& defaults);

// Assumptions and limits.
void read_kernel(const ReadContext& context, const JsonValue* value);
void read_memory(const ReadContext& context, const JsonValue* value);
void read_faults(const ReadContext& context, const JsonValue* value);
void read_bounds(const ReadContext& context, const JsonValue* value);
void read_expect(const ReadContext& context, const JsonValue* value);
void read_vary(const ReadContext& context, const JsonValue* value);
/// Every key of "vary" names something, and every value of it is read without errors. Requires: no errors so far.
void check_vary(const ReadContext& context, const JsonValue& vary);

// Tasks and scenario-defined targets.
void read_task_form(const ReadContext& context, const JsonValue* resources, const JsonValue* tasks);
void read_targets(const ReadContext& context, const JsonValue* value);
void check_task_steps(const ReadContext& context);
/// What is taken is given, and what runs in no thread does not wait. Requires: no errors so far.
void check_paths(const ReadContext& context);
/// Steps with those inside of them.
[[nodiscard]] std::size_t count_steps(const Steps& steps);
/// No task spawns itself, and none more than `most_spawned` others. Requires: no errors so far.
void check_spawned(const ReadContext& context);

/// The reader without check_vary, which reads the file once more for every value.
[[nodiscard]] ReadResult read_without_vary(std::string text, std::string name);

}  // namespace dmstall::models
