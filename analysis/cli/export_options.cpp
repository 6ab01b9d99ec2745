// Options of `dmstall export`.
#include <memory>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/shared_options.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::analysis {

Verb export_verb() {
  struct Options {
    ExportCommand command;
    bool promela = false;
  };
  const auto options = std::make_shared<Options>();
  ExportCommand& command = options->command;
  Verb verb{
      .name = "export",
      .about = "a scenario in the language of another tool",
      .examples = {"dmstall export --promela -o model.pml scenarios/tutorial/01-opposite-orders.json",
                   "dmstall export --promela --requests 1 scenarios/tutorial/05-verity-over-verity.json"},
      .text =
          "Writes a scenario in the language of another tool. The head of a Promela model says how to run SPIN on "
          "it.",
      .exit_codes =
          "0 written, 65 the scenario is refused or cannot be expressed, 64 usage, 20 above a bound of time "
          "or memory",
      .run =
          [options] {
            if (!options->promela) throw UsageError("export needs a format: --promela");
            return export_command(options->command);
          },
  };
  verb.add({{.names = {"FILE"}, .about = "scenario file", .into = &command.file, .path = true, .required = true},
            release_option(command.release),
            {.names = {"--promela"},
             .about = "a Promela model for SPIN: an invalid end state is a deadlock",
             .into = &options->promela},
            {.names = {"-o", "--output"},
             .value = "FILE",
             .about = "write to this file, whole or not at all (default: stdout)",
             .into = &command.output,
             .path = true},
            {.names = {"--requests"},
             .value = "N",
             .about = "at most so many requests of each class (default: the population a search would have)",
             .into = &command.requests,
             .range = {{1, 254}}}});
  verb.add(process_options(command.bounds));
  return verb;
}

}  // namespace dmstall::analysis
