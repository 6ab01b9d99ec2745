#include "analysis/cli/shared_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "analysis/cli/terminal.hpp"
#include "models/kernel/release/release.hpp"
#include "models/scenario/suggestion.hpp"

namespace dmstall::analysis {

namespace {

/// In the order of help; PROGRESS is no failure.
const std::vector<std::string>& failing_names() {
  static const std::vector<std::string> names = {"deadlock", "stall", "livelock", "starvation", "inconclusive"};
  return names;
}

/// In any case. Throws UsageError for another word than the name of a verdict, and for "progress".
models::VerdictKind failing_verdict(const std::string& name) {
  std::string upper = name;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto verdict = models::verdict_from(upper);
  if (verdict && *verdict != models::VerdictKind::progress) return *verdict;
  const std::string near = models::nearest(name, failing_names());
  throw UsageError(fmt::format("--fail-on takes {}, separated by commas, and not {}{}",
                               fmt::join(failing_names(), ", "), name,
                               near.empty() ? "" : "; did you mean " + near + "?"));
}

}  // namespace

VerbOption release_option(std::string& release) {
  return {.names = {"--release"},
          .value = "RELEASE",
          .about = "Linux release to run on, whichever the scenario names",
          .into = &release,
          .choices = models::release_names()};
}

VerbOption jobs_option(int& parallel, const std::string& about) {
  return {.names = {"-j", "--jobs"}, .value = "N", .about = about, .into = &parallel, .range = {{1, 4096}}};
}

VerbOption process_memory_option(std::int64_t& memory_mib, const std::string& whose) {
  return {.names = {"--process-memory"},
          .value = "MIB",
          .about = "MiB " + whose + " (default 3840)",
          .into = &memory_mib,
          .range = {{64, 1 << 24}}};
}

VerbOption html_option(std::string& file, const std::string& what) {
  return {.names = {"--html"},
          .value = "FILE",
          .about = "write a page to look at there: " + what,
          .into = &file,
          .path = true};
}

VerbOption fail_on_option(std::vector<models::VerdictKind>& fail_on) {
  return {.names = {"--fail-on"},
          .value = "VERDICT,...",
          .about = "verdicts that set the exit code: deadlock,stall,...",
          .into = [&fail_on](const std::string& name) { fail_on.push_back(failing_verdict(name)); },
          .takes = Takes::commas,
          .words = failing_names};
}

std::vector<VerbOption> search_options(const std::string& whose, SearchFlags& bounds) {
  return {{.names = {"--states"},
           .value = "N",
           .about = "states of " + whose + " (default 5 million)",
           .into = &bounds.states,
           .range = above_zero},
          {.names = {"--seconds"},
           .value = "SECONDS",
           .about = "seconds of " + whose + " (default 60)",
           .into = &bounds.seconds,
           .range = above_zero},
          {.names = {"--memory"},
           .value = "MIB",
           .about = "MiB of states of " + whose + " (default 4096)",
           .into = &bounds.memory_mib,
           .range = above_zero}};
}

std::vector<VerbOption> timed_options(std::optional<double>& sim_seconds, std::optional<std::int64_t>& events) {
  return {{.names = {"--sim-time"},
           .value = "SECONDS",
           .about = "simulated seconds of a timed run (default 600)",
           .into = &sim_seconds,
           .range = {{1e-9, 1e9}}},
          {.names = {"--events"},
           .value = "N",
           .about = "steps of a timed run (default 200 million)",
           .into = &events,
           .range = above_zero}};
}

std::vector<VerbOption> process_options(ProcessBounds& bounds) {
  return {{.names = {"--timeout"},
           .value = "SECONDS",
           .about = "wall seconds of all of it (default 55)",
           .into = &bounds.wall_s,
           .range = wall_seconds},
          process_memory_option(bounds.memory_mib, "of this process")};
}

}  // namespace dmstall::analysis
