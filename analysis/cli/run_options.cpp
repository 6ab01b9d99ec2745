// Options of `dmstall run`.
#include "analysis/cli/commands.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace dmstall::analysis {

Verb add_run(CLI::App& main) {
  struct Options {
    RunCommand command;
    std::string format = "text";
  };
  const auto options = std::make_shared<Options>();
  RunCommand& run = options->command;
  CLI::App* app = main.add_subcommand("run", "simulate scenario files and report progress or deadlock");
  app->footer("Examples:\n  dmstall run scenarios/seed/shared-pools.json\n  dmstall run --seed 3 --trace events.log scenarios/tutorial/03-stall.json");
  app->add_option("FILE", run.files, "scenario files")->required();
  app->add_option("--format", options->format, "text or json")->check(CLI::IsMember({"text", "json"}));
  app->add_option("--seed", run.seed, "seed of the schedule, the adversary and the faults (default 1)")->check(CLI::Range(0.0, 1.8e19));
  app->add_option("--sim-time", run.sim_seconds, "simulated seconds after which the run is inconclusive (default 600)")->check(CLI::Range(1e-9, 1e9));
  app->add_option("--events", run.events, "steps after which the run is inconclusive (default 200 million)")->check(CLI::PositiveNumber);
  app->add_option("--trace", run.trace, "write a readable event log to this file");
  return {app, [options] {
            RunCommand& command = options->command;
            command.json = options->format == "json";
            if (!command.trace.empty() && command.files.size() > 1) throw UsageError("--trace takes one scenario file");
            return run_command(command);
          }};
}

}  // namespace dmstall::analysis
