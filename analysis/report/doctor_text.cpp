#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/report/doctor_report.hpp"

namespace dmstall::analysis {

namespace {

std::string fact(const std::string& name, const std::string& value) {
  return fmt::format("  {:<28}{}\n", name, value);
}

std::string mib_or(const std::optional<std::int64_t>& mib, const char* otherwise) {
  return mib ? fmt::format("{} MiB", *mib) : otherwise;
}

std::string machine(const Doctor& doctor) {
  std::string out = "machine\n";
  out += fact("processors", fmt::format("{} (--jobs)", doctor.processors));
  out += fact("memory", fmt::format("{} of {} available", mib_or(doctor.available_mib, "an unknown part"),
                                    mib_or(doctor.memory_mib, "an unknown amount")));
  out += fact("limit of the control group", mib_or(doctor.group_limit_mib, "none"));
  out += fact("limit of the process", mib_or(doctor.process_limit_mib, "none"));
  out += fact("bound of a search", fmt::format("{} MiB (--process-memory){}", doctor.search_mib,
                                               doctor.sees_its_memory ? "" : "; not kept: no /proc/self/statm"));
  if (doctor.bound_is_too_high())
    out += fact(
        "", fmt::format("more than there is: --process-memory {}", std::max<std::int64_t>(*doctor.usable_mib(), 64)));
  out += fact("temporary files",
              doctor.temporary.empty() ? "MISSING: no folder that can be written (TMPDIR)" : doctor.temporary);
  out += fact("terminal",
              doctor.columns ? fmt::format("{} columns, {}", *doctor.columns, doctor.colours ? "colours" : "no colours")
                             : "none on stdout: no colours, no progress lines");
  return out;
}

std::string installation(const Doctor& doctor) {
  std::string out = "installation\n" + fact("program", doctor.program);
  for (const InstalledPart& part : doctor.installed)
    out += fact(part.name, part.path.empty() ? "not there" : part.path);
  return out;
}

std::string features_of(const Doctor& doctor, NeededBy by, const char* title) {
  std::string out = fmt::format("{}\n", title);
  for (const FoundFeature& each : doctor.features) {
    if (each.feature.by != by) continue;
    out +=
        fmt::format("  {} {:<26}{}\n", each.complete() ? "ok     " : "MISSING", each.feature.name, each.feature.usage);
    std::vector<std::string> missing, packages;
    for (const FoundProgram& program : each.programs) {
      if (!program.path.empty()) continue;
      missing.push_back(program.program.name);
      if (std::find(packages.begin(), packages.end(), program.program.package) == packages.end())
        packages.push_back(program.program.package);
    }
    if (!missing.empty())
      out += fmt::format("          no {}: apt install {}\n", fmt::join(missing, ", "), fmt::join(packages, " "));
  }
  return out;
}

}  // namespace

std::string doctor_text(const Doctor& doctor, bool) {
  return fmt::format("dmstall {} (models Linux {})\n\n", doctor.version, doctor.kernels) + machine(doctor) + "\n" +
         installation(doctor) + "\n" + features_of(doctor, NeededBy::command, "started by dmstall") + "\n" +
         features_of(doctor, NeededBy::output, "for what dmstall writes") + "\n" +
         features_of(doctor, NeededBy::source, "for the source only") + "\n" +
         (doctor.well() ? "All that commands of dmstall need is there.\n"
                        : "Something that a command of dmstall needs is missing: see MISSING above.\n");
}

}  // namespace dmstall::analysis
