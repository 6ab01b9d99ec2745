#include "models/scenario/suggestion.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace dmstall::models {

namespace {

char folded(char c) {
  if (c == '-' || c == ' ') return '_';
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// "latency" for "latency_us", "recheck" for "recheck_pool".
std::string with_same_beginning(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t shortest = 3;
  if (word.size() < shortest) return {};
  for (const std::string& candidate : candidates) {
    if (candidate.size() > word.size() && candidate.compare(0, word.size(), word) == 0) return candidate;
  }
  return {};
}

}  // namespace

int edit_distance(std::string_view a, std::string_view b, int limit) {
  const auto size_difference = std::abs(static_cast<long>(a.size()) - static_cast<long>(b.size()));
  if (size_difference > limit) return limit + 1;
  std::vector<int> before_last(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = static_cast<int>(i);
    int smallest = now[0];
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = folded(a[i - 1]) == folded(b[j - 1]);
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool swapped =
          i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1]);
      if (swapped) now[j] = std::min(now[j], before_last[j - 2] + 1);
      smallest = std::min(smallest, now[j]);
    }
    if (smallest > limit) return limit + 1;
    std::swap(before_last, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t longest_considered = 64;
  if (word.empty() || word.size() > longest_considered) return {};
  int limit = std::max(1, static_cast<int>(word.size()) / 3);
  std::string best;
  for (const std::string& candidate : candidates) {
    const int distance = edit_distance(word, candidate, limit);
    if (distance > limit || candidate == word) continue;
    // A one- or two-letter name is near to everything.
    if (static_cast<std::size_t>(distance) >= std::max(word.size(), candidate.size())) continue;
    best = candidate;
    limit = distance - 1;
    if (limit < 0) break;
  }
  return best.empty() ? with_same_beginning(word, candidates) : best;
}

}  // namespace dmstall::models
