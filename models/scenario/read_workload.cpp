// "workload".
#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <set>

#include "models/scenario/copies.hpp"
#include "models/scenario/device_parameters.hpp"
#include "models/scenario/limits.hpp"
#include "models/scenario/named_devices.hpp"
#include "models/scenario/own_target.hpp"
#include "models/scenario/parts.hpp"

namespace dmstall::models {

namespace {

using Kind = JsonValue::Kind;

bool deallocates(WorkloadVerb verb) {
  return verb == WorkloadVerb::discard || verb == WorkloadVerb::zero_out;
}

bool swaps(WorkloadVerb verb) {
  return verb == WorkloadVerb::swap_out || verb == WorkloadVerb::swap_in;
}

bool writes(WorkloadVerb verb) {
  return verb == WorkloadVerb::writeback || verb == WorkloadVerb::write || verb == WorkloadVerb::swap_out ||
         deallocates(verb);
}

/// The read-only device that a write to `name` would reach, also through devices that hand it on; empty when there is
/// none.
std::string read_only_below(const Scenario& scenario, const std::string& name) {
  std::vector<std::string> open = {name};
  std::set<std::string> seen;
  while (!open.empty()) {
    const Device* device = scenario.find_device(open.back());
    open.pop_back();
    if (device == nullptr || !seen.insert(device->name).second) continue;
    const TargetDescription* target = target_of(scenario, device->target);
    if (target == nullptr) continue;
    if (target->traits.read_only) return device->name;
    for (const Parameter& role : target->parameters) {
      if (!role.takes_writes) continue;
      for (const std::string& lower : devices_in(*device, role.name)) open.push_back(lower);
    }
  }
  return {};
}

/// The flow of a scenario-defined target that serves the verb.
std::string_view flow_of(WorkloadVerb verb) {
  if (verb == WorkloadVerb::flush) return "flush";
  return writes(verb) ? "write" : "read";
}

class WorkloadReader {
 public:
  WorkloadReader(const ReadContext& context, const Defaults& defaults) : context_(context) {
    if (const auto found = defaults.find("workload"); found != defaults.end()) defaults_ = found->second;
  }

  void read(const JsonValue& value) {
    if (!require_object(context_, value, "a workload item")) return;
    const JsonMember* verb = find_verb_of(value);
    if (verb == nullptr) return;
    const auto index =
        std::find(workload_verbs().begin(), workload_verbs().end(), verb->key) - workload_verbs().begin();
    item_ = WorkloadItem{};
    item_.verb = static_cast<WorkloadVerb>(index);
    const bool fsync = item_.verb == WorkloadVerb::fsync;
    if (fsync) item_.verb = WorkloadVerb::flush;
    item_.where = context_.position(value);
    if (item_.verb == WorkloadVerb::admin) return read_admin(value);
    // The keys of the file go before the defaults; both are read through one object, so that messages are the same.
    JsonValue merged = value;
    if (defaults_ != nullptr) add_defaults(merged);
    const Fields fields(context_, merged, workload_keys(), fmt::format("a {} item", verb->key), {verb->key});
    read_device(verb->value);
    if (fsync) check_is_filesystem(verb->value);
    read_amount(fields, verb->key);
    read_rest(fields);
    warn_unused(fields, verb->key);
    read_name(fields);
    context_.scenario.workload.push_back(item_);
  }

  /// A snapshot is removed when it is closed.
  void check_removals() const {
    const auto& workload = context_.scenario.workload;
    for (const auto& [name, where] : removed_) {
      const auto used = std::find_if(workload.begin(), workload.end(), [&, &name = name](const WorkloadItem& item) {
        return item.verb != WorkloadVerb::admin && item.device == name;
      });
      if (used == workload.end()) continue;
      context_.error(where, fmt::format("snapshot {} cannot be removed: the workload item {} uses it", in_quotes(name),
                                        in_quotes(used->name)));
    }
  }

