#include "analysis/report/first_screen.hpp"

namespace dmstall::analysis {

std::vector<ScreenSection> first_screen(const RunReport& report, const TextOptions& options) {
  return {stuck_section(report),        stalled_section(report), ground_section(report),   needs_section(report),
          decided_section(report),      ends_section(report),    repair_section(report),   circles_section(report),
          expected_section(report),     assumed_section(report), searched_section(report), ran_section(report),
          next_section(report, options)};
}

}  // namespace dmstall::analysis
