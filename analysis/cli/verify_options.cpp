// Options of `dmstall verify`.
#include <CLI/CLI.hpp>
#include <memory>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/help/manual.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::analysis {

Verb add_verify(CLI::App& main) {
  const auto options = std::make_shared<VerifyCommand>();
  CLI::App* app =
      main.add_subcommand("verify", "check a proof: that its certificate shows that nobody can be stuck for ever");
  document(*app, {{"dmstall verify p.json", "dmstall verify --scenario copy-of/per-device-pools.json p.json"},
                  "Checks a certificate that `dmstall run --proof p.json` wrote, with code of its own:\nthat it shows "
                  "that nobody can be stuck for ever.",
                  "Exit codes: 0 it proves what it claims, 65 it or its scenario was changed, 21 nobody\nchanged it "
                  "and it proves nothing, 20 above a bound of time or memory."});
  app->add_option("CERTIFICATE", options->certificate, "a certificate of a proof")->required();
  app->add_option("--scenario", options->scenario,
                  "where the scenario is now (default: where it was, or beside the certificate)")
      ->type_name("FILE");
  add_bounds(*app, options->bounds);
  return {app, [options] { return verify_command(*options); }};
}

}  // namespace dmstall::analysis