  /// Names for those without one, once all written names are known.
  void name_the_rest() {
    for (WorkloadItem& item : context_.scenario.workload) {
      if (!item.name.empty()) continue;
      const bool admin = item.verb == WorkloadVerb::admin;
      const std::string& verb = admin ? find_key(admin_keys(), "admin")->choices[static_cast<std::size_t>(item.admin)]
                                      : workload_verbs()[static_cast<std::size_t>(item.verb)];
      const std::string base = verb + "-" + item.device;
      std::string name = base;
      int& number = uses_.emplace(base, 1).first->second;
      while (!names_.insert(name).second) name = fmt::format("{}-{}", base, ++number);
      item.name = name;
    }
  }

 private:
  /// {"admin": command, "device": …}: the verb is no device.
  void read_admin(const JsonValue& value) {
    const Fields fields(context_, value, admin_keys(), "an admin item");
    if (!fields.maybe_text("admin")) return;
    item_.admin = static_cast<AdminVerb>(fields.choice_index("admin"));
    item_.count = fields.integer("count");
    item_.start_s = fields.number("start_s");
    item_.period_s = fields.maybe_number("period_s");
    read_name(fields);
    const JsonValue* device = fields.value("device");
    if (device == nullptr) return;
    read_device(*device);
    const Device* known = context_.scenario.find_device(item_.device);
    const TargetDescription* target = known == nullptr ? nullptr : target_of(context_.scenario, known->target);
    if (known != nullptr && item_.admin == AdminVerb::remove_snapshot) {
      if (target == nullptr || !target->traits.is_snapshot) {
        context_.error(device->where,
                       fmt::format("device {} cannot be removed: it is no snapshot", in_quotes(item_.device)));
      }
      removed_.emplace_back(item_.device, device->where);
    }
    if (item_.admin == AdminVerb::status && target != nullptr && !target->device_mapper) {
      context_.error(device->where,
                     fmt::format("device {} has no status: it is no device-mapper device", in_quotes(item_.device)));
    }
    if (item_.admin == AdminVerb::remove_snapshot && item_.count != 1) {
      context_.error(fields.value("count")->where, "a snapshot is removed once: \"count\" is 1");
    }
    context_.scenario.workload.push_back(item_);
  }

  void read_name(const Fields& fields) {
    if (const JsonValue* name = fields.value("name")) {
      item_.name = fields.maybe_text("name").value_or("");
      if (name->kind == Kind::string && check_name(context_, *name, "workload") && !names_.insert(item_.name).second) {
        context_.error(name->where, fmt::format("a second workload item is called {}", in_quotes(item_.name)));
      }
    }
  }

  const JsonMember* find_verb_of(const JsonValue& value) {
    const JsonMember* verb = nullptr;
    for (const JsonMember& member : value.members) {
      if (std::find(workload_verbs().begin(), workload_verbs().end(), member.key) == workload_verbs().end()) continue;
      if (verb != nullptr) {
        context_.error(member.key_where, fmt::format("a workload item has one verb, this one has {} and {}",
                                                     in_quotes(verb->key), in_quotes(member.key)));
        return nullptr;
      }
      verb = &member;
    }
    if (verb == nullptr) {
      std::string hint;
      for (const JsonMember& member : value.members) {
        if (find_key(workload_keys(), member.key) != nullptr) continue;
        hint = context_.diagnostics.did_you_mean(member.key, workload_verbs());
        if (!hint.empty()) break;
      }
      context_.error({value.where.begin, value.where.begin + 1},
                     fmt::format("a workload item needs a verb: {}{}", one_of(workload_verbs()), hint));
    }
    return verb;
  }

  void add_defaults(JsonValue& merged) const {
    for (const JsonMember& member : defaults_->members) {
      const bool amount_written = merged.find("pages") != nullptr || merged.find("count") != nullptr;
      if ((member.key == "pages" || member.key == "count") && amount_written) continue;
      if (merged.find(member.key) == nullptr) merged.members.push_back(member);
    }
  }

