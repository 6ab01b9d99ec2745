#include "analysis/verdict/bounds.hpp"

#include <algorithm>

namespace dmstall::analysis {

std::optional<double> RunBounds::seconds_left() const {
  if (!ends) return std::nullopt;
  return std::max(0.0, std::chrono::duration<double>(*ends - Clock::now()).count());
}

double RunBounds::within(double wanted) const {
  return share(1, wanted);
}

double RunBounds::share(double part, double wanted) const {
  const std::optional<double> left = seconds_left();
  return left ? std::min(wanted, *left * part) : wanted;
}

bool RunBounds::over() const {
  return ends && Clock::now() > *ends;
}

RunBounds bounds_within(std::optional<double> wall_s, std::optional<std::int64_t> memory_mib) {
  constexpr double most_spare_s = 5, spare_part = 0.25, least_to_share_s = 4;
  RunBounds bounds;
  bounds.memory_mib = memory_mib;
  if (wall_s && *wall_s >= least_to_share_s) {  // shares of less are worth nothing: whoever comes too late is killed
    const double seconds = *wall_s - std::min(most_spare_s, *wall_s * spare_part);
    bounds.ends = RunBounds::Clock::now() +
                  std::chrono::duration_cast<RunBounds::Clock::duration>(std::chrono::duration<double>(seconds));
  }
  return bounds;
}

}  // namespace dmstall::analysis
