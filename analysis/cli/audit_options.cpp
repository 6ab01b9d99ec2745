// Options of `dmstall audit`.
#include <memory>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/shared_options.hpp"
#include "analysis/cli/sorted.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::analysis {

Verb audit_verb() {
  const auto audit = std::make_shared<AuditCommand>();
  Verb verb{
      .name = "audit",
      .about = "hold recorded traces of a kernel against the models",
      .examples = {"dmstall audit tests/traces/6.12/verity-ignore-read.trace",
                   "dmstall audit --scenario my-stack.json --release 6.12 my.trace"},
      .text =
          "Holds traces of a running kernel against the model of their scenario: each event is a step of the model, "
          "left out of it with a reason, outside the I/O path, or unexplained. Then the steps that no trace showed, "
          "what would reach them, and why no recording of dmstall shows them, where none does. Of a recording of "
          "sleepers: whether some schedule gets stuck where threads slept, and who else slept. "
          "tests/traces/README.md says how a stack is recorded, also one of your own on a kernel of your own.",
      .exit_codes =
          "0 nothing is unexplained, 1 something is, or no schedule ends where threads slept, 65 a trace or its "
          "scenario is refused, 66 the traces hold no event, 20 above a bound of time or memory",
      .run = [audit] { return audit_command(*audit); },
  };
  verb.add({{.names = {"FILE"},
             .about = "recorded traces",
             .into = &audit->files,
             .takes = Takes::words,
             .path = true,
             .required = true},
            {.names = {"--scenario"},
             .value = "FILE",
             .about = "what the traces are about (default: the scenario that each names)",
             .into = &audit->scenario,
             .path = true},
            release_option(audit->release),
            {.names = {"--format"},
             .value = "FORMAT",
             .about = "report (default: text)",
             .into = [audit](const std::string& name) { audit->format = find_format(audit_formats(), name); },
             .choices = sorted(names_of(audit_formats()))},
            {.names = {"--details"},
             .about = "every event with what explains it, and every step",
             .into = &audit->details,
             .excludes = {"--functions"}},
            {.names = {"--functions"},
             .about = "the files are scenarios: the kernel functions that their models name, for a recorder",
             .into = &audit->functions}});
  verb.add(process_options(audit->bounds));
  return verb;
}

}  // namespace dmstall::analysis
