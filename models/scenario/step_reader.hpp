// Resources and steps as they are written in a scenario: by tasks, and by targets defined in the scenario.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "models/scenario/fields.hpp"

namespace dmstall::models {

/// A resource as steps name it. A workqueue is two resources: its slots and its threads.
struct NamedResource {
  const ResourceForm* form = nullptr;
  ResourceId id = no_resource;
  ResourceId thread = no_resource;
};

using ResourceNames = std::unordered_map<std::string, NamedResource>;

/// Appends to `resources`; all of them are named in the result.
[[nodiscard]] ResourceNames read_resources(const ReadContext& context, const JsonValue* value,
                                           std::vector<Resource>& resources);

/// What steps may name.
struct StepScope {
  const ResourceNames& resources;
  const std::unordered_map<std::string, FlowId>* tasks = nullptr;  ///< of `spawn`; nullptr inside a target
  const std::vector<std::string>* roles = nullptr;                 ///< of `submit`; nullptr outside a target
};

[[nodiscard]] Steps read_steps(const ReadContext& context, const StepScope& scope, const JsonValue& value);

}  // namespace dmstall::models
