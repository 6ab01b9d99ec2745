// Options of `dmstall show` and `dmstall schema`.
#include <CLI/CLI.hpp>
#include <memory>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/help/manual.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::analysis {

Verb add_show(CLI::App& main) {
  const auto options = std::make_shared<ShowCommand>();
  CLI::App* app = main.add_subcommand("show", "flows and pools of a scenario, parameters of a target, or releases");
  document(*app, {{"dmstall show verity", "dmstall show --sharing scenarios/seed/shared-pools.json"},
                  "Of a target: its parameters and pools. Of a scenario: which pool serves which level of\nthe stack "
                  "and which waits go up it, "
                  "the resources, every flow step by step with the\nkernel functions, and the memory in reserve. "
                  "releases: the Linux releases that the models\nfollow, and the changes that a scenario switches.",
                  "Exit codes: 0 shown, 65 the scenario is refused, 20 above a bound of time or memory."});
  app->add_option("FILE|TARGET|releases", options->what, "a scenario file, a target such as verity, or releases")
      ->required();
  add_release(*app, options->release);
  CLI::Option* sharing =
      app->add_flag("--sharing", options->sharing, "only levels, shared pools and the order of waits");
  app->add_flag("--dot", options->dot, "the waits as a graph for Graphviz: dot -Tsvg")->excludes(sharing);
  app->add_flag("--bytes", options->bytes, "reserved memory and the sizes it rests on, each with its source")
      ->excludes(sharing);
  app->add_flag("--json", options->json, "reserved memory as JSON")->needs("--bytes");
  app->add_option("--arch", options->architecture, "amd64 (default) or arm64, both compiled")->needs("--bytes");
  app->add_option("--page-kib", options->page_kib, "page size: 4, and for arm64 16 or 64")
      ->needs("--bytes")
      ->check(CLI::PositiveNumber);
  add_bounds(*app, options->bounds);
  return {app, [options] { return show_command(*options); }};
}

Verb add_schema(CLI::App& main) {
  CLI::App* app = main.add_subcommand("schema", "the JSON Schema of scenario files");
  document(*app, {{"dmstall schema > scenario.schema.json", "dmstall schema | jq '.properties.memory'"},
                  "Prints the JSON Schema of scenario files, made of the tables that the reader uses. An\neditor that "
                  "knows it completes and explains keys: "
                  "\"$schema\" in a scenario names it.",
                  ""});
  return {app, schema_command};
}

}  // namespace dmstall::analysis
