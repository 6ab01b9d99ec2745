#include "analysis/cli/help/format_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "models/scenario/fields.hpp"
#include "models/scenario/format_tables.hpp"
#include "models/scenario/target_description.hpp"

namespace dmstall::analysis {

namespace {

using models::KeyTable;
using models::Parameter;
using models::ParameterType;

std::string number_words(const Parameter& of, const char* kind) {
  constexpr double no_limit = 1e15;
  const std::string limits = of.maximum < no_limit ? fmt::format("{} to {}", models::plain_number(of.minimum),
                                                                 models::plain_number(of.maximum))
                                                   : fmt::format("at least {}", models::plain_number(of.minimum));
  return fmt::format("{}, {}{}{}", kind, limits, of.unit.empty() ? "" : ", in " + of.unit,
                     of.power_of_two ? ", a power of two" : "");
}

std::string value_words(const Parameter& of) {
  switch (of.type) {
    case ParameterType::boolean:
      return "true or false";
    case ParameterType::integer:
      return number_words(of, "a whole number");
    case ParameterType::number:
      return number_words(of, "a number");
    case ParameterType::choice:
      return fmt::format("one of {}", fmt::join(of.choices, ", "));
    case ParameterType::device:
      return "the name of a device";
    case ParameterType::device_list:
      return "a list of names of devices";
    case ParameterType::segments:
      return "a list of objects: dmstall help segments";
    case ParameterType::fec:
      return "an object: dmstall help fec";
    case ParameterType::text:
      return "a text";
    case ParameterType::text_list:
      return "a list of texts";
    case ParameterType::steps:
      return "a list of steps: dmstall help steps";
    case ParameterType::custom:
      break;
  }
  return "a form of its own: dmstall schema";
}

FormatKey key_of(const std::string& object, const Parameter& of) {
  return {object.empty() ? of.name : object + "." + of.name,
          of.help,
          value_words(of),
          of.default_text,
          of.required,
          of.unmodelled_values};
}

FormatObject object_of(std::string path, std::string about, const KeyTable& table) {
  FormatObject object{std::move(path), std::move(about), {}};
  for (const Parameter& parameter : table) object.keys.push_back(key_of(object.path, parameter));
  return object;
}

FormatObject resource_object() {
  FormatObject object{"resources", "\"resources\": { NAME: { … } }, of tasks and of targets in the file", {}};
  for (const models::ResourceForm& form : models::resource_forms()) {
    const char* value = form.value == ParameterType::boolean  ? "true"
                        : form.value == ParameterType::custom ? "an object: dmstall help workqueue"
                                                              : "a whole number";
    std::vector<std::string> options = models::key_names(form.options);
    object.keys.push_back({"resources." + form.key, form.help + " (" + form.wait_function + ")",
                           options.empty() ? value : fmt::format("{}; beside it {}", value, fmt::join(options, ", ")),
                           "", false});
  }
  return object;
}

FormatObject step_object() {
  FormatObject object{"steps", "a list of steps: of a task, or of a flow of a target in the file", {}};
  for (const models::Verb& verb : models::verbs()) {
    const std::vector<std::string> options = models::key_names(verb.options);
    std::string value = verb.resources.empty() ? "a value of its own"
                                               : fmt::format("the name of a {}", fmt::join(verb.resources, ", "));
    if (!options.empty()) value += fmt::format("; beside it {}", fmt::join(options, ", "));
    object.keys.push_back({"steps." + verb.name, verb.help, value, "", false});
  }
  return object;
}

std::vector<FormatObject> all_objects() {
  std::vector<FormatObject> objects = {
      object_of("", "the file", models::top_level_keys()),
      object_of("kernel", "\"kernel\": { … }", models::kernel_keys()),
      object_of("devices", "\"devices\": [ { … } ], beside the keys of the target", models::device_keys()),
      object_of("segments", "\"segments\": [ { … } ] of a linear device", models::segment_keys()),
      object_of("fec", "\"fec\": { … } of a verity device", models::fec_keys()),
      object_of("sharing", "\"sharing\": { \"TARGET.POOL\": { … } }", models::sharing_group_keys()),
      object_of("workload", "\"workload\": [ { \"write\": \"DEVICE\", … } ]", models::workload_keys()),
      object_of("admin", "\"workload\": [ { \"admin\": … } ]", models::admin_keys()),
      object_of("memory", "\"memory\": { … }", models::memory_keys()),
      object_of("hog", "\"hog\": { … } of \"memory\"", models::hog_keys()),
      object_of("faults", "\"faults\": [ { … } ]", models::fault_keys()),
      object_of("bounds", "\"bounds\": { … }", models::bounds_keys()),
      object_of("expect", "\"expect\": { … }", models::expect_keys()),
      object_of("tasks", "\"tasks\": [ { … } ]", models::task_keys()),
      object_of("targets", "\"targets\": { NAME: { … } }", models::target_keys()),
      object_of("workqueue", "\"workqueue\": { … } of a resource", models::workqueue_keys()),
      resource_object(),
      step_object(),
  };
  FormatObject& workload = *std::find_if(objects.begin(), objects.end(),
                                         [](const FormatObject& object) { return object.path == "workload"; });
  for (const std::string& verb : models::workload_verbs()) {
    if (verb != "admin")
      workload.keys.push_back({"workload." + verb, "what is done", "the name of a device", "", false});
  }
  for (const models::TargetDescription& target : models::target_registry()) {
    if (target.modelled)
      objects.push_back(
          object_of(target.id, fmt::format("a device with \"target\": \"{}\"", target.id), target.parameters));
  }
  return objects;
}

std::vector<const models::PoolDescription*> pools_of(const models::TargetDescription& target) {
  std::vector<const models::PoolDescription*> pools;
  if (target.device_mapper) {
    for (const models::PoolDescription& pool : models::common_pools()) pools.push_back(&pool);
  }
  for (const models::PoolDescription& pool : target.pools) pools.push_back(&pool);
  return pools;
}

}  // namespace

std::string FormatKey::name() const {
  return path.substr(path.rfind('.') + 1);  // npos + 1 is 0
}

const std::vector<FormatObject>& format_objects() {
  static const std::vector<FormatObject> objects = all_objects();
  return objects;
}

const FormatObject* find_object(const std::string& path) {
  for (const FormatObject& object : format_objects()) {
    if (!path.empty() && object.path == path) return &object;
  }
  return nullptr;
}

std::vector<const FormatKey*> find_keys(const std::string& name) {
  std::vector<const FormatKey*> exact, alike;
  for (const FormatObject& object : format_objects()) {
    for (const FormatKey& key : object.keys) {
      if (key.path == name) exact.push_back(&key);
      if (key.name() == name) alike.push_back(&key);
    }
  }
  // "kernel" is the key of the top level; "reserve" is one of an object.
  return name.find('.') != std::string::npos || alike.empty() ? exact : alike;
}

std::vector<std::string> target_words() {
  std::vector<std::string> words;
  for (const models::TargetDescription& target : models::target_registry()) {
    if (target.modelled) words.push_back(target.id);
  }
  return words;
}

std::vector<std::string> pool_words() {
  std::vector<std::string> words{"reserved_bio_based_ios"};
  for (const models::TargetDescription& target : models::target_registry()) {
    if (!target.modelled) continue;
    for (const models::PoolDescription* pool : pools_of(target)) words.push_back(target.id + "." + pool->name);
  }
  return words;
}

std::vector<std::string> setting_words() {
  std::vector<std::string> words{"sharing", "faults"};
  for (const char* object : {"kernel", "memory", "bounds", "workload"}) {
    const std::string prefix = std::string(object) == "kernel" ? "" : std::string(object) + ".";
    for (const FormatKey& key : find_object(object)->keys) {
      const bool names_something = key.name() == "name" || key.value == "the name of a device";
      if (!names_something) words.push_back(prefix + key.name());
    }
  }
  for (const models::TargetDescription& target : models::target_registry()) {
    if (!target.modelled) continue;
    for (const Parameter& of : target.parameters) {
      if (!of.is_role) words.push_back(target.id + "." + of.name);
    }
    for (const models::PoolDescription* pool : pools_of(target))
      words.push_back(fmt::format("{}.reserve.{}", target.id, pool->name));
  }
  return words;
}

}  // namespace dmstall::analysis
