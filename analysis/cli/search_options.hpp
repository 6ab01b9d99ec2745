// Bounds of searches and of timed runs: options that several verbs have in the same words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "analysis/verdict/search_bounds.hpp"

namespace CLI {
class App;
}

namespace dmstall::analysis {

/// --states, --seconds and --memory of each of many searches. `whose`: "a row's search".
void add_search_bounds(CLI::App& app, const std::string& whose, SearchFlags& bounds);

/// --sim-time and --events.
void add_timed_bounds(CLI::App& app, std::optional<double>& sim_seconds, std::optional<std::int64_t>& events);

}  // namespace dmstall::analysis
