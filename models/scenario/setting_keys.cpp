#include "models/scenario/setting_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "models/scenario/diagnostics.hpp"
#include "models/scenario/format_tables.hpp"
#include "models/scenario/own_target.hpp"
#include "models/scenario/suggestion.hpp"

namespace dmstall::models {

namespace {

using Kind = JsonValue::Kind;
using Path = std::vector<std::string>;

const JsonValue* object_at(const JsonValue& parent, std::string_view key) {
  const JsonMember* member = parent.find(key);
  return member != nullptr && member->value.kind == Kind::object ? &member->value : nullptr;
}

std::string text_at(const JsonValue& parent, std::string_view key) {
  const JsonMember* member = parent.find(key);
  return member != nullptr ? member->value.string : std::string();
}

const std::vector<JsonValue>& list_at(const JsonValue& parent, std::string_view key) {
  static const std::vector<JsonValue> no_items;
  const JsonMember* member = parent.find(key);
  return member != nullptr ? member->value.items : no_items;
}

/// What the file's own targets are before it is read: what devices and pools of theirs are called.
std::map<std::string, TargetDescription, std::less<>> own_targets(const JsonValue& root) {
  std::map<std::string, TargetDescription, std::less<>> all;
  const JsonValue* targets = object_at(root, "targets");
  if (targets == nullptr) return all;
  for (const JsonMember& member : targets->members) {
    ScenarioTarget target;
    for (const JsonValue& role : list_at(member.value, "roles")) target.roles.push_back(role.string);
    if (const JsonValue* resources = object_at(member.value, "resources")) {
      for (const JsonMember& resource : resources->members) {
        for (const ResourceForm& form : resource_forms()) {
          if (resource.value.find(form.key) == nullptr) continue;
          target.resources.emplace_back().name = resource.key;
          target.resources.back().kind = form.kind;
        }
      }
    }
    all.emplace(member.key, describe_own(target));
  }
  return all;
}

/// Every place of a file and every key for it; a key that means several values has one entry for each.
class Places {
 public:
  /// With `wanted` only the places of that key are kept: a generated file has millions.
  explicit Places(const JsonValue& root, std::string wanted = {})
      : root_(root), defaults_(object_at(root, "defaults")), own_(own_targets(root)), wanted_(std::move(wanted)) {}

  std::vector<SettingPlace> collect() {
    add_top_level();
    add_devices();
    add_workload();
    add_sharing();
    add_task_form();
    return std::move(places_);
  }

 private:
  void add(std::string key, std::string of_whom, const JsonValue& base, Path path, const Parameter* described = nullptr,
           const JsonValue* defaults = nullptr) {
    constexpr std::size_t most_for_hints = 50'000;
    if (wanted_.empty() ? places_.size() >= most_for_hints : key != wanted_) return;
    places_.push_back({std::move(key), std::move(of_whom), &base, std::move(path), described, defaults});
  }

  void add_top_level() {
    // What names the file, or is about comparing and checking it, is no setting.
    const std::set<std::string> not_settings = {"format", "$schema", "name", "about", "origin", "expect", "vary"};
    for (const Parameter& of : top_level_keys()) {
      if (not_settings.count(of.name) == 0) add(of.name, "the scenario", root_, {of.name}, &of);
    }
    const std::array<std::pair<const char*, const KeyTable*>, 3> tables = {
        {{"kernel", &kernel_keys()}, {"memory", &memory_keys()}, {"bounds", &bounds_keys()}}};
    for (const auto& [name, table] : tables) {
      for (const Parameter& of : *table) {
        add(fmt::format("{}.{}", name, of.name), name, root_, {name, of.name}, &of);
        if (find_key(top_level_keys(), of.name) == nullptr) add(of.name, name, root_, {name, of.name}, &of);
      }
    }
  }

  void add_device(const JsonValue& device, const std::string& prefix, const std::string& of_whom) {
    const std::string target = text_at(device, "target");
    const JsonValue* defaults = defaults_ == nullptr ? nullptr : object_at(*defaults_, target);
    const TargetDescription* known = described(target);
    if (known != nullptr) {
      for (const Parameter& of : known->parameters) {
        add(prefix + of.name, of_whom, device, {of.name}, &of, of.is_role ? nullptr : defaults);
      }
    }
    add(prefix + "repeat", of_whom, device, {"repeat"}, find_key(device_keys(), "repeat"));
    add(prefix + "reserve", of_whom, device, {"reserve"});
    if (known == nullptr) return;
    for (const PoolDescription& pool : pools_of(*known)) {
      if (pool.has_size) add(fmt::format("{}reserve.{}", prefix, pool.name), of_whom, device, {"reserve", pool.name});
    }
  }

  [[nodiscard]] const TargetDescription* described(const std::string& target) const {
    const auto own = own_.find(target);
    return own == own_.end() ? find_target(target) : &own->second;
  }

  void add_devices() {
    for (const JsonValue& device : list_at(root_, "devices")) {
      const std::string name = text_at(device, "name"), target = text_at(device, "target");
      add_device(device, name + ".", "the device " + name);
      add_device(device, target + ".", fmt::format("every {} device", target));
    }
  }

