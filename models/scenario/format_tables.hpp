// The keys of a scenario file, one table per object: the reader, the JSON Schema and the messages are made from these.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/machine/step.hpp"
#include "models/scenario/target_description.hpp"

namespace dmstall::models {

using KeyTable = std::vector<Parameter>;

/// The word for an empty list of kernel changes, so that --vary can name it.
inline constexpr std::string_view no_changes = "none";

[[nodiscard]] const KeyTable& top_level_keys();
[[nodiscard]] const KeyTable& kernel_keys();
[[nodiscard]] const KeyTable& device_keys();  ///< those that every device has
[[nodiscard]] const KeyTable& segment_keys();
[[nodiscard]] const KeyTable& fec_keys();
[[nodiscard]] const KeyTable& sharing_group_keys();
[[nodiscard]] const KeyTable& workload_keys();  ///< besides the verb
[[nodiscard]] const KeyTable& admin_keys();
[[nodiscard]] const KeyTable& memory_keys();
[[nodiscard]] const KeyTable& hog_keys();
[[nodiscard]] const KeyTable& fault_keys();
[[nodiscard]] const KeyTable& bounds_keys();
[[nodiscard]] const KeyTable& expect_keys();
[[nodiscard]] const KeyTable& expect_by_release_keys();
[[nodiscard]] const KeyTable& task_keys();
[[nodiscard]] const KeyTable& target_keys();  ///< of a target defined in the scenario
[[nodiscard]] const KeyTable& workqueue_keys();

[[nodiscard]] const Parameter* find_key(const KeyTable& table, std::string_view name);
[[nodiscard]] std::vector<std::string> key_names(const KeyTable& table);

/// "writeback", "write", …, "admin": the order of WorkloadVerb.
[[nodiscard]] const std::vector<std::string>& workload_verbs();

/// Named sharing settings and the pools of verity that they make module-wide.
[[nodiscard]] const std::map<std::string, std::vector<std::string>, std::less<>>& sharing_presets();

/// One way of writing a resource: `{"mempool": 4, "poll": false}`.
struct ResourceForm {
  std::string key;
  ResourceKind kind = ResourceKind::mempool;
  ParameterType value = ParameterType::integer;  ///< boolean: the value must be true; custom: a workqueue
  bool soft = false;
  KeyTable options;
  std::string wait_function;
  std::string help;
};

[[nodiscard]] const std::vector<ResourceForm>& resource_forms();

[[nodiscard]] const std::vector<std::string>& machine_endings();  ///< "restart", "panic"

/// What a verb's value is. `ending`: how the machine goes down.
enum class VerbValue : std::uint8_t { resource, steps, just_true, task, microseconds, status, branches, role, ending };

/// One verb of the steps, e.g. `{"take": "pool", "n": 2}`.
struct Verb {
  std::string name;
  StepKind kind = StepKind::finish;
  VerbValue value = VerbValue::resource;
  std::vector<std::string> resources;  ///< keys of the ResourceForms it applies to
  KeyTable options;
  bool in_target_only = false;  ///< only in the flows of a scenario-defined target
  std::string help;
};

[[nodiscard]] const std::vector<Verb>& verbs();
[[nodiscard]] const Verb* find_verb(std::string_view name);

}  // namespace dmstall::models
