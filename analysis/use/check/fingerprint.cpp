#include "analysis/use/check/fingerprint.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/digest.hpp"

namespace dmstall::analysis {

std::vector<std::string> canonical_circle(std::vector<std::string> circle) {
  std::vector<std::string> best = circle;
  for (std::size_t i = 1; i < circle.size(); ++i) {
    std::rotate(circle.begin(), circle.begin() + 1, circle.end());
    best = std::min(best, circle);
  }
  return best;
}

std::string fingerprint(const CheckOutcome& outcome) {
  Digest digest;
  if (outcome.facts.verdict.empty()) {
    digest.add(to_string(outcome.kind));
    if (outcome.kind == CheckKind::refused) {
      const std::size_t message = outcome.found.find(": error: ");
      digest.add(message == std::string::npos ? outcome.found : outcome.found.substr(message));
    }
  } else {
    digest.add(outcome.facts.verdict);
    digest.add(outcome.facts.kind);
    std::vector<std::string> things = canonical_circle(outcome.facts.circle);
    if (things.empty()) {
      things = outcome.facts.waited_for;
      std::sort(things.begin(), things.end());
    }
    for (const std::string& thing : things) digest.add(thing);
  }
  return in_hex(digest.value());
}

}  // namespace dmstall::analysis
