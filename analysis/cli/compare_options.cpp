// Options of `dmstall compare`.
#include "analysis/cli/commands.hpp"
#include "analysis/cli/help/manual.hpp"
#include "analysis/cli/fail_on.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <map>
#include <memory>

namespace dmstall::analysis {

namespace {

}  // namespace

Verb add_compare(CLI::App& main) {
  struct Options {
    CompareCommand command;
    std::string format = "text";
    std::vector<std::string> fail_on;
  };
  const std::map<std::string, TableFormat> formats = {
      {"text", TableFormat::text}, {"markdown", TableFormat::markdown}, {"csv", TableFormat::csv}, {"json", TableFormat::json}};
  const auto options = std::make_shared<Options>();
  CompareCommand& compare = options->command;
  CLI::App* app = main.add_subcommand("compare", "one scenario under several settings, side by side");
  document(*app, {{"dmstall compare scenarios/sizing/seed-stack.json",
                   "dmstall compare --vary reserved_bio_based_ios=1,16 --vary sharing=device,module scenarios/seed/reserved-1.json"},
                  "One scenario under every combination of some values, side by side.",
                  "Keys: sharing, faults and other top-level keys; those of kernel, memory and bounds\n(cpus, memory.allocator); DEVICE.KEY, TARGET.KEY (all its devices), ITEM.KEY and\n"
                  "workload.KEY (all items), as in upper.hash_cache, verity.reserve.io_client,\nworkload.in_flight, resources.a.mempool. Values: JSON, else a text.\n"
                  "Exit codes: 0 the table is complete, 20 a row is inconclusive, 65 a file or value is\nrefused, 70 a run crashed; with --fail-on that of the verdict (DEADLOCK: 10)."});
  app->add_option("FILE", compare.file, "scenario file")->required();
  app->add_option("--vary", compare.vary, "KEY=V1,V2,...; again for more keys, the last one changing fastest. Default: \"vary\" of the file")
      ->allow_extra_args(false);
  app->add_option("--reference", compare.reference, "KEY=V[,KEY=V]: the row that throughput is relative to. Default: the file's own values");
  app->add_option("--seeds", compare.seeds, "runs per row, with the seeds 1 to N (default 5)")->check(CLI::Range(1, 100000));
  app->add_option("-j,--jobs", compare.parallel, "runs at the same time (default: one per processor)")->check(CLI::Range(1, 4096));
  app->add_option("--format", options->format, "text, markdown, csv or json")->check(CLI::IsMember(formats));
  app->add_option("--output", compare.output, "write the table to this file, whole or not at all");
  app->add_option("--fail-on", options->fail_on, "verdicts that set the exit code, such as deadlock,stall")->delimiter(',')->allow_extra_args(false);
  app->add_option("--timeout", compare.timeout_s, "seconds of wall time after which a run is inconclusive (default: none)")->check(CLI::Range(1e-3, 1e9));
  app->add_option("--sim-time", compare.sim_seconds, "simulated seconds after which a run is inconclusive (default 600)")->check(CLI::Range(1e-9, 1e9));
  app->add_option("--events", compare.events, "steps after which a run is inconclusive (default 200 million)")->check(CLI::PositiveNumber);
  return {app, [options, formats] {
            CompareCommand& command = options->command;
            command.format = formats.at(options->format);
            for (const std::string& name : options->fail_on) command.fail_on.push_back(failing_verdict(name));
            return compare_command(command);
          }};
}

}  // namespace dmstall::analysis
