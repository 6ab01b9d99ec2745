// Options of `dmstall export`.
#include <CLI/CLI.hpp>
#include <memory>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/help/manual.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::analysis {

Verb add_export(CLI::App& main) {
  struct Options {
    ExportCommand command;
    bool promela = false;
  };
  const auto options = std::make_shared<Options>();
  ExportCommand& command = options->command;
  CLI::App* app = main.add_subcommand("export", "a scenario in the language of another tool");
  document(
      *app,
      {{"dmstall export --promela -o model.pml scenarios/tutorial/01-opposite-orders.json",
        "dmstall export --promela --requests 1 scenarios/tutorial/05-verity-over-verity.json"},
       "Writes a scenario in the language of another tool. The head of a Promela model says\nhow to run SPIN on it.",
       "Exit codes: 0 written, 65 the scenario is refused or cannot be expressed, 64 usage,\n20 above a bound of time "
       "or memory."});
  app->add_option("FILE", command.file, "scenario file")->required();
  add_release(*app, command.release);
  app->add_flag("--promela", options->promela, "a Promela model for SPIN: an invalid end state is a deadlock");
  app->add_option("-o,--output", command.output, "write to this file, whole or not at all (default: stdout)")
      ->type_name("FILE");
  app->add_option("--requests", command.requests,
                  "at most so many requests of each class (default: the population a search would have)")
      ->check(CLI::Range(1, 254));
  add_bounds(*app, command.bounds);
  return {app, [options] {
            if (!options->promela) throw UsageError("export needs a format: --promela");
            return export_command(options->command);
          }};
}

}  // namespace dmstall::analysis
