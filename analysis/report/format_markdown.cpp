#include "analysis/report/format_markdown.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "analysis/report/fold_text.hpp"
#include "models/scenario/fields.hpp"
#include "models/scenario/format_tables.hpp"
#include "models/scenario/own_target.hpp"

namespace dmstall::analysis {

namespace {

using models::KeyTable;
using models::Parameter;
using models::ParameterType;

constexpr std::size_t markdown_width = 118;

/// What no type says: keys with a form of their own, and texts that are better shown than described.
const std::map<std::string, std::string, std::less<>>& written_examples() {
  static const std::map<std::string, std::string, std::less<>> examples = {
      {"a scenario.$schema", R"("../scenario.schema.json")"},
      {"a scenario.name", R"("two-verity-devices")"},
      {"a scenario.about", R"("Two verity devices, one on the other.")"},
      {"a scenario.origin", R"("dm-devel, 23 April 2025")"},
      {"a scenario.kernel", R"({ "release": "6.1", "cpus": 4 })"},
      {"a scenario.defaults", R"({ "TIMED": { "latency_us": 80 }, "workload": { "in_flight": 4 } })"},
      {"a scenario.devices", R"([ { "name": "sda", "target": "TIMED" } ])"},
      {"a scenario.sharing", R"({ "VERIFYING.recheck_pool": "module" })"},
      {"a scenario.workload", R"([ { "read": "sda", "count": 8 } ])"},
      {"a scenario.memory", R"({ "allocator": "exhausted" })"},
      {"a scenario.faults", R"([ { "device": "sda", "fault": "io_error", "blocks": [ 7 ] } ])"},
      {"a scenario.bounds", R"({ "states": 1000000 })"},
      {"a scenario.expect", R"({ "verdict": "PROGRESS", "proof": "proved" })"},
      {"a scenario.resources", R"({ "pool": { "mempool": 4 } })"},
      {"a scenario.tasks", R"([ { "name": "t", "steps": [ { "take": "pool" }, { "give": "pool" } ] } ])"},
      {"a scenario.targets", R"({ "sum": { "roles": [ "below" ], "flows": { … } } })"},
      {"a scenario.vary", R"({ "reserved_bio_based_ios": [ "1..4", 16 ], "sharing": [ "device", "module" ] })"},
      {"kernel.with", R"([ "loop_rescuer" ])"},
      {"kernel.without", R"([ "verity_recheck" ])"},
      {"devices.name", R"("verity{i}")"},
      {"devices.target", R"("VERIFYING")"},
      {"devices.reserve", R"({ "io_bs": 1, "io_client": 16 })"},
      {"segments.to", R"("sda")"},
      {"fec.device", R"("parity")"},
      {"sharing.group", R"("both")"},
      {"sharing.devices", R"([ "lower", "upper" ])"},
      {"workload.name", R"("app{i}")"},
      {"admin.device", R"("snap")"},
      {"admin.name", R"("watch")"},
      {"memory.fails", R"([ "*.recheck_pool", "page" ])"},
      {"memory.hog", R"({ "mib": 512, "start_s": 1 })"},
      {"faults.device", R"("sda")"},
      {"faults.workload", R"("app{i}")"},
      {"faults.blocks", R"({ "every": 509 })"},
      {"expect.verdict", R"([ "DEADLOCK", "STALL" ])"},
      {"expect.circle", R"([ "verity.recheck_pool" ])"},
      {"tasks.name", R"("writer")"},
      {"tasks.steps", R"([ { "take": "pool" }, { "give": "pool" } ])"},
      {"targets.roles", R"([ "leg0", "leg1" ])"},
      {"targets.resources", R"({ "pages": { "mempool": 1 }, "lock": { "mutex": true } })"},
      {"targets.flows", R"({ "read": [ { "submit": "leg0", "op": "read" } ] })"},
      {"steps.else", R"([ { "finish": "error" } ])"},
      {"steps.if_zero", R"([ { "broadcast": "done" } ])"},
      {"steps.fault", R"([ "mismatch" ])"},
      {"steps.weights", R"({ "hit": 9, "miss": 1 })"},
      {"steps.with", R"([ "pool", "pool" ])"},
      {"steps.on", R"({ "error": [ { "finish": "error" } ] })"},
      {"steps.do", R"([ { "spend_us": 1 } ])"},
  };
  return examples;
}

/// TIMED and VERIFYING stand for the targets that are so: no file but theirs calls them by their names.
std::string with_targets(std::string text) {
  const auto put = [&](std::string_view word, bool models::TargetTraits::*trait) {
    const std::size_t at = text.find(word);
    if (at == std::string::npos) return;
    for (const models::TargetDescription& target : models::target_registry()) {
      if (target.traits.*trait) return void(text.replace(at, word.size(), target.id));
    }
  };
  put("TIMED", &models::TargetTraits::takes_time);
  put("VERIFYING", &models::TargetTraits::verifies);
  return text;
}

std::string example(const std::string& section, const Parameter& of) {
  const auto& written = written_examples();
  if (const auto found = written.find(section + "." + of.name); found != written.end())
    return with_targets(found->second);
  if (!of.default_text.empty()) return of.default_text;
  switch (of.type) {
    case ParameterType::boolean:
      return "true";
    case ParameterType::integer:
      return fmt::format("{}", static_cast<std::int64_t>(std::max(of.minimum, std::min(of.maximum, 16.0))));
    case ParameterType::number:
      return models::plain_number(std::max(of.minimum, std::min(of.maximum, 1.0)));
    case ParameterType::choice:
      return fmt::format("\"{}\"", of.choices.front());
    case ParameterType::device:
      return R"("sda")";
    case ParameterType::device_list:
      return R"([ "sda", "sdb" ])";
    case ParameterType::segments:
      return R"([ { "to": "sda", "size_sectors": 65536, "start_sectors": 2048 } ])";
    case ParameterType::fec:
      return R"({ "device": "parity", "roots": 2 })";
    default:
      throw std::logic_error(fmt::format("the key {} of {} has no example: format_markdown.cpp", of.name, section));
  }
}

std::string kind_of(const Parameter& of) {
  const auto range = [&](std::string_view what) {
    std::string unit = of.unit.empty() ? std::string() : " " + of.unit;
    return fmt::format("{}, {} to {}{}{}", what, models::plain_number(of.minimum), models::plain_number(of.maximum),
                       unit, of.power_of_two ? ", a power of two" : "");
  };
  switch (of.type) {
    case ParameterType::boolean:
      return "true or false";
    case ParameterType::integer:
      return range("whole number");
    case ParameterType::number:
      return range("number");
    case ParameterType::choice: {
      std::vector<std::string> quoted;
      for (const std::string& choice : of.choices) quoted.push_back("\"" + choice + "\"");
      return fmt::format("one of {}", fmt::join(quoted, ", "));
    }
    case ParameterType::device:
      return "name of a device";
    case ParameterType::device_list:
      return "list of names of devices";
    case ParameterType::segments:
      return "list of segments";
    case ParameterType::fec:
      return "object";
    case ParameterType::text:
      return "text";
    case ParameterType::text_list:
      return "list of texts";
    case ParameterType::steps:
      return "list of steps";
    case ParameterType::custom:
      return {};
  }
  return {};
}

/// "- `cpus`: CPUs. (whole number, 1 to 512; default 8)", and an example on a line of its own.
std::string key_line(const std::string& section, const Parameter& of) {
  std::string kind = kind_of(of);
  if (of.required) kind = kind.empty() ? "required" : "required, " + kind;
  std::string facts = kind;
  if (!of.default_text.empty()) facts += fmt::format("{}default {}", facts.empty() ? "" : "; ", of.default_text);
  if (!of.default_from.empty()) facts += fmt::format("{}default: as `{}`", facts.empty() ? "" : "; ", of.default_from);
  if (!of.unmodelled_values.empty()) {
    facts += fmt::format("{}not modelled: {}", facts.empty() ? "" : "; ", fmt::join(of.unmodelled_values, ", "));
  }
  std::string text = fmt::format("`{}`: {}.", of.name, of.help);
  if (!facts.empty()) text += fmt::format(" ({})", facts);
  return folded(text, markdown_width, "- ", "  ") +
         fmt::format("  Example: `\"{}\": {}`\n", of.name, example(section, of));
}

std::string keys(const std::string& section, const KeyTable& table) {
  std::string out;
  for (const Parameter& of : table) out += key_line(section, of);
  return out + "\n";
}

std::string paragraph(const std::string& text) {
  return folded(text, markdown_width, "", "") + "\n";
}

std::string heading(std::string_view text) {
  return fmt::format("## {}\n\n", text);
}

std::string pools_of_a_target(const models::TargetDescription& target) {
  std::string out = "Pools, as `reserve`, `sharing` and `fails` name them:\n\n";
  for (const models::PoolDescription& pool : models::pools_of(target)) {
    const std::string client = pool.is_client ? fmt::format(" (stands for {0}.pool and {0}.bios)", pool.name) : "";
    out += folded(fmt::format("`{}`{}: {}; size: {}{}", pool.name, client, pool.holds, pool.sized_by,
                              pool.machine_wide ? "; one for the whole machine" : ""),
                  markdown_width, "- ", "  ");
  }
  return out + "\n";
}

std::string targets_text() {
  std::string out = heading("Targets");
  out += paragraph(
      "The keys of a device beside those above, by its `target`. `dmstall show TARGET` prints the same with what the "
      "model leaves out.");
  for (const models::TargetDescription& target : models::target_registry()) {
    if (!target.modelled) continue;
    out += fmt::format("### {}\n\n", target.id);
    out += paragraph(fmt::format("{}. Source: {}.", target.about, target.source));
    out += keys(target.id, target.parameters);
    if (!models::pools_of(target).empty()) out += pools_of_a_target(target);
  }
  return out;
}

std::string sharing_section() {
  std::string out = heading("sharing");
  out += paragraph(
      "Which devices have one pool together. Absent: as the kernel has it, every device its own. `\"target.pool\"`: "
      "`\"device\"` (each its own), `\"module\"` (all devices of the target have one) or a group. The pools of a "
      "scenario's own target are shared in the same way.");
  out += keys("sharing", models::sharing_group_keys());
  out += "Or one name for a proposal about dm-verity:\n\n";
  for (const auto& [name, pools] : models::sharing_presets()) {
    out += folded(fmt::format("`\"{}\"`: {}", name,
                              pools.empty() ? std::string("nothing is shared")
                                            : fmt::format("{} for the whole module", fmt::join(pools, ", "))),
                  markdown_width, "- ", "  ");
  }
  return out + "\n";
}

std::string resources_section() {
  std::string out = heading("resources");
  out += paragraph("What tasks and own targets take and give. A name, and one of these forms with its options.");
  for (const models::ResourceForm& form : models::resource_forms()) {
    std::vector<std::string> options;
    for (const Parameter& of : form.options)
      options.push_back(fmt::format("`{}` (default {}): {}", of.name, of.default_text, of.help));
    const char* value = form.value == ParameterType::boolean   ? "true"
                        : form.value == ParameterType::integer ? "4"
                                                               : R"({ "max_active": 1 })";
    out += folded(
        fmt::format("`{}`: {}; who waits sleeps in {}.{}{} Example: `\"r\": {{ \"{}\": {} }}`", form.key, form.help,
                    form.wait_function, options.empty() ? "" : " Options: ",
                    options.empty() ? std::string() : fmt::format("{}.", fmt::join(options, "; ")), form.key, value),
        markdown_width, "- ", "  ");
  }
  out += "\nA `workqueue` has keys of its own:\n\n" + keys("workqueue", models::workqueue_keys());
  return out;
}

std::string value_of(const models::Verb& verb) {
  using models::VerbValue;
  switch (verb.value) {
    case VerbValue::resource:
      return "\"r\"";
    case VerbValue::steps:
      return "[ … ]";
    case VerbValue::just_true:
      return "true";
    case VerbValue::task:
      return "\"child\"";
    case VerbValue::microseconds:
      return "20";
    case VerbValue::status:
      return "\"error\"";
    case VerbValue::branches:
      return R"({ "hit": [], "miss": [ … ] })";
    case VerbValue::role:
      return "\"below\"";
    case VerbValue::ending:
      return "\"panic\"";
  }
  return {};
}

std::string steps_section() {
  std::string out = heading("steps");
  out += paragraph(
      "What a task, or a flow of an own target, does, in order. One verb in each step; `scenarios/TARGETS.md` says "
      "which "
      "call of the kernel each stands for. On every path what is taken is given, and what runs in no thread (after "
      "`detach` or the first `submit`, before `enter`) must not wait: a file that does not keep to that is refused at "
      "the step.");
  for (const models::Verb& verb : models::verbs()) {
    std::string of;
    if (!verb.resources.empty()) of = fmt::format(" (a {})", fmt::join(verb.resources, ", "));
    out += folded(fmt::format("`{}`{}: {}.{} Example: `{{ \"{}\": {} }}`", verb.name, of, verb.help,
                              verb.in_target_only ? " Only in flows of own targets." : "", verb.name, value_of(verb)),
                  markdown_width, "- ", "  ");
    for (const Parameter& option : verb.options) {
      std::string line = key_line("steps", option);
      std::string indented;
      std::size_t at = 0;
      while (at < line.size()) {
        const std::size_t end = line.find('\n', at);
        indented += "  " + line.substr(at, end - at) + "\n";
        at = end + 1;
      }
      out += indented;
    }
  }
  return out + "\n";
}

std::string workload_section() {
  std::string out = heading("workload");
  std::vector<std::string> verbs;
  for (const std::string& verb : models::workload_verbs()) verbs.push_back("`" + verb + "`");
  out += paragraph(fmt::format(
      "Who uses the devices: a list of items with one verb each, which names the device: {}. With \"repeat\" one entry "
      "stands for many: {{i}} in its texts is replaced by a number.",
      fmt::join(verbs, ", ")));
  out += keys("workload", models::workload_keys());
  out += paragraph("A dmsetup command beside the I/O has the verb `admin`:");
  return out + keys("admin", models::admin_keys());
}

}  // namespace

std::string format_markdown() {
  std::string out = "# The scenario format, version 1\n\n";
  out += paragraph(
      "Made by `dmstall schema --format markdown` from the tables that the reader uses; a test compares it. A scenario "
      "is strict JSON: no comments, no key twice, and every key that is not listed here is refused with its place and "
      "a "
      "suggestion. Editors know the same from `scenario.schema.json`. A sector is 512 B.");
  out += heading("A scenario") + keys("a scenario", models::top_level_keys());
  out += heading("kernel");
  out += paragraph("The machine. `dmstall show releases` prints the releases and the changes by name.");
  out += keys("kernel", models::kernel_keys());
  out += heading("devices");
  out += paragraph("A list, in any order. Every device has these keys, and those of its target.");
  out += keys("devices", models::device_keys());
  out += targets_text();
  out += heading("segments");
  out += paragraph(
      "Of `linear`: the ranges one after the other. Tables count sectors; each value is written once, in MiB or in "
      "sectors.");
  out += keys("segments", models::segment_keys());
  out += heading("fec") + paragraph("Of `verity`: error correction.") + keys("fec", models::fec_keys());
  out += sharing_section();
  out += workload_section();
  out += heading("memory");
  out += paragraph(
      "What allocations may do. Absent: any allocation may fail at any time, which is the hardest question and the "
      "default of the search.");
  out += keys("memory", models::memory_keys());
  out += heading("hog") + paragraph("Of accounted memory.") + keys("hog", models::hog_keys());
  out += heading("faults");
  out += paragraph(
      "`\"any\"` (the default: whatever can be wrong may be wrong), `[]` (nothing is), or a list of these. They repeat "
      "as workload items do.");
  out += keys("faults", models::fault_keys());
  out += heading("bounds") + paragraph("How far a search or a run goes. Options of the same name go before them.");
  out += keys("bounds", models::bounds_keys());
  out += heading("expect");
  out +=
      paragraph(fmt::format("What must come out; `dmstall check` fails otherwise. With the releases {} as keys each "
                            "has such an object of its own.",
                            fmt::join(models::release_names(), ", ")));
  out += keys("expect", models::expect_keys());
  out += resources_section();
  out += heading("tasks");
  out += paragraph("Threads written as steps, without any device.");
  out += keys("tasks", models::task_keys());
  out += heading("targets");
  out += paragraph(
      "Targets that the scenario defines itself: `\"targets\": { \"name\": { … } }`. A device of one names the lower "
      "devices by its roles, and has a copy of the resources for itself, which `reserve` sizes, `sharing` shares and "
      "`fails` refuses, beside `io_bs`, `bs` and `bio_split`, which every device-mapper device has.");
  out += keys("targets", models::target_keys());
  out += steps_section();
  while (out.size() > 1 && out[out.size() - 2] == '\n') out.pop_back();
  return out;
}

}  // namespace dmstall::analysis
