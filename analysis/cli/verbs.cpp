#include "analysis/cli/verbs.hpp"

#include <fmt/format.h>

#include "analysis/version.hpp"

namespace dmstall::analysis {

const CommandLine& command_line() {
  static CommandLine all;
  if (!all.verbs.empty()) return all;
  all.version = fmt::format("dmstall {} (models Linux {})", program_version(), modelled_kernels());
  all.examples = {"dmstall run scenarios/seed/shared-pools.json",
                  "dmstall check --format junit --output report.xml scenarios/"};
  all.text = "Can this stack of block devices stall for want of memory, and if so, how?";
  all.notes =
      "Exit codes: 0 progress, 10 deadlock, 11 stall, 12 livelock or starvation, 20 inconclusive, 21 engines disagree, "
      "64 usage, 65 bad scenario, 66 nothing matched, 70 internal error or output lost, 130 interrupted.";
  all.verbs = {run_verb(),   check_verb(),  compare_verb(), size_verb(),   replay_verb(), verify_verb(),
               audit_verb(), export_verb(), show_verb(),    schema_verb(), help_verb(all)};
  return all;
}

}  // namespace dmstall::analysis