  void add_workload() {
    const JsonValue* defaults = defaults_ == nullptr ? nullptr : object_at(*defaults_, "workload");
    std::map<std::string, int> unnamed;
    for (const JsonValue& item : list_at(root_, "workload")) ++unnamed[default_name(item)];
    for (const JsonValue& item : list_at(root_, "workload")) {
      std::string name = text_at(item, "name");
      if (name.empty() && unnamed[default_name(item)] == 1) name = default_name(item);
      const bool admin = item.find("admin") != nullptr;
      for (const Parameter& of : admin ? admin_keys() : workload_keys()) {
        if (of.name == "name") continue;
        if (!admin) add("workload." + of.name, "every workload item", item, {of.name}, &of, defaults);
        if (!name.empty())
          add(fmt::format("{}.{}", name, of.name), "the workload item " + name, item, {of.name}, &of,
              admin ? nullptr : defaults);
      }
    }
  }

  static std::string default_name(const JsonValue& item) {
    if (item.find("admin") != nullptr) return fmt::format("{}-{}", text_at(item, "admin"), text_at(item, "device"));
    for (const std::string& verb : workload_verbs()) {
      if (item.find(verb) != nullptr) return fmt::format("{}-{}", verb, text_at(item, verb));
    }
    return {};
  }

  void add_sharing() {
    std::set<std::string> targets;
    for (const JsonValue& device : list_at(root_, "devices")) targets.insert(text_at(device, "target"));
    for (const std::string& target : targets) {
      const TargetDescription* known = described(target);
      if (known == nullptr) continue;
      for (const PoolDescription& pool : pools_of(*known)) {
        const std::string rule = fmt::format("{}.{}", target, pool.name);
        add("sharing." + rule, "sharing", root_, {"sharing", rule});
      }
    }
  }

  void add_resources(const JsonValue* resources, const std::string& prefix) {
    if (resources == nullptr) return;
    for (const JsonMember& resource : resources->members) {
      for (const ResourceForm& form : resource_forms()) {
        if (resource.value.find(form.key) == nullptr) continue;
        const std::string own = fmt::format("{}resources.{}.", prefix, resource.key);
        add(own + form.key, "the resource " + resource.key, resource.value, {form.key});
        for (const Parameter& of : form.options)
          add(own + of.name, "the resource " + resource.key, resource.value, {of.name}, &of);
      }
    }
  }

  void add_task_form() {
    add_resources(object_at(root_, "resources"), "");
    for (const JsonValue& task : list_at(root_, "tasks")) {
      const std::string name = text_at(task, "name");
      for (const Parameter& of : task_keys()) {
        if (of.name != "name" && of.name != "steps")
          add(fmt::format("tasks.{}.{}", name, of.name), "the task " + name, task, {of.name}, &of);
      }
    }
    if (const JsonValue* targets = object_at(root_, "targets")) {
      for (const JsonMember& target : targets->members) {
        add_resources(object_at(target.value, "resources"), fmt::format("targets.{}.", target.key));
      }
    }
  }

  const JsonValue& root_;
  const JsonValue* defaults_;
  std::map<std::string, TargetDescription, std::less<>> own_;
  std::string wanted_;
  std::vector<SettingPlace> places_;
};

using PlaceId = std::pair<const JsonValue*, Path>;

std::string last_segment(const std::string& key) {
  return key.substr(key.rfind('.') + 1);  // npos + 1 is 0
}

/// "; did you mean …?", the keys that end alike, or those of the same beginning.
std::string hint_for(const std::vector<SettingPlace>& places, const std::string& key) {
  constexpr std::size_t most_listed = 8;
  std::vector<std::string> all, ending_alike, beginning_alike;
  const std::string begin = key.substr(0, key.find('.') + 1);
  for (const SettingPlace& place : places) {
    all.push_back(place.key);
    if (last_segment(place.key) == last_segment(key)) ending_alike.push_back(place.key);
    if (!begin.empty() && place.key.compare(0, begin.size(), begin) == 0) beginning_alike.push_back(place.key);
  }
  const auto listed = [&](std::vector<std::string> keys) {
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    const std::size_t more = keys.size() > most_listed ? keys.size() - most_listed : 0;
    keys.resize(keys.size() - more);
    return fmt::format("{}{}", fmt::join(keys, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
  };
  if (const std::string guess = nearest(key, all); !guess.empty())
    return fmt::format("; did you mean {}?", in_quotes(guess));
  if (!ending_alike.empty()) return "; there are " + listed(ending_alike);
  if (!beginning_alike.empty()) return "; there are " + listed(beginning_alike);
  return {};
}

}  // namespace

std::vector<SettingPlace> find_setting(const JsonValue& root, const std::string& key, std::string& error) {
  std::map<std::string, std::set<PlaceId>> meanings;
  std::vector<SettingPlace> found;
  std::set<PlaceId> seen;
  if (!key.empty()) {
    for (SettingPlace& place : Places(root, key).collect()) {
      const PlaceId id(place.base, place.path);
      meanings[place.of_whom].insert(id);
      if (seen.insert(id).second) found.push_back(std::move(place));
    }
  }
  if (found.empty()) {
    error =
        fmt::format("no value of this scenario is called {}{}", in_quotes(key), hint_for(Places(root).collect(), key));
    return {};
  }
  // Several names for the same values are one meaning: the only verity device, called verity.
  const bool several = std::any_of(meanings.begin(), meanings.end(),
                                   [&](const auto& meaning) { return meaning.second != meanings.begin()->second; });
  if (!several) return found;
  std::vector<std::string> candidates;
  for (const auto& [of_whom, ids] : meanings) candidates.push_back(of_whom);
  error = fmt::format("{} may mean a value of {}", in_quotes(key), fmt::join(candidates, " or of "));
  return {};
}

}  // namespace dmstall::models
