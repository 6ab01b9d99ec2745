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
  // The keys of accounted memory are refused by the table; they are read so that their values are checked as well.
  memory.total_mib = fields.maybe_integer("total_mib");
  memory.unreclaimable_mib = fields.maybe_integer("unreclaimable_mib");
  memory.dirty_mib = fields.maybe_integer("dirty_mib");
  memory.min_free_kib = fields.maybe_integer("min_free_kib");
  memory.dirty_ratio_percent = fields.maybe_number("dirty_ratio_percent");
  memory.background_ratio_percent = fields.maybe_number("background_ratio_percent");
  check_combinations(context, fields, memory);
}

}  // namespace dmstall::models
