// Options of `dmstall show` and `dmstall schema`.
#include "analysis/cli/commands.hpp"
#include "analysis/cli/verbs.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace dmstall::analysis {

Verb add_show(CLI::App& main) {
  const auto shown = std::make_shared<std::string>();
  CLI::App* app = main.add_subcommand("show", "flows and pools of a scenario, or the parameters of a target");
  app->add_option("FILE|TARGET", *shown, "a scenario file, or disk, linear, striped, verity, snapshot, snapshot-origin, filesystem, loop")->required();
  return {app, [shown] { return show_command(*shown); }};
}

Verb add_schema(CLI::App& main) {
  return {main.add_subcommand("schema", "the JSON Schema of scenario files"), schema_command};
}

}  // namespace dmstall::analysis
