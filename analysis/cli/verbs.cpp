#include "analysis/cli/verbs.hpp"

#include <fmt/format.h>

#include "analysis/cli/help/exit_codes.hpp"
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
      exit_codes_in_brief() +
      "\nMore: `dmstall help TOPIC`, such as circle, memory, verity, memory.allocator, 12; `dmstall help topics` "
      "lists them.";
  all.verbs = {run_verb(),   check_verb(),  compare_verb(), size_verb(),   replay_verb(), verify_verb(),
               audit_verb(), export_verb(), show_verb(),    schema_verb(), doctor_verb(), help_verb(all)};
  return all;
}

}  // namespace dmstall::analysis
