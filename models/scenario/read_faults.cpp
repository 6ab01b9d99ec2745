// "faults".
#include <fmt/format.h>

#include <algorithm>

#include "models/scenario/copies.hpp"
#include "models/scenario/fec.hpp"
#include "models/scenario/own_target.hpp"
#include "models/scenario/parts.hpp"

namespace dmstall::models {

namespace {

using Kind = JsonValue::Kind;

const std::string& name_of(FaultKind kind) {
  return find_key(fault_keys(), "fault")->choices[static_cast<std::size_t>(kind)];
}

class FaultReader {
 public:
  explicit FaultReader(const ReadContext& context) : context_(context) {}

  void read(const JsonValue& value) {
    const Fields fields(context_, value, fault_keys(), "a fault");
    if (!fields.is_object()) return;
    Fault fault;
    fault.where = context_.position(value);
    fault.device = fields.maybe_text("device").value_or("");
    fault.workload = fields.maybe_text("workload").value_or("");
    const auto kind = fields.maybe_text("fault");
    if (kind.has_value()) {
      fault.kind = static_cast<FaultKind>(fields.choice_index("fault"));
      check_place(fields, fault);
    }
    read_area(fields, fault, kind.has_value());
    if (const JsonValue* blocks = fields.value("blocks")) read_blocks(*blocks, fault.blocks);
    fault.on = static_cast<FaultOn>(fields.choice_index("on"));
    if (const JsonValue* on = fields.value("on");
        on != nullptr && kind.has_value() && fault.kind != FaultKind::hash_mismatch) {
      context_.error(on->where,
                     fmt::format("only a hash_mismatch has \"on\", not {}", with_article(name_of(fault.kind))));
    }
    fault.at_most = fields.maybe_integer("at_most");
    fault.optional = fields.flag("optional");
    context_.scenario.faults.list.push_back(std::move(fault));
  }

 private:
  void check_place(const Fields& fields, const Fault& fault) {
    const bool of_workload = fault.kind == FaultKind::buffer_rewritten;
    const char* wanted = of_workload ? "workload" : "device";
    const char* other = of_workload ? "device" : "workload";
    if (fields.value(other) != nullptr) {
      context_.error(fields.where(other), fmt::format("{} belongs to a {}: write {}", with_article(name_of(fault.kind)),
                                                      of_workload ? "workload item" : "device", in_quotes(wanted)));
    } else if (fields.value(wanted) == nullptr) {
      context_.error(fields.where(wanted),
                     fmt::format("missing key {} in {}", in_quotes(wanted), with_article(name_of(fault.kind))));
    }
    if (of_workload) {
      check_workload(fields);
    } else {
      check_device(fields, fault.kind);
    }
  }

  void check_workload(const Fields& fields) {
    const JsonValue* value = fields.value("workload");
    if (value == nullptr || value->kind != Kind::string) return;
    const auto& items = context_.scenario.workload;
    const auto found =
        std::find_if(items.begin(), items.end(), [&](const WorkloadItem& item) { return item.name == value->string; });
    if (found == items.end()) {
      std::vector<std::string> names;
      for (const WorkloadItem& item : items) names.push_back(item.name);
      context_.error(value->where, fmt::format("no workload item is called {}{}", in_quotes(value->string),
                                               context_.diagnostics.did_you_mean(value->string, names)));
    } else if (found->verb != WorkloadVerb::read || !found->direct) {
      context_.error(value->where,
                     fmt::format("a buffer is rewritten during a direct read; {} is {}", in_quotes(found->name),
                                 found->verb == WorkloadVerb::read ? "not direct" : "no read"));
    }
  }

