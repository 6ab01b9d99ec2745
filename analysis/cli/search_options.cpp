#include "analysis/cli/search_options.hpp"

#include <CLI/CLI.hpp>

namespace dmstall::analysis {

void add_search_bounds(CLI::App& app, const std::string& whose, SearchFlags& bounds) {
  app.add_option("--states", bounds.states, "states of " + whose + " (default 5 million)")->check(CLI::PositiveNumber);
  app.add_option("--seconds", bounds.seconds, "seconds of " + whose + " (default 60)")->check(CLI::PositiveNumber);
  app.add_option("--memory", bounds.memory_mib, "MiB of states of " + whose + " (default 4096)")
      ->check(CLI::PositiveNumber);
}

void add_timed_bounds(CLI::App& app, std::optional<double>& sim_seconds, std::optional<std::int64_t>& events) {
  app.add_option("--sim-time", sim_seconds, "simulated seconds of a timed run (default 600)")
      ->check(CLI::Range(1e-9, 1e9));
  app.add_option("--events", events, "steps of a timed run (default 200 million)")->check(CLI::PositiveNumber);
}

}  // namespace dmstall::analysis
