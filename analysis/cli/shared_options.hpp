// Options that several verbs have in the same words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/cli/option_table.hpp"
#include "analysis/cli/watchdog.hpp"
#include "analysis/verdict/search_bounds.hpp"
#include "models/machine/verdict.hpp"

namespace dmstall::analysis {

/// What --timeout and other bounds in wall time take, in seconds.
inline constexpr NumberRange wall_seconds{1e-3, 1e9};
/// What a seed is.
inline constexpr NumberRange seeds{0, 1.8e19};

/// --release: the kernel that scenarios run on, instead of the one that they name.
[[nodiscard]] VerbOption release_option(std::string& release);

/// -j, --jobs. `about`: "scenarios at once (default: processors)".
[[nodiscard]] VerbOption jobs_option(int& parallel, const std::string& about);

/// --process-memory. `whose`: "of this process".
[[nodiscard]] VerbOption process_memory_option(std::int64_t& memory_mib, const std::string& whose);

/// --html. `what`: "a chart of the rows".
[[nodiscard]] VerbOption html_option(std::string& file, const std::string& what);

/// --fail-on of the verbs that print tables: "deadlock", "stall", …, in any case.
[[nodiscard]] VerbOption fail_on_option(std::vector<models::VerdictKind>& fail_on);

/// --states, --seconds and --memory of each of many searches. `whose`: "a row's search".
[[nodiscard]] std::vector<VerbOption> search_options(const std::string& whose, SearchFlags& bounds);

/// --sim-time and --events.
[[nodiscard]] std::vector<VerbOption> timed_options(std::optional<double>& sim_seconds,
                                                    std::optional<std::int64_t>& events);

/// --timeout and --process-memory of a verb that computes in this process.
[[nodiscard]] std::vector<VerbOption> process_options(ProcessBounds& bounds);

}  // namespace dmstall::analysis