  void check_device(const Fields& fields, FaultKind kind) {
    const JsonValue* value = fields.value("device");
    if (value == nullptr || value->kind != Kind::string) return;
    const Device* device = context_.scenario.find_device(value->string);
    const auto fits = [&](const TargetDescription& target) {
      return kind == FaultKind::hash_mismatch ? target.traits.verifies : target.traits.takes_time;
    };
    if (device == nullptr) {
      std::vector<std::string> names;
      for (const Device& known : context_.scenario.devices) names.push_back(known.name);
      context_.error(value->where, fmt::format("no device is called {}{}", in_quotes(value->string),
                                               context_.diagnostics.did_you_mean(value->string, names)));
      return;
    }
    const TargetDescription* target = target_of(context_.scenario, device->target);
    if (!device->target.empty() && (target == nullptr || !fits(*target))) {
      std::string wanted;
      for (const TargetDescription& each : target_registry()) {
        if (fits(each)) wanted += (wanted.empty() ? "" : " or ") + each.id;
      }
      context_.error(value->where,
                     fmt::format("{} belongs to a {} device; {} is a {} device", with_article(name_of(kind)), wanted,
                                 in_quotes(device->name), device->target));
    }
  }

  void read_area(const Fields& fields, Fault& fault, bool kind_known) {
    if (kind_known && fault.kind == FaultKind::hash_block) fault.area = FaultArea::hash;
    const auto area = fields.maybe_text("area");
    if (!area.has_value()) return;
    if (*area == "data") fault.area = FaultArea::data;
    if (*area == "hash") fault.area = FaultArea::hash;
    if (*area == "fec") check_parity(fields, fault);
    if (!kind_known) return;
    if (fault.kind == FaultKind::buffer_rewritten || fault.kind == FaultKind::hash_mismatch) {
      context_.error(fields.where("area"), fmt::format("{} has no \"area\"", with_article(name_of(fault.kind))));
    } else if (fault.kind == FaultKind::late_corruption && fault.area == FaultArea::hash) {
      context_.error(fields.where("area"),
                     "late corruption of a hash tree is not modelled: a hash block is good as long as it is cached; "
                     "write \"bad_block\"");
    } else if (fault.kind == FaultKind::hash_block && fault.area != FaultArea::hash) {
      context_.error(fields.where("area"), "a hash_block lies in the area \"hash\"");
    }
  }

  void check_parity(const Fields& fields, Fault& fault) {
    fault.area = FaultArea::fec;
    const auto& devices = context_.scenario.devices;
    const bool somebody_has_it =
        std::any_of(devices.begin(), devices.end(), [](const Device& device) { return fec_of(device) != nullptr; });
    if (!somebody_has_it) context_.error(fields.where("area"), "no device has \"fec\": there is no such area");
    if (fields.value("blocks") != nullptr) {
      context_.error(fields.where("blocks"), "parity is bad as a whole: a fault in the area \"fec\" has no \"blocks\"");
    }
  }

  void read_blocks(const JsonValue& value, FaultBlocks& blocks) {
    constexpr double last_block = 1e12;
    Parameter block;
    block.name = "blocks";
    block.maximum = last_block;
    if (value.kind == Kind::string && value.string == "all") return;
    if (value.kind == Kind::array) {
      blocks.all = false;
      if (value.items.empty()) context_.error(value.where, "\"blocks\" is empty: the fault is nowhere");
      for (const JsonValue& item : value.items) {
        if (const auto number = ValueReader(context_).integer(block, item)) blocks.list.push_back(*number);
      }
      return;
    }
    if (value.kind == Kind::object) {
      block.name = "every";
      block.minimum = 1;
      block.required = true;
      static const KeyTable table = {block};
      const Fields fields(context_, value, table, "\"blocks\"");
      blocks.all = false;
      blocks.every = fields.maybe_integer("every").value_or(1);
      return;
    }
    context_.error(value.where, fmt::format("\"blocks\" must be \"all\", a list of numbers or {{\"every\": n}}, not {}",
                                            describe(value)));
  }

  const ReadContext& context_;
};

}  // namespace

void read_faults(const ReadContext& context, const JsonValue* value) {
  if (value == nullptr) return;
  Faults& faults = context.scenario.faults;
  faults.given = true;
  if (value->kind == Kind::string && value->string == "any") return;
  if (value->kind != Kind::array) {
    context.error(value->where, fmt::format("\"faults\" must be \"any\" or a list, not {}", describe(*value)));
    return;
  }
  faults.any = false;
  FaultReader reader(context);
  for (const JsonValue& fault : value->items) {
    read_copies(context, copies_of(context, fault, fault_keys(), "fault", faults.list.size()),
                [&](const JsonValue& copy) { reader.read(copy); });
  }
}

}  // namespace dmstall::models
