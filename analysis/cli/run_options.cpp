// Options of `dmstall run`.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/shared_options.hpp"
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

void switch_off(Reductions& reductions, const std::string& name) {
  for (const NamedReduction& each : reduction_names) {
    if (name == all_of_them || name == each.name) reductions.*each.on = false;
  }
}

/// What is of one engine, or of one file.
void check_together(const RunCommand& run) {
  const bool timed = run.engine != Engine::explore && run.engine != Engine::prove;
  const bool proves = !run.engine || run.engine == Engine::prove || run.engine == Engine::all;
  const std::string engine = run.engine ? std::string(to_string(*run.engine)) : "";
  if (!timed && !run.trace.empty()) throw UsageError("--trace is of a timed run; --engine " + engine + " has none");
  if (!timed && !run.perfetto.empty())
    throw UsageError("--perfetto is of a timed run; --engine " + engine + " has none");
  if (!run.proof.empty() && !proves)
    throw UsageError("--proof is of the prover; --engine " + engine + " proves nothing");
  if (run.files.size() == 1) return;
  if (!run.trace.empty()) throw UsageError("--trace takes one scenario file");
  if (!run.perfetto.empty()) throw UsageError("--perfetto takes one scenario file");
  if (!run.proof.empty()) throw UsageError("--proof takes one scenario file");
  if (!run.witness.empty()) throw UsageError("--witness takes one scenario file");
  if (!run.dot.empty()) throw UsageError("--dot takes one scenario file");
}

}  // namespace

Verb run_verb() {
  struct Options {
    RunCommand command;
    std::string style = run_styles().front().name;
  };
  const auto options = std::make_shared<Options>();
  RunCommand& run = options->command;
  Verb verb{
      .name = "run",
      .about = "run scenario files and report progress or deadlock",
      .examples = {"dmstall run scenarios/seed/shared-pools.json",
                   "dmstall run --engine explore scenarios/tutorial/05-verity-over-verity.json"},
      .text =
          "Runs scenarios and reports progress or deadlock: a proof or else a search of all schedules, and a run in "
          "time beside it.",
      .exit_codes =
          "0 progress, 10 deadlock, 11 stall, 12 livelock or starvation, 20 inconclusive, 64 usage, 65 bad "
          "scenario; of several files the most severe",
      .run =
          [options] {
            RunCommand& command = options->command;
            if (options->style != run_styles().front().name) {
              if (command.format != &run_formats().front())
                throw UsageError("--style " + options->style + " is of --format text");
              command.format = find_format(run_styles(), options->style);
            }
            check_together(command);
            return run_command(command);
          },
  };
  verb.add({{.names = {"FILE"},
             .about = "scenario files",
             .into = &run.files,
             .takes = Takes::words,
             .path = true,
             .required = true},
            release_option(run.release),
            {.names = {"--format"},
             .value = "FORMAT",
             .about = "report (default: text)",
             .into = [&run](const std::string& name) { run.format = find_format(run_formats(), name); },
             .choices = names_of(run_formats())},
            {.names = {"--style"},
             .about = "of the text; lockdep: a splat of 75 columns for a mail",
             .into = &options->style,
             .choices = names_of(run_styles())},
            {.names = {"--seed"},
             .value = "N",
             .about = "of schedule, adversary and faults (default 1)",
             .into = &run.seed,
             .range = seeds}});
  verb.add(timed_options(run.sim_seconds, run.events));
  verb.add({{.names = {"--engine"},
             .value = "ENGINE",
             .about = "alone (default: all)",
             .into = [&run](const std::string& name) { run.engine = engine_from(name); },
             .choices = engine_names()},
            {.names = {"--witness"},
             .value = "FILE",
             .about = "write the witness there, for `dmstall replay`",
             .into = &run.witness,
             .path = true},
            {.names = {"--proof"},
             .value = "FILE",
             .about = "write the certificate there, for `dmstall verify`",
             .into = &run.proof,
             .path = true},
            {.names = {"--steps"}, .about = "the witness step by step, or the proof rank by rank", .into = &run.steps},
            {.names = {"--details"}, .about = "all that is known, behind the first screen", .into = &run.details},
            {.names = {"--circles"},
             .about = "after a deadlock: what else the stack can get stuck on",
             .into = &run.circles},
            {.names = {"--states"},
             .value = "N",
             .about = "states of a search (default 5 million)",
             .into = &run.search.states,
             .range = above_zero},
            {.names = {"--least-states"},
             .value = "N",
             .about = "of the search for the least (default 20000)",
             .into = &run.least_states,
             .range = above_zero},
            {.names = {"--seconds"},
             .value = "SECONDS",
             .about = "seconds of all searches (default 60)",
             .into = &run.search.seconds,
             .range = above_zero},
            {.names = {"--memory"},
             .value = "MIB",
             .about = "MiB of states of a search (default 2880)",
             .into = &run.search.memory_mib,
             .range = above_zero},
            {.names = {"--timeout"},
             .value = "SECONDS",
             .about = "wall seconds of a file (default 55, more by --seconds)",
             .into = &run.timeout_s,
             .range = wall_seconds},
            process_memory_option(run.process_memory_mib, "of the process of a file"),
            {.names = {"--threads"},
             .value = "N",
             .about = "searches at once, each within --memory (default 1)",
             .into = &run.threads,
             .range = {{1, 1024}}},
            {.names = {"--no-reduce"},
             .value = "REDUCTION,...",
             .about = "what a search does without: same answer, slower",
             .into = [&run](const std::string& name) { switch_off(run.reductions, name); },
             .takes = Takes::commas,
             .choices = names_of_reductions()},
            {.names = {"--trace"},
             .value = "FILE",
             .about = "write a readable log of the timed run there",
             .into = &run.trace,
             .path = true},
            {.names = {"--dot"},
             .value = "FILE",
             .about = "write the circle there as a graph, for `dot -Tsvg`",
             .into = &run.dot,
             .path = true},
            {.names = {"--perfetto"},
             .value = "FILE",
             .about = "write the timed run there, for ui.perfetto.dev",
             .into = &run.perfetto,
             .path = true},
            html_option(run.html, "circle, stack, steps")});
  return verb;
}

}  // namespace dmstall::analysis