  void read_device(const JsonValue& value) {
    if (value.kind != Kind::string) {
      context_.error(value.where, fmt::format("the device must be a string, not {}", describe(value)));
      return;
    }
    item_.device = value.string;
    const Scenario& scenario = context_.scenario;
    const Device* device = scenario.find_device(item_.device);
    if (device == nullptr) {
      std::vector<std::string> names;
      for (const Device& known : scenario.devices) names.push_back(known.name);
      std::string hint = context_.diagnostics.did_you_mean(item_.device, names);
      const std::string first_copy = with_copy_number(item_.device, "0");
      if (has_copy_mark(item_.device) && scenario.find_device(first_copy) != nullptr) {
        hint = fmt::format("; the first of its copies is {}, and \"repeat\" makes an item for each",
                           in_quotes(first_copy));
      }
      context_.error(value.where, fmt::format("no device is called {}{}", in_quotes(item_.device), hint));
      return;
    }
    const TargetDescription* of = target_of(scenario, device->target);
    if (of != nullptr && !of->block_device && (deallocates(item_.verb) || swaps(item_.verb))) {
      // __swap_writepage goes to the extents of a swap file itself.
      std::string below;
      for (const Parameter& role : of->parameters) {
        if (const auto named = devices_in(*device, role.name); role.is_role && below.empty() && !named.empty())
          below = named.front();
      }
      const std::string what =
          swaps(item_.verb)
              ? fmt::format("swap goes past the filesystem {}: name the block device under it", in_quotes(item_.device))
              : fmt::format("a range of a block device is discarded, {} is a filesystem: name the device under it",
                            in_quotes(item_.device));
      context_.error(value.where, fmt::format("{}, {}", what, in_quotes(below)));
    }
    if (writes(item_.verb)) {
      const std::string kept = read_only_below(scenario, item_.device);
      const std::string target = kept.empty() ? std::string() : scenario.find_device(kept)->target;
      if (kept == item_.device) {
        context_.error(value.where,
                       fmt::format("device {} cannot be written: {} is read-only", in_quotes(kept), target));
      } else if (!kept.empty()) {
        context_.error(value.where, fmt::format("device {} cannot be written: it stands on {}, and {} is read-only",
                                                in_quotes(item_.device), in_quotes(kept), target));
      }
    }
    if (item_.verb == WorkloadVerb::admin) return;
    for (const ScenarioTarget& target : scenario.targets) {
      const std::string_view flow = flow_of(item_.verb);
      if (target.name == device->target && target.flows.find(flow) == target.flows.end()) {
        context_.error(value.where, fmt::format("target {} of device {} has no {} flow", in_quotes(target.name),
                                                in_quotes(device->name), in_quotes(flow)));
      }
    }
  }

  void check_is_filesystem(const JsonValue& value) {
    const Device* device = context_.scenario.find_device(item_.device);
    const TargetDescription* target = device == nullptr ? nullptr : target_of(context_.scenario, device->target);
    if (target == nullptr || !target->block_device) return;
    context_.error(value.where,
                   fmt::format("fsync is of files, {} is a block device: write \"flush\"", in_quotes(item_.device)));
  }

  void read_amount(const Fields& fields, const std::string& verb) {
    const JsonValue* pages = fields.value("pages");
    const JsonValue* count = fields.value("count");
    const auto page_count = fields.maybe_integer("pages");
    item_.count = fields.integer("count");
    if (pages == nullptr) return;
    item_.counts_pages = true;
    item_.count = page_count.value_or(1);
    if (count != nullptr) {
      context_.error(pages->where, "a workload item has either \"pages\" or \"count\"");
    } else if (item_.verb == WorkloadVerb::flush || deallocates(item_.verb)) {
      context_.error(pages->where, fmt::format("a {} has no pages: write \"count\"", verb));
    }
  }

