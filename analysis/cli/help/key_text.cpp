#include "analysis/cli/help/key_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "analysis/cli/help/format_keys.hpp"
#include "analysis/cli/help/layout.hpp"

namespace dmstall::analysis {

namespace {

const FormatObject& object_with(const FormatKey& key) {
  for (const FormatObject& object : format_objects()) {
    for (const FormatKey& each : object.keys) {
      if (&each == &key) return object;
    }
  }
  return format_objects().front();
}

std::string object_text(const FormatObject& object) {
  std::string out = fmt::format("{}: {}\n\n", object.path, object.about);
  for (const FormatKey& key : object.keys)
    out += column_entry(key.name(), key.help + (key.required ? " (required)" : ""));
  return out + "\n" + to_paragraphs(fmt::format("One of them: dmstall help {}", object.keys.front().path));
}

std::string one_key(const FormatKey& key) {
  std::string out = to_paragraphs(fmt::format("{}: {}", key.path, key.help)) + "\n";
  out += column_entry("stands in", object_with(key).about);
  out += column_entry("value", key.value);
  if (!key.preset.empty()) out += column_entry("default", key.preset);
  if (key.required) out += column_entry("required", "a file without it is refused");
  if (!key.refused.empty()) out += column_entry("not modelled yet", fmt::format("{}", fmt::join(key.refused, ", ")));
  const FormatObject* own = find_object(key.path);
  if (own != nullptr && models::find_target(key.path) == nullptr) {
    std::vector<std::string> names;
    for (const FormatKey& each : own->keys) names.push_back(each.name());
    out += "\n" + named_list("Its keys:", names);
  }
  return out;
}

}  // namespace

std::optional<std::string> key_topic(const std::string& name) {
  const std::vector<const FormatKey*> keys = find_keys(name);
  if (const FormatObject* object = find_object(name)) return object_text(*object);
  if (keys.empty()) return std::nullopt;
  if (keys.size() == 1) return one_key(*keys.front());
  std::string out = fmt::format("{}: a key of {} objects\n\n", name, keys.size());
  for (const FormatKey* key : keys) out += column_entry(key->path, key->help);
  return out + "\n" + to_paragraphs(fmt::format("One of them: dmstall help {}", keys.front()->path));
}

std::string target_topic(const models::TargetDescription& target) {
  std::string out = to_paragraphs(fmt::format("{}: {}", target.id, target.about)) + "\n";
  if (!target.modelled) return out + to_paragraphs("The models do not have it yet: a file that uses it is refused.");
  constexpr std::size_t most_in_full = 8;
  std::vector<std::string> names, pools;
  for (const models::Parameter& of : target.parameters) {
    names.push_back(of.name);
    if (target.parameters.size() <= most_in_full)
      out += column_entry(of.name, of.help + (of.required ? " (required)" : ""));
  }
  if (target.parameters.size() > most_in_full) out += named_list("  keys ", names);
  if (target.device_mapper) {
    for (const models::PoolDescription& pool : models::common_pools()) pools.push_back(pool.name);
  }
  for (const models::PoolDescription& pool : target.pools) pools.push_back(pool.name);
  if (!pools.empty()) out += "\n" + named_list("  pools", pools);
  out += "\n" + to_paragraphs("Source: " + target.source);
  if (!pools.empty())
    out += to_paragraphs(fmt::format("The reserve of a pool: \"reserve\": {{ \"{}\": 1 }} of a device.", pools.back()));
  if (!names.empty()) out += to_paragraphs(fmt::format("A key: dmstall help {}.{}", target.id, names.back()));
  return out + to_paragraphs(fmt::format("With sizes, and what the models leave out: dmstall show {}", target.id));
}

}  // namespace dmstall::analysis
