// "kernel", "bounds", "expect" and "vary".
#include <fmt/format.h>

#include <algorithm>

#include "models/scenario/parts.hpp"
#include "models/scenario/value_range.hpp"

namespace dmstall::models {

namespace {

using Kind = JsonValue::Kind;

const std::vector<std::string>& verdict_names() {
  static const std::vector<std::string> names = {"PROGRESS", "DEADLOCK",   "STALL",
                                                 "LIVELOCK", "STARVATION", "INCONCLUSIVE"};
  return names;
}

void read_verdict(const ReadContext& context, const JsonValue& value, Expectation& expect) {
  if (value.kind == Kind::array) {
    if (value.items.empty()) context.error(value.where, "\"verdict\" is empty");
    for (const JsonValue& item : value.items) {
      if (item.kind == Kind::array) {
        context.error(item.where, fmt::format("\"verdict\" must be {}, not an array", one_of(verdict_names())));
      } else {
        read_verdict(context, item, expect);
      }
    }
    return;
  }
  const auto verdict = value.kind == Kind::string ? verdict_from(value.string) : std::nullopt;
  if (verdict.has_value()) {
    expect.verdict.push_back(*verdict);
    return;
  }
  context.error(value.where, fmt::format("\"verdict\" must be {}, not {}{}", one_of(verdict_names()), describe(value),
                                         context.diagnostics.did_you_mean(value.string, verdict_names())));
}

/// A value as an option of a command would spell it.
std::string option_text(const ReadContext& context, const JsonValue& value) {
  return value.kind == Kind::string ? value.string : std::string(context.source.text(value.where));
}

/// A list of changes, or one alone; the word "none" is an empty list.
std::vector<Change> read_changes(const ReadContext& context, const Fields& fields, std::string_view key) {
  const JsonValue* value = fields.value(key);
  if (value == nullptr) return {};
  const std::vector<JsonValue> alone{*value};
  const bool is_empty = value->kind == Kind::string && value->string == no_changes;
  std::vector<Change> changes;
  if (is_empty) return changes;
  for (const JsonValue& item : value->kind == Kind::array ? value->items : alone) {
    const auto change = item.kind == Kind::string ? change_named(item.string) : std::nullopt;
    if (change) {
      changes.push_back(*change);
      continue;
    }
    const std::string text = item.kind == Kind::string ? item.string : std::string();
    context.error(item.where,
                  fmt::format("{} takes names of changes (dmstall show releases prints them), not {}{}", in_quotes(key),
                              describe(item), context.diagnostics.did_you_mean(text, change_names())));
  }
  return changes;
}

Release read_release(const ReadContext& context, const Fields& fields) {
  Release release = Release::named(fields.choice("release")).value_or(Release{});
  const std::vector<Change> with = read_changes(context, fields, "with");
  const std::vector<Change> without = read_changes(context, fields, "without");
  for (const Change change : with) release = release.with(change);
  for (const Change change : without) {
    if (std::find(with.begin(), with.end(), change) != with.end()) {
      context.error(fields.where("without"),
                    fmt::format("{} stands in \"with\", too", in_quotes(models::describe(change).name)));
    }
    release = release.without(change);
  }
  return release;
}

}  // namespace

void read_kernel(const ReadContext& context, const JsonValue* value) {
  if (value == nullptr) return;
  const Fields fields(context, *value, kernel_keys(), "\"kernel\"");
  if (!fields.is_object()) return;
  KernelSettings& kernel = context.scenario.kernel;
  kernel.release = read_release(context, fields);
  kernel.cpus = static_cast<int>(fields.integer("cpus"));
  kernel.numa_nodes = static_cast<int>(fields.integer("numa_nodes"));
  kernel.reserved_bio_based_ios = static_cast<int>(fields.integer("reserved_bio_based_ios"));
  kernel.kcopyd_subjob_size_kb = static_cast<int>(fields.integer("kcopyd_subjob_size_kb"));
  kernel.snapshot_cow_threshold = static_cast<int>(fields.integer("snapshot_cow_threshold"));
  if (fields.choice("bio_list_order") == "fifo") kernel.release = kernel.release.without(Change::bio_list_depth_first);
}

void read_bounds(const ReadContext& context, const JsonValue* value) {
  if (value == nullptr) return;
  const Fields fields(context, *value, bounds_keys(), "\"bounds\"");
  Bounds& bounds = context.scenario.bounds;
  bounds.requests = fields.maybe_integer("requests");
  bounds.states = fields.maybe_integer("states");
  bounds.seconds = fields.maybe_number("seconds");
  bounds.memory_mib = fields.maybe_integer("memory_mib");
  bounds.sim_seconds = fields.maybe_number("sim_seconds");
  bounds.events = fields.maybe_integer("events");
}

namespace {

std::optional<Expectation> read_expectation(const ReadContext& context, const JsonValue& value) {
  const Fields fields(context, value, expect_keys(), "\"expect\"");
  if (!fields.is_object()) return std::nullopt;
  Expectation expect;
  if (const JsonValue* verdict = fields.value("verdict")) read_verdict(context, *verdict, expect);
  if (const auto kind = fields.maybe_text("kind")) expect.kind = deadlock_kind_from(*kind);
  expect.circle = fields.maybe_list("circle").value_or(std::vector<std::string>{});
  expect.proof = fields.maybe_text("proof");
  expect.min_requests = fields.maybe_integer("min_requests");
  expect.min_faults = fields.maybe_integer("min_faults");
  expect.relieved_by_memory = fields.maybe_flag("relieved_by_memory");
  expect.bytes_at_most = fields.maybe_integer("bytes_at_most");
  expect.stuck = fields.maybe_integer("stuck");
  expect.engine = fields.maybe_text("engine");
  if (value.members.empty()) context.error(value.where, "\"expect\" expects nothing");
  return expect;
}

}  // namespace

bool expects_by_release(const JsonValue& expect) {
  return std::any_of(expect.members.begin(), expect.members.end(),
                     [](const JsonMember& member) { return Release::named(member.key).has_value(); });
}

void read_expect(const ReadContext& context, const JsonValue* value) {
  if (value == nullptr) return;
  if (!expects_by_release(*value)) {
    context.scenario.expect = read_expectation(context, *value);
    return;
  }
  const Fields fields(context, *value, expect_by_release_keys(), "\"expect\"");
  for (const JsonMember& member : value->members) {
    if (!Release::named(member.key)) continue;  // said by Fields
    std::optional<Expectation> expect = read_expectation(context, member.value);
    if (member.key == context.scenario.kernel.release.name()) context.scenario.expect = std::move(expect);
  }
}

void read_vary(const ReadContext& context, const JsonValue* value) {
  constexpr std::size_t most_values = 1000;  // each is read when the file is read
  if (value == nullptr || !require_object(context, *value, "\"vary\"")) return;
  std::size_t values = 0;
  for (const JsonMember& member : value->members) {
    Variation& variation = context.scenario.vary.emplace_back();
    variation.key = member.key;
    if (member.key.empty()) context.error(member.key_where, "the key to vary is empty");
    if (!require_array(context, member.value, fmt::format("the values of {}", in_quotes(member.key)))) continue;
    if (member.value.items.empty())
      context.error(member.value.where, fmt::format("{} has no values", in_quotes(member.key)));
    for (const JsonValue& item : member.value.items) {
      if (item.kind == Kind::null) {
        context.error(item.where, fmt::format("a value of {} must not be null", in_quotes(member.key)));
        continue;
      }
      std::string text = option_text(context, item);
      const auto range = item.kind == Kind::string ? value_range(text, most_values) : std::nullopt;
      if (range && !range->error.empty()) context.error(item.where, range->error);
      const std::vector<std::string> alone = {std::move(text)};
      for (const std::string& each : range ? range->values : alone) {
        if (std::find(variation.values.begin(), variation.values.end(), each) != variation.values.end()) {
          context.error(item.where, fmt::format("{} is to be {} twice", in_quotes(member.key), in_quotes(each)));
        } else if (++values > most_values) {
          context.error(item.where, fmt::format("more than {} values to compare", most_values));
          return;
        }
        variation.values.push_back(each);
      }
    }
  }
}

}  // namespace dmstall::models
