// "defaults" and "devices".
#include <fmt/format.h>

#include <algorithm>

#include "models/scenario/device_parameters.hpp"
#include "models/scenario/limits.hpp"
#include "models/scenario/named_devices.hpp"
#include "models/scenario/own_target.hpp"
#include "models/scenario/parts.hpp"
#include "models/scenario/pool_names.hpp"

namespace dmstall::models {

namespace {

constexpr std::string_view own_target_tutorial = "scenarios/tutorial/06-own-target.json";

Span opening(const JsonValue& value) {
  return {value.where.begin, value.where.begin + 1};
}

void read_reserve(const ReadContext& context, const JsonValue& value, Device& device) {
  if (!require_object(context, value, "\"reserve\"")) return;
  const std::vector<std::string> pools = pools_of_target(context.scenario, device.target);
  const std::vector<std::string> sized = sizes_of_target(context.scenario, device.target);
  for (const JsonMember& member : value.members) {
    if (std::find(pools.begin(), pools.end(), member.key) == pools.end()) {
      context.error(member.key_where, unknown_pool(context.diagnostics, member.key, device.target, pools));
      continue;
    }
    if (std::find(sized.begin(), sized.end(), member.key) == sized.end()) {
      context.error(member.key_where, fmt::format("{} has no elements that could be reserved", in_quotes(member.key)));
      continue;
    }
    Parameter size;
    size.name = member.key;
    size.maximum = 1e9;
    device.key_positions["reserve." + member.key] = context.position(member.value);
    if (const auto n = ValueReader(context).integer(size, member.value)) {
      device.reserve[member.key] = static_cast<int>(*n);
    }
  }
}

class DeviceReader {
 public:
  DeviceReader(const ReadContext& context, const Defaults& defaults, DeviceUses& uses)
      : context_(context), defaults_(defaults), uses_(uses) {}

  /// More than there may be: reported.
  [[nodiscard]] bool full() const { return too_many_; }

  void read(const JsonValue& value) {
    if (!require_object(context_, value, "a device")) return;
    roles_.clear();
    own_keys_.clear();
    Device device;
    device.where = context_.position(value);
    const bool keys_known = read_target(value, device);
    if (keys_known) {
      KeyTable table = device_keys();
      table.insert(table.end(), own_keys_.begin(), own_keys_.end());
      const Fields fields(context_, value, table, fmt::format("a {} device", device.target));
      const auto defaults = defaults_.find(device.target);
      const JsonValue* of_target = defaults == defaults_.end() ? nullptr : defaults->second;
      read_device_parameters(context_, own_keys_, fields, of_target, device, roles_);
      const JsonMember* reserve = value.find("reserve");
      if (reserve == nullptr && of_target != nullptr) reserve = of_target->find("reserve");
      if (reserve != nullptr) read_reserve(context_, reserve->value, device);
      check_roles(fields, device);
      check_misfit(fields, device);
    }
    if (!keys_known && value.find("name") == nullptr)
      context_.error(opening(value), "missing key \"name\" in a device");
    // The name is known even when the rest is wrong: others may stand on it.
    add_copies(value, device);
  }

 private:
  /// False when the keys of the device cannot be known.
  bool read_target(const JsonValue& value, Device& device) {
    const JsonMember* target = value.find("target");
    if (target == nullptr) {
      context_.error(opening(value), "missing key \"target\" in a device");
      return false;
    }
    const auto id = ValueReader(context_).text(*find_key(device_keys(), "target"), target->value);
    if (!id.has_value()) return false;
    device.target = *id;
    uses_.targets_used.emplace(*id, target->value.where);
    const TargetDescription* known = target_of(context_.scenario, *id);
    if (known == nullptr) {
      const std::vector<std::string> names = ids_of_targets(context_.scenario);
      std::string hint = context_.diagnostics.did_you_mean(*id, names);
      if (hint.empty()) {
        hint = fmt::format("; known: {}; \"targets\" of the file can define one, as {} does", fmt::join(names, ", "),
                           own_target_tutorial);
      }
      context_.error(target->value.where, fmt::format("unknown target {}{}", in_quotes(*id), hint));
      return false;
    }
    if (!known->modelled) {
      const std::string reason = known->unmodelled_reason.empty() ? std::string() : ": " + known->unmodelled_reason;
      context_.error(target->value.where, fmt::format("target {} is not modelled yet{}", in_quotes(*id), reason));
    }
    own_keys_ = known->parameters;
    return true;
  }

  void check_roles(const Fields& fields, const Device& device) const {
    const TargetDescription* target = target_of(context_.scenario, device.target);
    if (target == nullptr) return;
    for (const std::vector<std::string>& group : target->alternatives) check_one_of(fields, device, group);
    for (const std::vector<std::string>& group : target->distinct) {
      for (std::size_t i = 1; i < group.size(); ++i) {
        const auto first = devices_in(device, group.front()), other = devices_in(device, group[i]);
        if (first.empty() || first != other) continue;
        context_.error(fields.where(group[i]),
                       fmt::format("{} must be another device than {}", in_quotes(group[i]), in_quotes(group.front())));
      }
    }
  }

  void check_misfit(const Fields& fields, const Device& device) const {
    const TargetDescription* target = find_target(device.target);
    if (target == nullptr || target->misfit == nullptr || context_.diagnostics.has_errors()) return;
    if (const std::optional<Misfit> found = target->misfit(device))
      context_.error(fields.where(found->key), found->what);
  }

