// "sharing", and what it asks of "reserve".
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "models/scenario/own_target.hpp"
#include "models/scenario/parts.hpp"
#include "models/scenario/pool_names.hpp"

namespace dmstall::models {

namespace {

using Kind = JsonValue::Kind;

bool target_in_use(const Scenario& scenario, std::string_view target) {
  return std::any_of(scenario.devices.begin(), scenario.devices.end(),
                     [&](const Device& device) { return device.target == target; });
}

class SharingReader {
 public:
  explicit SharingReader(const ReadContext& context) : context_(context), sharing_(context.scenario.sharing) {}

  void read_preset(const JsonValue& value) {
    std::vector<std::string> names;
    for (const auto& [name, pools] : sharing_presets()) names.push_back(name);
    const auto preset = sharing_presets().find(value.string);
    if (preset == sharing_presets().end()) {
      context_.error(value.where, fmt::format("\"sharing\" must be {} or an object, not {}{}", one_of(names),
                                              describe(value), context_.diagnostics.did_you_mean(value.string, names)));
      return;
    }
    sharing_.preset = preset->first;
    for (const std::string& pool : preset->second) sharing_.rules[pool].scope = SharingRule::Scope::module;
    if (preset->second.empty()) return;
    const std::string target = preset->second.front().substr(0, preset->second.front().find('.'));
    if (!target_in_use(context_.scenario, target)) {
      context_.warning(
          value.where,
          fmt::format("no device has target {}, whose pools {} is about: it has no effect; a pool of another target is "
                      "named as {{\"target.pool\": \"module\"}}",
                      in_quotes(target), in_quotes(value.string)));
    }
  }

  void read_rule(const JsonMember& member) {
    const std::size_t dot = member.key.find('.');
    const std::string target = member.key.substr(0, dot);
    if (dot == std::string::npos) {
      context_.error(member.key_where, fmt::format("{} must be written as target.pool", in_quotes(member.key)));
      return;
    }
    if (!check_target(member, target)) return;
    const std::string pool = member.key.substr(dot + 1);
    const std::vector<std::string> pools = pools_of_target(context_.scenario, target);
    if (std::find(pools.begin(), pools.end(), pool) == pools.end()) {
      context_.error(member.key_where, unknown_pool(context_.diagnostics, pool, target, pools));
      return;
    }
    SharingRule rule;
    if (!read_scope(member.value, target, rule)) return;
    if (!target_in_use(context_.scenario, target)) {
      context_.warning(member.key_where, fmt::format("no device has target {}: this has no effect", in_quotes(target)));
    }
    sharing_.rules[member.key] = std::move(rule);
  }

 private:
  bool check_target(const JsonMember& member, const std::string& target) {
    const std::vector<std::string> names = ids_of_targets(context_.scenario);
    if (std::find(names.begin(), names.end(), target) != names.end()) return true;
    context_.error(member.key_where, fmt::format("no target is called {}{}", in_quotes(target),
                                                 context_.diagnostics.did_you_mean(target, names)));
    return false;
  }

  bool read_scope(const JsonValue& value, const std::string& target, SharingRule& rule) {
    if (value.kind == Kind::object) return read_group(value, target, rule);
    if (value.kind == Kind::string && (value.string == "device" || value.string == "module")) {
      rule.scope = value.string == "module" ? SharingRule::Scope::module : SharingRule::Scope::device;
      return true;
    }
    const std::string hint = value.kind == Kind::string
                                 ? context_.diagnostics.did_you_mean(value.string, {"device", "module"})
                                 : std::string();
    context_.error(value.where, fmt::format("a pool is shared by \"device\", \"module\" or a group {{\"group\", "
                                            "\"devices\"}}, not {}{}",
                                            describe(value), hint));
    return false;
  }

  bool read_group(const JsonValue& value, const std::string& target, SharingRule& rule) {
    const Fields fields(context_, value, sharing_group_keys(), "a group");
    rule.scope = SharingRule::Scope::group;
    rule.group = fields.maybe_text("group").value_or("");
    if (const JsonValue* name = fields.value("group"); name != nullptr && name->kind == Kind::string) {
      if (!check_name(context_, *name, "group")) return false;
      if (context_.scenario.device_index.count(rule.group) != 0 ||
          target_of(context_.scenario, rule.group) != nullptr) {
        context_.error(name->where,
                       fmt::format("the group {} has the name of a device or target", in_quotes(rule.group)));
      }
    }
    const auto devices = fields.maybe_list("devices");
    if (!devices.has_value()) return false;
    const JsonValue& list = *fields.value("devices");
    if (devices->empty()) context_.error(list.where, "a group needs devices");
    std::set<std::string> seen;
    for (std::size_t i = 0; i < devices->size(); ++i) check_member(list.items[i], target, seen);
    rule.devices = *devices;
    return true;
  }

