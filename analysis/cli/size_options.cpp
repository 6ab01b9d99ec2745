// Options of `dmstall size`.
#include <CLI/CLI.hpp>
#include <memory>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/fail_on.hpp"
#include "analysis/cli/help/manual.hpp"
#include "analysis/cli/search_options.hpp"
#include "analysis/cli/sorted.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::analysis {

Verb add_size(CLI::App& main) {
  struct Options {
    SizeCommand command;
    std::string format = "text", engine;
    std::vector<std::string> fail_on;
  };
  const auto options = std::make_shared<Options>();
  SizeCommand& size = options->command;
  CLI::App* app = main.add_subcommand("size", "which sizes of a pool are safe, and what they cost");
  document(*app, {{"dmstall size scenarios/sizing/linear-3-flush.json",
                   "dmstall size --pool G --range 1..6 scenarios/sizing/gate-safe-again.json"},
                  "Asks every size of a range on its own: a size between two safe ones may deadlock, and\nraising a "
                  "pool that throttles entry may be what makes "
                  "the next one run dry. Says what\neach costs, and whether a proof covers all larger ones.",
                  "Exit codes: 0 every size has a verdict, 20 one has none, 64 usage, 65 a file that is\nrefused; with "
                  "--fail-on that of the verdict (DEADLOCK: 10)."});
  app->add_option("FILE", size.file, "scenario file")->required();
  add_release(*app, size.release);
  app->add_option("--pool", size.pool,
                  "as verity.recheck_pool, lower.io_client, a resource of tasks (default: reserved_bio_based_ios)");
  app->add_option("--range", size.range, "as 1..16,32 or 0..64:16 (default: 1..16, the file's)");
  app->add_option("--from", size.from, "first size of the range")->check(CLI::Range(0, 9'999'999))->excludes("--range");
  app->add_option("--to", size.to, "last size of the range")->check(CLI::Range(0, 9'999'999))->excludes("--range");
  app->add_option("--engine", options->engine, "one alone (default: a proof, else a search)")
      ->check(CLI::IsMember({"prove", "explore", "all"}));
  app->add_option("-j,--jobs", size.parallel, "sizes at the same time (default: processors)")
      ->check(CLI::Range(1, 4096));
  app->add_option("--format", options->format, "of the table (default: text)")
      ->check(CLI::IsMember(sorted(names_of(size_formats()))));
  app->add_option("--output", size.output, "write the table there, whole or not at all")->type_name("FILE");
  app->add_option("--fail-on", options->fail_on, "verdicts that set the exit code: deadlock,stall,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  add_search_bounds(*app, "a size's search", size.search);
  app->add_option("--timeout", size.timeout_s, "wall seconds of a size (default: a share of --wall)")
      ->check(CLI::Range(1e-3, 1e9));
  app->add_option("--wall", size.wall_s, "wall seconds of all sizes (default 55; none with --timeout or --seconds)")
      ->check(CLI::Range(1e-3, 1e9));
  app->add_option("--process-memory", size.process_memory_mib, "MiB of all processes (default 3840)")
      ->check(CLI::Range(64, 1 << 24));
  return {app, [options] {
            SizeCommand& command = options->command;
            command.format = find_format(size_formats(), options->format);
            if (!options->engine.empty()) command.engine = engine_from(options->engine);
            for (const std::string& name : options->fail_on) command.fail_on.push_back(failing_verdict(name));
            return size_command(command);
          }};
}

}  // namespace dmstall::analysis
