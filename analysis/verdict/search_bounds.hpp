// How far a search goes: one value of each bound, from flag, scenario file or default, and where it came from.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/verdict/bounds.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

/// Who set a bound: each goes before those above it, and the process has the last word.
enum class BoundFrom : std::uint8_t {
  preset,    ///< nobody did: the default
  scenario,  ///< "bounds" of the file
  flag,      ///< --states, --seconds, --memory
  process,   ///< less than that is left of --timeout or --process-memory
};

template <typename Value>
struct Bound {
  Value value{};
  BoundFrom from = BoundFrom::preset;
};

/// As flags give them.
struct SearchFlags {
  std::optional<std::int64_t> states;      ///< of one search
  std::optional<std::int64_t> memory_mib;  ///< of one search
  std::optional<double> seconds;           ///< of all searches
};

struct SearchBounds {
  Bound<std::int64_t> states, memory_mib;
  Bound<double> seconds;
};

/// The bounds of a search that begins now.
[[nodiscard]] SearchBounds search_bounds(const SearchFlags& flags, const models::Bounds& file,
                                         const ExploreOptions& presets, const RunBounds& process);

/// The same options with these bounds, each named by the flag that raises it.
[[nodiscard]] ExploreOptions within(ExploreOptions options, const SearchBounds& bounds);

}  // namespace dmstall::analysis
