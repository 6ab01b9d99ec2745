// Options of `dmstall size`.
#include "analysis/cli/commands.hpp"
#include "analysis/cli/help/manual.hpp"
#include "analysis/cli/fail_on.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <memory>

namespace dmstall::analysis {

namespace {

}  // namespace

Verb add_size(CLI::App& main) {
  struct Options {
    SizeCommand command;
    std::string format = "text", engine;
    std::vector<std::string> fail_on;
  };
  const std::map<std::string, TableFormat> formats = {
      {"text", TableFormat::text}, {"markdown", TableFormat::markdown}, {"csv", TableFormat::csv}, {"json", TableFormat::json}};
  const auto options = std::make_shared<Options>();
  SizeCommand& size = options->command;
  CLI::App* app = main.add_subcommand("size", "which sizes of a pool are safe, and what they cost");
  document(*app, {{"dmstall size scenarios/sizing/linear-3-flush.json", "dmstall size --pool G --range 1..6 scenarios/sizing/gate-safe-again.json"},
                  "Asks every size of a range on its own: a size between two safe ones may deadlock, and\nraising a pool that throttles entry may be what makes "
                  "the next one run dry. Says what\neach costs, and whether a proof covers all larger ones.",
                  "Exit codes: 0 every size has a verdict, 20 one has none, 64 usage, 65 a file that is\nrefused; with --fail-on that of the verdict (DEADLOCK: 10)."});
  app->add_option("FILE", size.file, "scenario file")->required();
  app->add_option("--pool", size.pool, "a pool as reports print it (verity.recheck_pool, lower.io_client), or a resource of tasks. Default: reserved_bio_based_ios");
  app->add_option("--range", size.range, "sizes, such as 1..16,32 or 0..64:16. Default: 1..16 and the size in the file");
  app->add_option("--from", size.from, "first size of the range")->check(CLI::Range(0, 9'999'999))->excludes("--range");
  app->add_option("--to", size.to, "last size of the range")->check(CLI::Range(0, 9'999'999))->excludes("--range");
  app->add_option("--engine", options->engine, "prove, explore or all: a proof, else a search of every schedule (default: all)")->check(CLI::IsMember({"prove", "explore", "all"}));
  app->add_option("-j,--jobs", size.parallel, "sizes asked at the same time (default: one per processor)")->check(CLI::Range(1, 4096));
  app->add_option("--format", options->format, "text, markdown, csv or json")->check(CLI::IsMember(formats));
  app->add_option("--output", size.output, "write the table to this file, whole or not at all");
  app->add_option("--fail-on", options->fail_on, "verdicts that set the exit code, such as deadlock,stall")->delimiter(',')->allow_extra_args(false);
  app->add_option("--states", size.states, "states after which the search of a size is inconclusive (default 5 million)")->check(CLI::PositiveNumber);
  app->add_option("--seconds", size.seconds, "seconds after which the search of a size is inconclusive (default 60)")->check(CLI::PositiveNumber);
  app->add_option("--memory", size.memory_mib, "MiB of states after which it is inconclusive (default 4096)")->check(CLI::PositiveNumber);
  app->add_option("--timeout", size.timeout_s, "seconds of wall time after which a size is inconclusive (default: none)")->check(CLI::Range(1e-3, 1e9));
  return {app, [options, formats] {
            SizeCommand& command = options->command;
            command.format = formats.at(options->format);
            if (!options->engine.empty()) command.engine = engine_from(options->engine);
            for (const std::string& name : options->fail_on) command.fail_on.push_back(failing_verdict(name));
            return size_command(command);
          }};
}

}  // namespace dmstall::analysis