  void check_one_of(const Fields& fields, const Device& device, const std::vector<std::string>& group) const {
    std::vector<std::string> written;
    for (const std::string& role : group) {
      if (fields.value(role) != nullptr) written.push_back(role);
    }
    if (written.size() > 1) {
      context_.error(fields.where(written[1]), fmt::format("a {} device has either {} or {}", device.target,
                                                           in_quotes(written[0]), in_quotes(written[1])));
    }
    if (!written.empty()) return;
    const Span begin{fields.where().begin, fields.where().begin + 1};
    std::string others;
    for (std::size_t i = 1; i < group.size(); ++i) others += (others.empty() ? "" : ", ") + in_quotes(group[i]);
    context_.error(begin,
                   fmt::format("missing key {} (or {}) in a {} device", in_quotes(group[0]), others, device.target));
  }

  void add_copies(const JsonValue& value, Device& device) {
    const JsonMember* name = value.find("name");
    if (name == nullptr) return;
    if (!ValueReader(context_).text(*find_key(device_keys(), "name"), name->value).has_value()) return;
    const JsonMember* repeat = value.find("repeat");
    const JsonMember* from = value.find("repeat_from");
    if (repeat == nullptr && from != nullptr) context_.error(from->key_where, "\"repeat_from\" without \"repeat\"");
    if (repeat == nullptr && has_copy_mark(name->value.string)) {
      context_.error(name->value.where, fmt::format("{{i}} in {} needs \"repeat\"", in_quotes(name->value.string)));
      return;
    }
    if (!check_name(context_, name->value, "device", repeat != nullptr)) return;
    device.name = name->value.string;
    if (repeat == nullptr) {
      add(device, name->value.where);
      return;
    }
    const auto copies = ValueReader(context_).integer(*find_key(device_keys(), "repeat"), repeat->value).value_or(1);
    if (copies > 1 && !has_copy_mark(device.name)) {
      context_.error(name->value.where, fmt::format("{} copies need different names: write {{i}} into {}", copies,
                                                    in_quotes(device.name)));
      return;
    }
    const auto first =
        from == nullptr
            ? 0
            : ValueReader(context_).integer(*find_key(device_keys(), "repeat_from"), from->value).value_or(0);
    const std::vector<RoleUse> roles = roles_;
    for (std::int64_t i = 0; i < copies; ++i) {
      const std::string number = fmt::format("{}", first + i);
      Device copy = device;
      copy.name = with_copy_number(copy.name, number);
      number_roles(own_keys_, copy, number);
      roles_ = roles;
      for (RoleUse& use : roles_) use.name = with_copy_number(use.name, number);
      if (!add(std::move(copy), name->value.where)) return;  // one message is enough
    }
  }

  bool add(Device device, Span name_where) {
    Scenario& scenario = context_.scenario;
    if (scenario.devices.size() >= most_devices) {
      if (!too_many_) context_.error(name_where, fmt::format("more than {} devices, copies counted", most_devices));
      too_many_ = true;
      return false;
    }
    const auto [known, inserted] = scenario.device_index.emplace(device.name, scenario.devices.size());
    if (!inserted) {
      const int line = scenario.devices[known->second].where.line;
      context_.error(name_where, fmt::format("a second device is called {}; the first is in line {}",
                                             in_quotes(device.name), line));
      return false;
    }
    for (RoleUse& use : roles_) {
      use.device = scenario.devices.size();
      if (uses_.roles.size() >= most_device_uses) {
        context_.error(use.where, fmt::format("the devices name other devices more than {} times", most_device_uses));
        too_many_ = true;
        return false;
      }
      uses_.roles.push_back(std::move(use));
    }
    scenario.devices.push_back(std::move(device));
    return true;
  }

  const ReadContext& context_;
  const Defaults& defaults_;
  DeviceUses& uses_;
  bool too_many_ = false;  ///< reported: the rest is not read
  // Of the device that is being read.
  KeyTable own_keys_;
  std::vector<RoleUse> roles_;
};

}  // namespace

Defaults read_defaults(const ReadContext& context, const JsonValue* value) {
  Defaults defaults;
  if (value == nullptr || !require_object(context, *value, "\"defaults\"")) return defaults;
  for (const JsonMember& member : value->members) {
    KeyTable table;
    std::vector<std::string> also;
    if (member.key == "workload") {
      table = workload_keys();
      std::erase_if(table, [](const Parameter& of) {
        return of.name == "name" || of.name == "repeat" || of.name == "repeat_from";
      });
    } else if (const TargetDescription* target = target_of(context.scenario, member.key)) {
      for (const Parameter& of : target->parameters) {
        if (!of.is_role) table.push_back(of);
      }
      also.push_back("reserve");
    } else {
      std::vector<std::string> names = ids_of_targets(context.scenario);
      names.emplace_back("workload");
      context.error(member.key_where, fmt::format("no target is called {}{}", in_quotes(member.key),
                                                  context.diagnostics.did_you_mean(member.key, names)));
      continue;
    }
    const Fields fields(context, member.value, table, fmt::format("the defaults of {}", member.key), also);
    if (fields.is_object()) defaults[member.key] = &member.value;
  }
  return defaults;
}

DeviceUses read_devices(const ReadContext& context, const JsonValue* value, const Defaults& defaults) {
  DeviceUses uses;
  if (value == nullptr || !require_array(context, *value, "\"devices\"")) return uses;
  DeviceReader reader(context, defaults, uses);
  for (const JsonValue& device : value->items) {
    if (reader.full()) return uses;
    reader.read(device);
  }
  for (const auto& [of, values] : defaults) {
    if (of != "workload" && uses.targets_used.find(of) == uses.targets_used.end()) {
      context.warning(values->where,
                      fmt::format("no device has target {}: these defaults have no effect", in_quotes(of)));
    }
  }
  return uses;
}

}  // namespace dmstall::models
