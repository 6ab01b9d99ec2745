// Options of `dmstall replay`.
#include "analysis/cli/commands.hpp"
#include "analysis/cli/verbs.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace dmstall::analysis {

Verb add_replay(CLI::App& main) {
  const auto options = std::make_shared<ReplayCommand>();
  CLI::App* app = main.add_subcommand("replay", "walk the steps of a witness again and report the stuck set they end in");
  app->footer(
      "Examples:\n  dmstall run --engine explore --witness w.json scenarios/seed/shared-pools.json; dmstall replay w.json\n"
      "  dmstall replay --scenario copy-of/shared-pools.json --steps w.json\n\n"
      "Exit codes: that of the run which wrote the witness; 65 when the witness or its scenario was changed.");
  app->add_option("WITNESS", options->witness, "a file that `dmstall run --witness` wrote")->required();
  app->add_option("--scenario", options->scenario, "where the scenario is now (default: where it was, or beside the witness)");
  app->add_flag("--steps", options->steps, "print every step");
  return {app, [options] { return replay_command(*options); }};
}

}  // namespace dmstall::analysis
