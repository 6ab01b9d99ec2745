// Options of `dmstall compare`.
#include <cstdio>
#include <memory>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/help/format_keys.hpp"
#include "analysis/cli/shared_options.hpp"
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

/// "memory.allocator="
std::vector<std::string> settings() {
  std::vector<std::string> words = setting_words();
  for (std::string& word : words) word += "=";
  return words;
}

}  // namespace

Verb compare_verb() {
  struct Options {
    CompareCommand command;
    std::string engine = "all";
  };
  const auto options = std::make_shared<Options>();
  CompareCommand& compare = options->command;
  Verb verb{
      .name = "compare",
      .about = "scenarios under several settings, side by side",
      .examples = {"dmstall compare scenarios/sizing/seed-stack.json",
                   "dmstall compare --vary reserved_bio_based_ios=1..4,16 --vary sharing=device,module --resume "
                   "r.journal scenarios/seed/reserved-1.json"},
      .text = "Scenarios under every combination of some values, side by side.",
      .notes =
          "Keys: sharing, faults, cpus, memory.allocator, verity.reserve.io_client, workload.in_flight, "
          "resources.a.mempool and the like. Values: JSON, else a text.",
      .exit_codes =
          "0 complete, 20 a row is inconclusive or missing, 21 engines disagree, 65 a file or value is "
          "refused, 70 a run crashed; --fail-on: the verdict's",
      .run =
          [options] {
            const CompareCommand& command = options->command;
            if (!command.plot.empty() && !has_timed_runs(command.engine))
              throw UsageError("--plot shows throughput; --engine " + options->engine + " has no timed runs");
            if (!command.plot.empty() && command.shard.count > 1)
              throw UsageError("--plot is of a whole table; --merge has one");
            return compare_command(command);
          },
  };
  verb.add({{.names = {"FILE"},
             .about = "scenario files; several are varied alike",
             .into = &compare.files,
             .takes = Takes::words,
             .path = true,
             .required = true},
            {.names = {"--vary"},
             .value = "KEY=VALUE,...",
             .about = "what differs between rows; 1..16 and 0..64:16 are values, too; may repeat (default: \"vary\" of "
                      "the file)",
             .into = &compare.vary,
             .takes = Takes::again,
             .words = settings},
            {.names = {"--reference"},
             .value = "KEY=VALUE",
             .about = "the row that throughput is relative to",
             .into = &compare.reference,
             .words = settings},
            {.names = {"--engine"},
             .value = "ENGINE",
             .about = "alone (default: all)",
             .into =
                 [options](const std::string& name) {
                   options->engine = name;
                   options->command.engine = engine_from(name).value();
                 },
             .choices = engine_names()},
            {.names = {"--seeds"},
             .value = "N",
             .about = "timed runs per row, seeds 1 to N (default 5)",
             .into = &compare.seeds,
             .range = {{1, 100000}}},
            jobs_option(compare.parallel, "runs at the same time (default: processors)"),
            {.names = {"--format"},
             .value = "FORMAT",
             .about = "table (default: text)",
             .into = [&compare](const std::string& name) { compare.format = find_format(compare_formats(), name); },
             .choices = sorted(names_of(compare_formats()))},
            {.names = {"--output"},
             .value = "FILE",
             .about = "write the table there, whole or not at all",
             .into = &compare.output,
             .path = true},
            {.names = {"--plot"},
             .value = "FILE",
             .about = "bytes against throughput: .svg, .png or gnuplot's .gp",
             .into = &compare.plot,
             .path = true},
            html_option(compare.html, "a chart of the rows"),
            {.names = {"--resume"},
             .value = "FILE",
             .about = "journal of finished rows, to go on from",
             .into = &compare.resume,
             .path = true},
            {.names = {"--shard"},
             .value = "I/N",
             .about = "every N-th row, from the I-th, for --resume",
             .into = [&compare](const std::string& text) { compare.shard = shard_of(text); },
             .needs = {"--resume"}},
            {.names = {"--merge"},
             .value = "FILE...",
             .about = "the table from these journals, without running",
             .into = &compare.merge,
             .takes = Takes::words,
             .path = true,
             .excludes = {"--resume", "--shard"}},
            fail_on_option(compare.fail_on),
            {.names = {"--timeout"},
             .value = "SECONDS",
             .about = "wall seconds of a run (default: what its row has left)",
             .into = &compare.timeout_s,
             .range = wall_seconds},
            process_memory_option(compare.process_memory_mib, "of all processes")});
  verb.add(search_options("a row's search", compare.search));
  verb.add(timed_options(compare.sim_seconds, compare.events));
  return verb;
}

}  // namespace dmstall::analysis
