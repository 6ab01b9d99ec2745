// Options of `dmstall compare`.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/fail_on.hpp"
#include "analysis/cli/help/manual.hpp"
#include "analysis/cli/search_options.hpp"
#include "analysis/cli/sorted.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::analysis {

namespace {

Shard shard_of(const std::string& text) {
  Shard shard;
  std::size_t number = 0;
  int end = 0;
  constexpr std::size_t most = 1'000'000;
  if (std::sscanf(text.c_str(), "%zu/%zu%n", &number, &shard.count, &end) != 2 ||
      static_cast<std::size_t>(end) != text.size() || number < 1 || number > shard.count || shard.count > most) {
    throw UsageError("--shard takes I/N, such as 2/8: the second of eight, not " + text);
  }
  shard.index = number - 1;
  return shard;
}

}  // namespace

Verb add_compare(CLI::App& main) {
  struct Options {
    CompareCommand command;
    std::string format = "text", engine = "all", shard;
    std::vector<std::string> fail_on;
  };
  const auto options = std::make_shared<Options>();
  CompareCommand& compare = options->command;
  CLI::App* app = main.add_subcommand("compare", "scenarios under several settings, side by side");
  document(*app, {{"dmstall compare scenarios/sizing/seed-stack.json",
                   "dmstall compare --vary reserved_bio_based_ios=1..4,16 --vary sharing=device,module --resume "
                   "r.journal scenarios/seed/reserved-1.json"},
                  "Scenarios under every combination of some values, side by side.",
                  "Keys: sharing, faults, those of kernel, memory and bounds (cpus, memory.allocator);\nDEVICE.KEY, "
                  "TARGET.KEY, ITEM.KEY, workload.KEY, as in verity.reserve.io_client,\n"
                  "workload.in_flight, resources.a.mempool. Values: JSON, else a text.\n"
                  "Exit codes: 0 complete, 20 a row is inconclusive or missing, 21 engines disagree,\n65 a file or "
                  "value is refused, 70 a run crashed; --fail-on: the verdict's (10)."});
  app->add_option("FILE", compare.files, "scenario files; several are varied alike")->required();
  app->add_option("--vary", compare.vary,
                  "KEY=V1,V2,...; 1..16 and 0..64:16 are values, too; may repeat (default: \"vary\" of the file)")
      ->allow_extra_args(false);
  app->add_option("--reference", compare.reference, "KEY=V,...: the row that throughput is relative to");
  app->add_option("--engine", options->engine, "one alone (default: all)")
      ->check(CLI::IsMember({"simulate", "explore", "prove", "all"}));
  app->add_option("--seeds", compare.seeds, "timed runs per row, seeds 1 to N (default 5)")
      ->check(CLI::Range(1, 100000));
  app->add_option("-j,--jobs", compare.parallel, "runs at the same time (default: processors)")
      ->check(CLI::Range(1, 4096));
  app->add_option("--format", options->format, "of the table (default: text)")
      ->check(CLI::IsMember(sorted(names_of(compare_formats()))));
  app->add_option("--output", compare.output, "write the table there, whole or not at all")->type_name("FILE");
  app->add_option("--plot", compare.plot, "bytes against throughput: .svg, .png or gnuplot's .gp")->type_name("FILE");
  app->add_option("--resume", compare.resume, "journal of finished rows, to go on from")->type_name("FILE");
  app->add_option("--shard", options->shard, "I/N: every N-th row into the journal of --resume")->needs("--resume");
  app->add_option("--merge", compare.merge, "the table from these journals, without running")
      ->type_name("FILE")
      ->excludes("--resume")
      ->excludes("--shard");
  app->add_option("--fail-on", options->fail_on, "verdicts that set the exit code: deadlock,stall,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  app->add_option("--timeout", compare.timeout_s, "wall seconds of a run (default: what is left of 55 for its row)")
      ->check(CLI::Range(1e-3, 1e9));
  app->add_option("--process-memory", compare.process_memory_mib, "MiB of all processes (default 3840)")
      ->check(CLI::Range(64, 1 << 24));
  add_search_bounds(*app, "a row's search", compare.search);
  add_timed_bounds(*app, compare.sim_seconds, compare.events);
  return {app, [options] {
            CompareCommand& command = options->command;
            command.format = find_format(compare_formats(), options->format);
            command.engine = engine_from(options->engine).value();
            if (!options->shard.empty()) command.shard = shard_of(options->shard);
            if (!command.plot.empty() && !has_timed_runs(command.engine))
              throw UsageError("--plot shows throughput; --engine " + options->engine + " has no timed runs");
            if (!command.plot.empty() && command.shard.count > 1)
              throw UsageError("--plot is of a whole table; --merge has one");
            for (const std::string& name : options->fail_on) command.fail_on.push_back(failing_verdict(name));
            return compare_command(command);
          }};
}

}  // namespace dmstall::analysis