  void read_rest(const Fields& fields) {
    item_.write_kib = static_cast<int>(fields.integer("write_kib"));
    item_.discard_kib = static_cast<int>(fields.integer("discard_kib"));
    item_.in_flight = static_cast<int>(fields.integer("in_flight"));
    const bool one_thread = item_.verb == WorkloadVerb::writeback || item_.verb == WorkloadVerb::flush ||
                            item_.verb == WorkloadVerb::swap_out;
    item_.threads = static_cast<int>(fields.maybe_integer("threads").value_or(one_thread ? 1 : item_.in_flight));
    item_.pattern = static_cast<AccessPattern>(fields.choice_index("pattern"));
    item_.direct = fields.flag("direct");
    item_.aio = fields.flag("aio");
    item_.nowait = fields.flag("nowait");
    item_.start_s = fields.number("start_s");
    item_.period_s = fields.maybe_number("period_s");
  }

  void warn_unused(const Fields& fields, const std::string& verb) {
    const auto unused = [&](std::string_view key) {
      const JsonValue* value = fields.value(key);
      const bool of_defaults = defaults_ != nullptr && defaults_->find(key) != nullptr && value != nullptr &&
                               defaults_->find(key)->value.where.begin == value->where.begin;
      if (value == nullptr || of_defaults) return;
      context_.warning(value->where, fmt::format("{} has no effect on a {} item", in_quotes(key), verb));
    };
    if (item_.verb == WorkloadVerb::flush) unused("pattern");
    // fsync of a file writes so much first.
    const Device* device = context_.scenario.find_device(item_.device);
    const TargetDescription* target = device == nullptr ? nullptr : target_of(context_.scenario, device->target);
    const bool writes_first = target != nullptr && !target->block_device;
    if ((item_.verb == WorkloadVerb::flush && !writes_first) || deallocates(item_.verb)) unused("write_kib");
    if (!deallocates(item_.verb)) unused("discard_kib");
    if (item_.verb != WorkloadVerb::read && item_.verb != WorkloadVerb::write) unused("direct");
    const bool direct_io = (item_.verb == WorkloadVerb::read || item_.verb == WorkloadVerb::write) && item_.direct;
    if (!direct_io) unused("aio");
    if (!direct_io) unused("nowait");
    item_.nowait = item_.nowait && direct_io;
    check_nowait(fields, writes_first);
  }

  /// What fails before anything of a device is asked, or is another path.
  void check_nowait(const Fields& fields, bool of_file) {
    constexpr int largest_bio_kib = 1024;
    if (!item_.nowait) return;
    if (of_file) context_.error(fields.where("nowait"), "\"nowait\" is modelled for block devices, not for files");
    if (item_.write_kib > largest_bio_kib) {
      context_.error(fields.where("nowait"),
                     fmt::format("\"nowait\" with {} KiB: a request of several bios that must not wait fails before it "
                                 "is sent (block/fops.c:__blkdev_direct_IO)",
                                 item_.write_kib));
    }
  }

  const ReadContext& context_;
  const JsonValue* defaults_ = nullptr;
  WorkloadItem item_;
  std::set<std::string> names_;
  std::map<std::string, int> uses_;
  std::vector<std::pair<std::string, Span>> removed_;
};

}  // namespace

void read_workload(const ReadContext& context, const JsonValue* value, const Defaults& defaults) {
  if (value == nullptr || !require_array(context, *value, "\"workload\"")) return;
  if (value->items.size() > most_workload_items) {
    context.error(value->items[most_workload_items].where,
                  fmt::format("more than {} workload items", most_workload_items));
    return;
  }
  WorkloadReader reader(context, defaults);
  const std::vector<WorkloadItem>& so_far = context.scenario.workload;
  for (const JsonValue& item : value->items) {
    const KeyTable& table = item.find("admin") != nullptr ? admin_keys() : workload_keys();
    read_copies(context, copies_of(context, item, table, "workload item", so_far.size()),
                [&](const JsonValue& copy) { reader.read(copy); });
  }
  reader.name_the_rest();
  reader.check_removals();
}

}  // namespace dmstall::models
