#include "analysis/verdict/search_bounds.hpp"

#include <cmath>
#include <utility>

namespace dmstall::analysis {

namespace {

template <typename Value>
Bound<Value> first_of(const std::optional<Value>& flag, const std::optional<Value>& file, Value preset) {
  if (flag) return {*flag, BoundFrom::flag};
  if (file) return {*file, BoundFrom::scenario};
  return {preset, BoundFrom::preset};
}

/// What of a process may be states: the rest is the machine, and what a proof left behind.
std::int64_t states_of(std::int64_t process_memory_mib) {
  return process_memory_mib / 4 * 3;
}

}  // namespace

SearchBounds search_bounds(const SearchFlags& flags, const models::Bounds& file, const ExploreOptions& presets,
                           const RunBounds& process) {
  SearchBounds bounds{first_of(flags.states, file.states, presets.states),
                      first_of(flags.memory_mib, file.memory_mib, presets.memory_mib),
                      first_of(flags.seconds, file.seconds, presets.seconds)};
  // Whole seconds: the figure is printed, and the same question is to get the same answer.
  const double left = std::floor(process.within(bounds.seconds.value));
  if (left < std::floor(bounds.seconds.value)) bounds.seconds = {left, BoundFrom::process};
  if (process.memory_mib && bounds.memory_mib.value > states_of(*process.memory_mib))
    bounds.memory_mib = {states_of(*process.memory_mib), BoundFrom::process};
  return bounds;
}

ExploreOptions within(ExploreOptions options, const SearchBounds& bounds) {
  options.states = bounds.states.value;
  options.seconds = bounds.seconds.value;
  options.memory_mib = bounds.memory_mib.value;
  if (bounds.seconds.from == BoundFrom::process) options.seconds_flag = "--timeout";
  if (bounds.memory_mib.from == BoundFrom::process) options.memory_flag = "--process-memory";
  return options;
}

}  // namespace dmstall::analysis
