// Options of `dmstall check`.
#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <string>

#include "analysis/batch/processes.hpp"
#include "analysis/cli/commands.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::analysis {

Verb add_check(CLI::App& main) {
  struct Options {
    CheckCommand command;
    std::string format = "text";
  };
  const auto options = std::make_shared<Options>();
  CheckCommand& check = options->command;
  check.options.parallel = default_parallel();
  CLI::App* app = main.add_subcommand("check", "run scenarios and compare what is found with what they expect");
  // The list of verbs shows one line of this; only the verb's own help has room for more.
  app->preparse_callback([app](std::size_t) {
    app->description(
        "Examples:\n"
        "  dmstall check scenarios/\n"
        "  dmstall check --format junit --output report.xml 'scenarios/**/*-shared-*.json'\n\n"
        "Runs scenarios, each in a process of its own, and compares what is found with their \"expect\";\n"
        "one that expects nothing must make PROGRESS.");
  });
  app->footer(
      "Exit codes: 0 all passed, 1 not as expected or out of time, 21 engines disagree, 64 usage,\n"
      "65 a file was refused, 66 nothing matched, 70 dmstall crashed, 130 interrupted.");
  app->add_option("PATH", check.paths, "scenario files, folders (all *.json below), quoted patterns with * ? [ ] **")
      ->required();
  app->add_option("--filter", check.filters,
                  "only paths with this part or pattern; with ! in front: not those; may repeat")
      ->allow_extra_args(false);
  app->add_option("-j,--jobs", check.options.parallel, "scenarios at once (default: processors)")
      ->check(CLI::Range(1, 4096));
  app->add_option("--timeout", check.options.timeout_s, "wall seconds for one scenario (default 300)")
      ->check(CLI::Range(1e-3, 1e9));
  app->add_option("--seed", check.options.seed, "seed of the schedules, the adversary and the faults (default 1)")
      ->check(CLI::Range(0.0, 1.8e19));
  app->add_flag("-q,--quiet", check.quiet, "failures and the summary only");
  app->add_option("--format", options->format, "text, junit or json")->check(CLI::IsMember({"text", "junit", "json"}));
  app->add_option("--output", check.output,
                  "write the report to this file, whole or not at all; with junit and json the text goes to stdout");
  return {app, [options] {
            using Format = CheckCommand::Format;
            const std::map<std::string, Format> formats{
                {"text", Format::text}, {"junit", Format::junit}, {"json", Format::json}};
            options->command.format = formats.at(options->format);
            return check_command(options->command);
          }};
}

}  // namespace dmstall::analysis
