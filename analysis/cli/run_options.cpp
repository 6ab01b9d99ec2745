// Options of `dmstall run`.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/help/manual.hpp"
#include "analysis/cli/search_options.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::analysis {

namespace {

constexpr const char* all_of_them = "all";

std::vector<std::string> names_of_reductions() {
  std::vector<std::string> names{all_of_them};
  for (const NamedReduction& each : reduction_names) names.emplace_back(each.name);
  return names;
}

Reductions without(const std::vector<std::string>& names) {
  Reductions reductions;
  const auto listed = [&](std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  for (const auto& [name, on] : reduction_names) reductions.*on = !listed(name) && !listed(all_of_them);
  return reductions;
}

}  // namespace

Verb add_run(CLI::App& main) {
  struct Options {
    RunCommand command;
    std::string format = "text", style = "report", engine;
    std::vector<std::string> no_reduce;
  };
  const auto options = std::make_shared<Options>();
  RunCommand& run = options->command;
  CLI::App* app = main.add_subcommand("run", "run scenario files and report progress or deadlock");
  document(*app, {{"dmstall run scenarios/seed/shared-pools.json",
                   "dmstall run --engine explore scenarios/tutorial/05-verity-over-verity.json"},
                  "Runs scenarios and reports progress or deadlock: a proof or else a search of all\nschedules, and a "
                  "run in time beside it.",
                  "Exit codes: 0 progress, 10 deadlock, 11 stall, 12 livelock or starvation,\n20 inconclusive, 64 "
                  "usage, 65 bad scenario; of several files the most severe."});
  app->add_option("FILE", run.files, "scenario files")->required();
  add_release(*app, run.release);
  app->add_option("--format", options->format, "of the report (default: text)")
      ->check(CLI::IsMember(names_of(run_formats())));
  app->add_option("--style", options->style, "of the text; lockdep: a splat of 75 columns for a mail")
      ->check(CLI::IsMember(names_of(run_styles())));
  app->add_option("--seed", run.seed, "of schedule, adversary and faults in a timed run (default 1)")
      ->check(CLI::Range(0.0, 1.8e19));
  add_timed_bounds(*app, run.sim_seconds, run.events);
  app->add_option("--engine", options->engine, "one alone: a run in time, every schedule, or a proof (default: all)")
      ->check(CLI::IsMember({"simulate", "explore", "prove", "all"}));
  app->add_option("--witness", run.witness, "write the witness there, for `dmstall replay`")->type_name("FILE");
  app->add_option("--proof", run.proof, "write the certificate there, for `dmstall verify`")->type_name("FILE");
  app->add_flag("--steps", run.steps, "the witness step by step, or the proof rank by rank");
  app->add_option("--states", run.search.states, "states of a search (default 5 million)")->check(CLI::PositiveNumber);
  app->add_option("--least-states", run.least_states, "of the search for the least (default 20000)")
      ->check(CLI::PositiveNumber);
  app->add_option("--seconds", run.search.seconds, "seconds of all searches (default 60)")->check(CLI::PositiveNumber);
  app->add_option("--memory", run.search.memory_mib, "MiB of states of a search (default 2880)")
      ->check(CLI::PositiveNumber);
  app->add_option("--timeout", run.timeout_s,
                  "wall seconds of a file: all there is to do about it (default 55, or what --seconds needs)")
      ->check(CLI::Range(1e-3, 1e9));
  app->add_option("--process-memory", run.process_memory_mib, "MiB of the process of a file (default 3840)")
      ->check(CLI::Range(64, 1 << 24));
  app->add_option("--threads", run.threads, "searches at the same time, each within --memory (default 1)")
      ->check(CLI::Range(1, 1024));
  app->add_option("--no-reduce", options->no_reduce,
                  "reductions to do without, such as count,ample: same answer, slower")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember(names_of_reductions()));
  app->add_option("--trace", run.trace, "write a readable log of the timed run there")->type_name("FILE");
  app->add_option("--html", run.html, "write a page to look at there: circle, stack, steps")->type_name("FILE");
  return {app, [options] {
            RunCommand& command = options->command;
            command.format = find_format(run_formats(), options->format);
            if (options->style != run_styles().front().name) {
              if (command.format != &run_formats().front())
                throw UsageError("--style " + options->style + " is of --format text");
              command.format = find_format(run_styles(), options->style);
            }
            command.reductions = without(options->no_reduce);
            if (!options->engine.empty()) command.engine = engine_from(options->engine);
            const bool timed = command.engine != Engine::explore && command.engine != Engine::prove;
            if (!timed && !command.trace.empty())
              throw UsageError("--trace is of a timed run; --engine " + options->engine + " has none");
            if (!command.trace.empty() && command.files.size() > 1) throw UsageError("--trace takes one scenario file");
            const bool proves = !command.engine || command.engine == Engine::prove || command.engine == Engine::all;
            if (!command.proof.empty() && !proves)
              throw UsageError("--proof is of the prover; --engine " + options->engine + " proves nothing");
            if (!command.proof.empty() && command.files.size() > 1) throw UsageError("--proof takes one scenario file");
            if (!command.witness.empty() && command.files.size() > 1)
              throw UsageError("--witness takes one scenario file");
            return run_command(command);
          }};
}

}  // namespace dmstall::analysis
