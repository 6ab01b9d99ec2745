// Options of `dmstall replay`.
#include <CLI/CLI.hpp>
#include <memory>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/help/manual.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::analysis {

Verb add_replay(CLI::App& main) {
  const auto options = std::make_shared<ReplayCommand>();
  CLI::App* app =
      main.add_subcommand("replay", "walk the steps of a witness again and report the stuck set they end in");
  document(*app, {{"dmstall replay w.json", "dmstall replay --scenario copy-of/shared-pools.json --steps w.json"},
                  "Walks the steps of a witness that `dmstall run --witness w.json` wrote again, and\nreports the "
                  "stuck set they end in.",
                  "Exit codes: that of the run which wrote the witness; 65 when the witness or its\nscenario was "
                  "changed, 20 above a bound of time or memory."});
  app->add_option("WITNESS", options->witness, "a file that `dmstall run --witness` wrote")->required();
  app->add_option("--scenario", options->scenario,
                  "where the scenario is now (default: where it was, or beside the witness)")
      ->type_name("FILE");
  app->add_flag("--steps", options->steps, "print every step");
  add_bounds(*app, options->bounds);
  return {app, [options] { return replay_command(*options); }};
}

}  // namespace dmstall::analysis
