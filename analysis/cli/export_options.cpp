// Options of `dmstall export`.
#include "analysis/cli/commands.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace dmstall::analysis {

Verb add_export(CLI::App& main) {
  struct Options {
    ExportCommand command;
    bool promela = false;
  };
  const auto options = std::make_shared<Options>();
  ExportCommand& command = options->command;
  CLI::App* app = main.add_subcommand("export", "a scenario in the language of another tool");
  app->footer(
      "Examples:\n  dmstall export --promela scenarios/tutorial/01-opposite-orders.json -o model.pml\n"
      "  dmstall export --promela --requests 1 scenarios/seed/shared-pools.json -o model.pml\n"
      "The head of the model says how to run SPIN on it.\n"
      "Exit codes: 0 written, 65 the scenario is refused or cannot be expressed, 64 usage.");
  app->add_option("FILE", command.file, "scenario file")->required();
  app->add_flag("--promela", options->promela, "a Promela model for SPIN: an invalid end state is a deadlock");
  app->add_option("-o,--output", command.output, "write to this file, whole or not at all (default: stdout)");
  app->add_option("--requests", command.requests, "at most so many requests of each class (default: the population a search would have)")
      ->check(CLI::Range(1, 254));
  return {app, [options] {
            if (!options->promela) throw UsageError("export needs a format: --promela");
            return export_command(options->command);
          }};
}

}  // namespace dmstall::analysis
