// Options of `dmstall verify`.
#include "analysis/cli/commands.hpp"
#include "analysis/cli/verbs.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace dmstall::analysis {

Verb add_verify(CLI::App& main) {
  const auto options = std::make_shared<VerifyCommand>();
  CLI::App* app = main.add_subcommand("verify", "check a proof: that its certificate shows that nobody can be stuck for ever");
  app->footer(
      "Examples:\n  dmstall verify proof.json\n  dmstall verify --scenario copy-of/per-device-pools.json proof.json\n\n"
      "Exit codes: 0 when the certificate proves what it claims; 65 when it or its scenario was changed; 21 when nobody\n"
      "changed it and it proves nothing.");
  app->add_option("CERTIFICATE", options->certificate, "a certificate of a proof")->required();
  app->add_option("--scenario", options->scenario, "where the scenario is now (default: where it was, or beside the certificate)");
  return {app, [options] { return verify_command(*options); }};
}

}  // namespace dmstall::analysis
