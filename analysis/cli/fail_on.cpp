#include "analysis/cli/fail_on.hpp"

#include <algorithm>
#include <cctype>

#include "analysis/cli/terminal.hpp"

namespace dmstall::analysis {

models::VerdictKind failing_verdict(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto verdict = models::verdict_from(name);
  if (!verdict || *verdict == models::VerdictKind::progress) {
    throw UsageError("--fail-on takes deadlock, stall, livelock, starvation and inconclusive, separated by commas");
  }
  return *verdict;
}

}  // namespace dmstall::analysis
