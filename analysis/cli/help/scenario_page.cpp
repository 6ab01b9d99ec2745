// dmstall-scenario.5: the format of scenario files in man(7) macros, from the tables that the reader uses.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/cli/help/format_keys.hpp"
#include "analysis/cli/help/man_text.hpp"
#include "analysis/cli/help/manual.hpp"
#include "models/scenario/target_description.hpp"

namespace dmstall::analysis {

namespace {

std::string key_entry(const FormatKey& key) {
  std::string out = fmt::format(".TP\n{}\n{}.\n", man_bold(key.name()), man_escaped(key.help));
  out += fmt::format("Takes {}{}.\n", man_escaped(key.value), key.required ? "; required" : "");
  if (!key.preset.empty()) out += fmt::format("Default: {}.\n", man_escaped(key.preset));
  if (!key.refused.empty())
    out += man_escaped(fmt::format("Not modelled yet: {}.", fmt::join(key.refused, ", "))) + "\n";
  return out;
}

std::string object_section(const FormatObject& object) {
  const std::string title = object.path.empty() ? "top level" : object.path;
  std::string out = fmt::format(".SS {}\n{}\n", man_bold(title), man_escaped(object.about));
  for (const FormatKey& key : object.keys) out += key_entry(key);
  return out;
}

}  // namespace

std::string scenario_man_page(const CommandLine& all) {
  std::string out = fmt::format(".TH DMSTALL\\-SCENARIO 5 \"\" \"{}\" \"File Formats\"\n", man_escaped(all.version));
  out +=
      ".SH NAME\ndmstall\\-scenario \\- stacks of block devices and pressure on memory, for dmstall\n.SH DESCRIPTION\n";
  out +=
      man_escaped(
          "A scenario is a JSON object: the devices of a stack, who uses them, what memory allocations may do, and "
          "what "
          "may be wrong on the disks. Unknown keys, keys that are there twice, names of nothing and values out of "
          "range are refused with their line and column.") +
      "\n.PP\n" +
      man_escaped(
          "Names of devices, pools and tasks are texts without spaces, quotes and wildcards. Sizes and times "
          "have their unit in their name: latency_us, size_mib.") +
      "\n.SH EXAMPLE\n.nf\n" +
      man_escaped(
          "{ \"format\": 1,\n  \"devices\": [\n    { \"name\": \"d\", \"target\": \"disk\" },\n    { \"name\": \"l\", "
          "\"target\": \"linear\", \"to\": \"d\" } ],\n  \"workload\": [ { \"write\": \"l\", \"count\": 100, "
          "\"in_flight\": 4 } ],\n  \"memory\": { \"allocator\": \"adversary\" },\n  \"expect\": { \"verdict\": "
          "\"PROGRESS\" } }\n") +
      ".fi\n.SH KEYS\n";
  std::string targets;
  for (const FormatObject& object : format_objects())
    (models::find_target(object.path) == nullptr ? out : targets) += object_section(object);
  return out + ".SH TARGETS\n" + targets + ".SH SEE ALSO\n" + man_bold("dmstall") + "(1)\n";
}

}  // namespace dmstall::analysis
