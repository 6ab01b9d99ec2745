#include <CLI/CLI.hpp>

#include "analysis/cli/verbs.hpp"
#include "models/kernel/release/release.hpp"

namespace dmstall::analysis {

void add_release(CLI::App& app, std::string& release) {
  app.add_option("--release", release, "Linux release to run on, whichever the scenario names")
      ->check(CLI::IsMember(models::release_names()));
}

}  // namespace dmstall::analysis
