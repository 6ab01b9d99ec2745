// "memory".
#include <fmt/format.h>

#include <algorithm>

#include "models/scenario/parts.hpp"
#include "models/scenario/pool_names.hpp"

namespace dmstall::models {

namespace {

void check_patterns(const ReadContext& context, const JsonValue& list) {
  std::vector<std::string> names = printed_pool_names(context.scenario);
  names.push_back("page");
  names.push_back("slab");
  for (const JsonValue& item : list.items) {
    if (item.kind != JsonValue::Kind::string) continue;  // reported
    if (std::any_of(names.begin(), names.end(),
                    [&](const std::string& name) { return matches_pattern(item.string, name); })) {
      continue;
    }
    context.error(item.where, fmt::format("{} matches no pool of this scenario{}", in_quotes(item.string),
                                          context.diagnostics.did_you_mean(item.string, names)));
  }
}

/// Keys that say nothing under the allocator that is set.
void check_combinations(const ReadContext& context, const Fields& fields, const MemorySettings& memory) {
  const bool nothing_fails =
      memory.allocator_given && memory.allocator == AllocatorMode::plentiful && memory.fails.empty();
  const bool all_fail = memory.allocator == AllocatorMode::exhausted;
  for (const char* key : {"first_n", "probability", "from_s", "recovers_after_s"}) {
    const JsonValue* value = fields.value(key);
    if (value == nullptr || !nothing_fails || fields.value("fails") != nullptr) continue;
    context.error(value->where, fmt::format("{} has no effect: with \"plentiful\" and no \"fails\" no allocation fails",
                                            in_quotes(key)));
  }
  if (const JsonValue* value = fields.value("probability"); value != nullptr && all_fail) {
    context.error(value->where, "\"probability\" contradicts \"exhausted\": every allocation fails");
  }
  if (const JsonValue* value = fields.value("fails"); value != nullptr && all_fail) {
    context.warning(value->where, "\"fails\" has no effect: with \"exhausted\" every allocation fails");
  }
  if (const JsonValue* value = fields.value("freed_by"); value != nullptr && !all_fail && memory.fails.empty()) {
    context.warning(value->where, "\"freed_by\" has no effect: it says what feeds an \"exhausted\" allocator");
  }
}

/// What accounted memory says by itself, and what only it can say.
void check_accounted(const ReadContext& context, const Fields& fields, const MemorySettings& memory) {
  const bool accounted = memory.allocator_given && memory.allocator == AllocatorMode::accounted;
  for (const char* key : {"total_mib", "unreclaimable_mib", "dirty_mib", "clean_mib", "min_free_kib",
                          "dirty_ratio_percent", "background_ratio_percent", "hog"}) {
    const JsonValue* value = fields.value(key);
    if (value == nullptr || accounted) continue;
    context.error(value->where, fmt::format("{} belongs to \"allocator\": \"accounted\"", in_quotes(key)));
  }
  if (!accounted) return;
  for (const char* key : {"fails", "first_n", "probability", "from_s", "recovers_after_s"}) {
    const JsonValue* value = fields.value(key);
    if (value == nullptr) continue;
    context.error(value->where,
                  fmt::format("{} contradicts \"accounted\": whether an allocation fails follows from the pages",
                              in_quotes(key)));
  }
  if (!memory.total_mib) {
    context.error(fields.where("allocator"), "\"accounted\" needs \"total_mib\"");
    return;
  }
  const std::int64_t named =
      memory.unreclaimable_mib.value_or(0) + memory.dirty_mib.value_or(0) + memory.clean_mib.value_or(0);
  if (named > *memory.total_mib) {
    context.error(fields.where("total_mib"),
                  fmt::format("{} MiB of {} MiB are unreclaimable, dirty or clean", named, *memory.total_mib));
  }
  if (memory.min_free_kib && *memory.min_free_kib > *memory.total_mib * 1024) {
    context.error(fields.where("min_free_kib"),
                  fmt::format("the watermark lies above all memory, {} KiB", *memory.total_mib * 1024));
  }
  if (memory.hog && memory.hog->mib && *memory.hog->mib > *memory.total_mib - memory.unreclaimable_mib.value_or(0)) {
    context.error(fields.where("hog"), "the hog wants more than there is beside what is unreclaimable");
  }
  if (memory.background_ratio_percent.value_or(0) > 0 &&
      fields.number("background_ratio_percent") >= fields.number("dirty_ratio_percent")) {
    context.warning(fields.where("background_ratio_percent"),
                    "not below \"dirty_ratio_percent\": the kernel takes half of that");
  }
  const auto on_device = [&](WorkloadVerb verb, const std::string& device) {
    const auto& items = context.scenario.workload;
    return std::any_of(items.begin(), items.end(), [&](const WorkloadItem& item) {
      return item.verb == verb && (device.empty() || item.device == device);
    });
  };
  if (memory.dirty_mib.value_or(0) > 0 && !on_device(WorkloadVerb::writeback, "")) {
    context.error(fields.where("dirty_mib"), "no writeback item of the workload says on which device these pages lie");
  }
  for (const WorkloadItem& item : context.scenario.workload) {
    if (item.verb != WorkloadVerb::write || item.direct || on_device(WorkloadVerb::writeback, item.device)) continue;
    context.error(fields.where("allocator"),
                  fmt::format("{} leaves dirty pages on {}, and no writeback item cleans them", in_quotes(item.name),
                              in_quotes(item.device)));
  }
}

std::optional<HogSettings> read_hog(const ReadContext& context, const JsonValue* value) {
  if (value == nullptr) return std::nullopt;
  const Fields fields(context, *value, hog_keys(), "the hog");
  if (!fields.is_object()) return std::nullopt;
  HogSettings hog;
  hog.mib = fields.maybe_integer("mib");
  hog.mib_per_s = fields.number("mib_per_s");
  hog.start_s = fields.number("start_s");
  hog.oom_kill = fields.flag("oom_kill");
  hog.kill_ms = fields.number("kill_ms");
  hog.again_after_s = fields.maybe_number("again_after_s");
  if (!hog.oom_kill && hog.again_after_s) {
    context.warning(fields.where("again_after_s"), "\"again_after_s\" has no effect: nobody kills the hog");
  }
  return hog;
}

}  // namespace

void read_memory(const ReadContext& context, const JsonValue* value) {
  if (value == nullptr) return;
  const Fields fields(context, *value, memory_keys(), "\"memory\"");
  if (!fields.is_object()) return;
  MemorySettings& memory = context.scenario.memory;
  if (const auto allocator = fields.maybe_text("allocator")) {
    memory.allocator_given = true;
    memory.allocator = static_cast<AllocatorMode>(*allocator == "plentiful"   ? AllocatorMode::plentiful
                                                  : *allocator == "exhausted" ? AllocatorMode::exhausted
                                                  : *allocator == "accounted" ? AllocatorMode::accounted
                                                                              : AllocatorMode::adversary);
  }
  if (const auto fails = fields.maybe_list("fails")) {
    memory.fails = *fails;
    check_patterns(context, *fields.value("fails"));
  }
  memory.first_n = fields.maybe_integer("first_n");
  memory.probability = fields.maybe_number("probability");
  memory.from_s = fields.maybe_number("from_s");
  memory.recovers_after_s = fields.maybe_number("recovers_after_s");
  memory.freed_by = static_cast<FreedBy>(fields.choice_index("freed_by"));
  memory.unpooled = static_cast<Outcome>(fields.choice_index("unpooled"));
  if (const auto threads = fields.maybe_text("threads")) {
    memory.threads = *threads == "succeed" ? Outcome::succeeds : Outcome::fails;
  }
  memory.total_mib = fields.maybe_integer("total_mib");
  memory.unreclaimable_mib = fields.maybe_integer("unreclaimable_mib");
  memory.dirty_mib = fields.maybe_integer("dirty_mib");
  memory.clean_mib = fields.maybe_integer("clean_mib");
  memory.min_free_kib = fields.maybe_integer("min_free_kib");
  memory.dirty_ratio_percent = fields.maybe_number("dirty_ratio_percent");
  memory.background_ratio_percent = fields.maybe_number("background_ratio_percent");
  memory.hog = read_hog(context, fields.value("hog"));
  check_combinations(context, fields, memory);
  check_accounted(context, fields, memory);
}

}  // namespace dmstall::models