  void check_member(const JsonValue& value, const std::string& target, std::set<std::string>& seen) {
    const Device* device = context_.scenario.find_device(value.string);
    if (device == nullptr) {
      std::vector<std::string> names;
      for (const Device& known : context_.scenario.devices) {
        if (known.target == target) names.push_back(known.name);
      }
      context_.error(value.where, fmt::format("no device is called {}{}", in_quotes(value.string),
                                              context_.diagnostics.did_you_mean(value.string, names)));
    } else if (device->target != target) {
      context_.error(value.where, fmt::format("device {} has target {}, not {}", in_quotes(value.string),
                                              in_quotes(device->target), in_quotes(target)));
    } else if (!seen.insert(value.string).second) {
      context_.error(value.where, fmt::format("device {} is listed twice", in_quotes(value.string)));
    }
  }

  const ReadContext& context_;
  Sharing& sharing_;
};

/// The devices whose pool is one and the same.
std::vector<const Device*> members_of(const Scenario& scenario, const SharingRule& rule, std::string_view target) {
  std::vector<const Device*> members;
  if (rule.scope == SharingRule::Scope::module) {
    for (const Device& device : scenario.devices) {
      if (device.target == target) members.push_back(&device);
    }
  }
  for (const std::string& name : rule.devices) {
    if (const Device* device = scenario.find_device(name)) members.push_back(device);
  }
  return members;
}

}  // namespace

void read_sharing(const ReadContext& context, const JsonValue* value) {
  if (value == nullptr) return;
  SharingReader reader(context);
  if (value->kind == Kind::string) {
    reader.read_preset(*value);
  } else if (value->kind == Kind::object) {
    for (const JsonMember& member : value->members) reader.read_rule(member);
  } else {
    context.error(value->where, fmt::format("\"sharing\" must be a name or an object, not {}", describe(*value)));
  }
}

void share_as_the_kernel_does(Scenario& scenario) {
  const Release& kernel = scenario.kernel.release;
  const auto share = [&](const std::string& target, const PoolDescription& pool) {
    const bool one =
        (pool.one_with && kernel.has(*pool.one_with)) || (pool.one_without && !kernel.has(*pool.one_without));
    if (!one) return;
    SharingRule rule{SharingRule::Scope::module, {}, {}};
    if (!pool.one_called.empty()) {
      rule = {SharingRule::Scope::group, pool.one_called, {}};
      for (const Device& device : scenario.devices) {
        if (device.target == target) rule.devices.push_back(device.name);
      }
      if (rule.devices.empty()) return;
    }
    scenario.sharing.rules.emplace(target + "." + pool.name, std::move(rule));  // a rule of the file stays
  };
  for (const TargetDescription* target : all_targets(scenario)) {
    for (const PoolDescription& pool : pools_of(*target)) share(target->id, pool);
  }
}

namespace {

/// A pool that the machine has once may be sized at any device that uses it, but to one size.
void check_machine_wide_reserves(const ReadContext& context) {
  std::map<std::string, const Device*, std::less<>> sized;
  for (const Device& device : context.scenario.devices) {
    const TargetDescription* target = target_of(context.scenario, device.target);
    if (target == nullptr) continue;
    for (const PoolDescription& pool : target->pools) {
      const auto size = device.reserve.find(pool.name);
      if (!pool.machine_wide || size == device.reserve.end() ||
          context.scenario.sharing.rules.count(device.target + "." + pool.name) != 0)
        continue;
      const auto [first, fresh] = sized.emplace(pool.name, &device);
      const int before = first->second->reserve.find(pool.name)->second;
      if (fresh || before == size->second) continue;
      context.error(context.source.token_at(device.key_positions.at("reserve." + pool.name)),
                    fmt::format("{} is one pool for the whole machine: {} elements at {} and {} at {}", pool.name,
                                before, first->second->name, size->second, device.name));
      return;
    }
  }
}

}  // namespace

void check_shared_reserves(const ReadContext& context) {
  check_machine_wide_reserves(context);
  for (const auto& [key, rule] : context.scenario.sharing.rules) {
    const std::size_t dot = key.find('.');
    const std::string pool = key.substr(dot + 1);
    const std::vector<const Device*> members = members_of(context.scenario, rule, key.substr(0, dot));
    if (members.empty()) continue;
    const auto size_of = [&](const Device& device) {
      const auto found = device.reserve.find(pool);
      return found == device.reserve.end() ? -1 : found->second;
    };
    const auto text_of = [](int size) { return size < 0 ? std::string("the kernel's") : fmt::format("{}", size); };
    const Device& first = *members.front();
    for (const Device* device : members) {
      if (size_of(*device) == size_of(first)) continue;
      const auto written = device->key_positions.find("reserve." + pool);
      const SourcePosition at = written == device->key_positions.end() ? device->where : written->second;
      context.error(context.source.token_at(at),
                    fmt::format("{} is one pool for {} and {}, their reserves must be the same: {} and {}", key,
                                first.name, device->name, text_of(size_of(first)), text_of(size_of(*device))));
      break;
    }
  }
}

}  // namespace dmstall::models
