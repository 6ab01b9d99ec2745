#include "models/scenario/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "models/scenario/declare.hpp"
#include "models/scenario/format_tables.hpp"
#include "models/scenario/json_document.hpp"
#include "models/scenario/target_description.hpp"

namespace dmstall::models {

namespace {

using Members = std::vector<std::pair<std::string, JsonValue>>;

JsonValue object(Members members) {
  std::vector<JsonMember> result;
  for (auto& [key, value] : members) {
    JsonMember& member = result.emplace_back();
    member.key = std::move(key);
    member.value = std::move(value);
  }
  return json_object(std::move(result));
}

void put(JsonValue& into, std::string key, JsonValue value) {
  JsonMember& member = into.members.emplace_back();
  member.key = std::move(key);
  member.value = std::move(value);
}

JsonValue described(JsonValue schema, std::string text) {
  put(schema, "description", json_string(std::move(text)));
  return schema;
}

JsonValue strings(const std::vector<std::string>& texts) {
  std::vector<JsonValue> items;
  for (const std::string& text : texts) items.push_back(json_string(text));
  return json_array(std::move(items));
}

JsonValue typed(std::string_view type) {
  return object({{"type", json_string(std::string(type))}});
}
JsonValue reference(std::string_view definition) {
  return object({{"$ref", json_string(fmt::format("#/$defs/{}", definition))}});
}
JsonValue list_of(JsonValue items) {
  return object({{"type", json_string("array")}, {"items", std::move(items)}});
}
JsonValue map_of(JsonValue values) {
  return object({{"type", json_string("object")}, {"additionalProperties", std::move(values)}});
}
JsonValue one_of_choices(const std::vector<std::string>& choices) {
  return object({{"enum", strings(choices)}});
}
JsonValue constant_true() {
  return object({{"const", json_boolean(true)}});
}
JsonValue any_of(std::vector<JsonValue> ways) {
  return object({{"anyOf", json_array(std::move(ways))}});
}

JsonValue numeric(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e18) return json_integer(static_cast<std::int64_t>(value));
  return json_number(value);
}

JsonValue ranged(std::string_view type, double minimum, double maximum) {
  JsonValue schema = typed(type);
  put(schema, "minimum", numeric(minimum));
  put(schema, "maximum", numeric(maximum));
  return schema;
}

JsonValue schema_of_table(const KeyTable& table, Members first = {});

/// Forms of keys that no type describes. An empty table key names those found in several tables.
JsonValue custom_form(const std::string& key) {
  const auto tasks = [] { return list_of(schema_of_table(task_keys())); };
  if (key == "kernel") return schema_of_table(kernel_keys());
  if (key == "with" || key == "without") {
    std::vector<std::string> one = change_names();
    one.emplace_back(no_changes);
    return any_of({list_of(one_of_choices(change_names())), one_of_choices(one)});
  }
  if (key == "devices") return list_of(reference("device"));
  if (key == "defaults") return typed("object");
  if (key == "sharing") {
    std::vector<std::string> names;
    for (const auto& [name, pools] : sharing_presets()) names.push_back(name);
    const JsonValue scope = any_of({one_of_choices({"device", "module"}), schema_of_table(sharing_group_keys())});
    return any_of({one_of_choices(names), map_of(scope)});
  }
  if (key == "workload") return list_of(reference("workload_item"));
  if (key == "hog") return schema_of_table(hog_keys());
  if (key == "memory") return schema_of_table(memory_keys());
  if (key == "faults") return any_of({one_of_choices({"any"}), list_of(schema_of_table(fault_keys()))});
  if (key == "bounds") return schema_of_table(bounds_keys());
  if (key == "expect") return any_of({schema_of_table(expect_keys()), schema_of_table(expect_by_release_keys())});
  if (find_key(expect_by_release_keys(), key) != nullptr) return schema_of_table(expect_keys());
  if (key == "resources") return map_of(reference("resource"));
  if (key == "tasks") return tasks();
  if (key == "targets") return map_of(schema_of_table(target_keys()));
  if (key == "flows") {
    JsonValue schema = map_of(reference("steps"));
    put(schema, "propertyNames", one_of_choices({"read", "write", "flush"}));
    return schema;
  }
  if (key == "vary")
    return map_of(list_of(object({{"type", strings({"string", "number", "boolean", "array", "object"})}})));
  if (key == "reserve") return map_of(ranged("integer", 0, 1e9));
  if (key == "verdict") {
    const JsonValue verdict =
        one_of_choices({"PROGRESS", "DEADLOCK", "STALL", "LIVELOCK", "STARVATION", "INCONCLUSIVE"});
    return any_of({verdict, list_of(verdict)});
  }
  if (key == "blocks") {
    const JsonValue every = schema_of_table(
        {declare::required(declare::whole("every", "", "", 1, 1e12, "every n-th block, from block 0"))});
    return any_of({one_of_choices({"all"}), list_of(ranged("integer", 0, 1e12)), every});
  }
  if (key == "on") {
    JsonValue schema = map_of(reference("steps"));
    put(schema, "propertyNames", one_of_choices({"ok", "bad", "error"}));
    return schema;
  }
  if (key == "weights") return any_of({map_of(ranged("number", 0, 1e9)), list_of(ranged("number", 0, 1e9))});
  return object({});
}

/// `limit`: minItems, minLength or minProperties.
JsonValue non_empty(JsonValue schema, std::string limit) {
  put(schema, std::move(limit), json_integer(1));
  return schema;
}

JsonValue powers_of_two(const Parameter& of) {
  std::vector<JsonValue> values;
  for (std::int64_t value = 1; static_cast<double>(value) <= of.maximum; value *= 2) {
    if (static_cast<double>(value) >= of.minimum) values.push_back(json_integer(value));
  }
  return object({{"enum", json_array(std::move(values))}});
}

JsonValue schema_of_type(const Parameter& of) {
  switch (of.type) {
    case ParameterType::boolean:
      return typed("boolean");
    case ParameterType::integer:
      return of.power_of_two ? powers_of_two(of) : ranged("integer", of.minimum, of.maximum);
    case ParameterType::number:
      return ranged("number", of.minimum, of.maximum);
    case ParameterType::choice:
      return one_of_choices(of.choices);
    case ParameterType::text:
      if (!of.choices.empty()) return one_of_choices(of.choices);
      return of.required ? non_empty(typed("string"), "minLength") : typed("string");
    case ParameterType::device:
      return typed("string");
    case ParameterType::device_list:
      return non_empty(list_of(typed("string")), "minItems");
    case ParameterType::text_list:
      return list_of(typed("string"));
    case ParameterType::segments:
      return non_empty(list_of(schema_of_table(segment_keys())), "minItems");
    case ParameterType::fec:
      return schema_of_table(fec_keys());
    case ParameterType::steps:
      return reference("steps");
    case ParameterType::custom:
      break;
  }
  return custom_form(of.name);
}

JsonValue schema_of(const Parameter& of) {
  JsonValue schema = schema_of_type(of);
  std::string description = of.help;
  if (!of.unit.empty()) description += fmt::format(" [{}]", of.unit);
  if (of.power_of_two) description += "; a power of two";
  if (!description.empty()) put(schema, "description", json_string(description));
  if (of.default_text == "true" || of.default_text == "false") {
    put(schema, "default", json_boolean(of.default_text == "true"));
  } else if (!of.default_text.empty() && of.default_text.front() == '"') {
    put(schema, "default", json_string(of.default_text.substr(1, of.default_text.size() - 2)));
  } else if (!of.default_text.empty()) {
    put(schema, "default", numeric(std::stod(of.default_text)));
  }
  return schema;
}

/// An object with these keys and no others; `first` are keys that are required besides.
JsonValue schema_of_table(const KeyTable& table, Members first) {
  std::vector<std::string> required;
  JsonValue properties = object({});
  for (auto& [key, value] : first) {
    required.push_back(key);
    put(properties, key, std::move(value));
  }
  for (const Parameter& parameter : table) {
    if (parameter.required) required.push_back(parameter.name);
    put(properties, parameter.name, schema_of(parameter));
  }
  JsonValue schema = object({{"type", json_string("object")}, {"properties", std::move(properties)}});
  if (!required.empty()) put(schema, "required", strings(required));
  put(schema, "additionalProperties", json_boolean(false));
  return schema;
}

/// Pools as `reserve` names them.
std::vector<std::string> names_in_reserve(const TargetDescription& target) {
  std::vector<std::string> names;
  const auto add = [&](const PoolDescription& pool) { names.push_back(pool.name); };
  if (target.device_mapper) std::for_each(common_pools().begin(), common_pools().end(), add);
  std::for_each(target.pools.begin(), target.pools.end(), add);
  return names;
}

JsonValue& find_member(JsonValue& of, std::string_view key) {
  return std::find_if(of.members.begin(), of.members.end(), [&](const JsonMember& member) { return member.key == key; })
      ->value;
}

JsonValue device_schema() {
  std::vector<JsonValue> ways;
  std::vector<std::string> known;
  for (const TargetDescription& target : target_registry()) {
    known.push_back(target.id);
    if (!target.modelled) continue;
    KeyTable table = device_keys();
    table.erase(std::remove_if(table.begin(), table.end(), [](const Parameter& of) { return of.name == "target"; }),
                table.end());
    table.insert(table.end(), target.parameters.begin(), target.parameters.end());
    JsonValue id = object({{"const", json_string(target.id)}, {"description", json_string(target.about)}});
    JsonValue way = schema_of_table(table, {{"target", std::move(id)}});
    for (JsonMember& property : find_member(way, "properties").members) {
      if (property.key == "reserve") put(property.value, "propertyNames", one_of_choices(names_in_reserve(target)));
    }
    put(way, "description", json_string(target.about));
    ways.push_back(std::move(way));
  }
  // A target of "targets": its roles are keys of its own.
  JsonValue own = object({{"type", json_string("object")}});
  JsonValue not_known = object({{"not", one_of_choices(known)}, {"type", json_string("string")}});
  put(own, "properties",
      object({{"target", described(std::move(not_known), "a target of \"targets\"; its roles are keys of the device")},
              {"name", described(typed("string"), "name of the device")}}));
  put(own, "required", strings({"name", "target"}));
  ways.push_back(std::move(own));
  return any_of(std::move(ways));
}

JsonValue workload_schema() {
  std::vector<JsonValue> ways;
  for (const std::string& verb : workload_verbs()) {
    if (verb == "admin") {
      ways.push_back(schema_of_table(admin_keys()));
    } else {
      ways.push_back(
          schema_of_table(workload_keys(), {{verb, described(typed("string"), "the device, and what is done to it")}}));
    }
  }
  return any_of(std::move(ways));
}

JsonValue resource_schema() {
  std::vector<JsonValue> ways;
  for (const ResourceForm& form : resource_forms()) {
    JsonValue main = form.value == ParameterType::integer   ? ranged("integer", 0, 1e9)
                     : form.value == ParameterType::boolean ? constant_true()
                                                            : schema_of_table(workqueue_keys());
    put(main, "description", json_string(form.help));
    ways.push_back(schema_of_table(form.options, {{form.key, std::move(main)}}));
  }
  return any_of(std::move(ways));
}

JsonValue step_schema() {
  std::vector<JsonValue> ways;
  for (const Verb& verb : verbs()) {
    JsonValue main = typed("string");
    switch (verb.value) {
      case VerbValue::resource:
      case VerbValue::task:
      case VerbValue::role:
        break;
      case VerbValue::steps:
        main = reference("steps");
        break;
      case VerbValue::just_true:
        main = constant_true();
        break;
      case VerbValue::microseconds:
        main = ranged("integer", 0, 1e12);
        break;
      case VerbValue::status:
        main = one_of_choices({"ok", "bad", "error"});
        break;
      case VerbValue::ending:
        main = one_of_choices(machine_endings());
        break;
      case VerbValue::branches:
        main = non_empty(map_of(reference("steps")), "minProperties");
        break;
    }
    put(main, "description", json_string(verb.help));
    ways.push_back(schema_of_table(verb.options, {{verb.name, std::move(main)}}));
  }
  return any_of(std::move(ways));
}

}  // namespace

std::string scenario_schema() {
  JsonValue schema = object({{"$schema", json_string("https://json-schema.org/draft/2020-12/schema")},
                             {"title", json_string("dmstall scenario, format 1")}});
  for (JsonMember& member : schema_of_table(top_level_keys()).members) schema.members.push_back(std::move(member));
  put(schema, "$defs",
      object({{"device", device_schema()},
              {"workload_item", workload_schema()},
              {"resource", resource_schema()},
              {"steps", list_of(reference("step"))},
              {"step", step_schema()}}));
  return write_json(schema);
}

}  // namespace dmstall::models
