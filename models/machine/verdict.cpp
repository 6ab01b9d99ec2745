#include "models/machine/verdict.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dmstall::models {

namespace {

constexpr std::array<std::pair<VerdictKind, std::string_view>, 6> verdict_names = {{
    {VerdictKind::progress, "PROGRESS"},
    {VerdictKind::deadlock, "DEADLOCK"},
    {VerdictKind::stall, "STALL"},
    {VerdictKind::livelock, "LIVELOCK"},
    {VerdictKind::starvation, "STARVATION"},
    {VerdictKind::inconclusive, "INCONCLUSIVE"},
}};

constexpr std::array<std::pair<DeadlockKind, std::string_view>, 6> kind_names = {{
    {DeadlockKind::circle, "circle"},
    {DeadlockKind::self, "self"},
    {DeadlockKind::too_small, "too_small"},
    {DeadlockKind::empty_reserve, "empty_reserve"},
    {DeadlockKind::lost_wakeup, "lost_wakeup"},
    {DeadlockKind::order, "order"},
}};

/// Most severe first. Two entries of the same rank are told apart by nothing else than this order.
constexpr std::array<ExitCode, 12> by_severity = {
    ExitCode::internal_error, ExitCode::engines_disagree,  ExitCode::bad_scenario,
    ExitCode::usage,          ExitCode::deadlock,          ExitCode::livelock_or_starvation,
    ExitCode::stall,          ExitCode::inconclusive,      ExitCode::nothing_matched,
    ExitCode::interrupted,    ExitCode::expectation_unmet, ExitCode::progress};

template <typename Names, typename Value>
std::string_view name_of(const Names& names, Value value) {
  for (const auto& [known, name] : names) {
    if (known == value) return name;
  }
  return {};
}

}  // namespace

ExitCode exit_code(VerdictKind verdict) {
  switch (verdict) {
    case VerdictKind::progress:
      return ExitCode::progress;
    case VerdictKind::deadlock:
      return ExitCode::deadlock;
    case VerdictKind::stall:
      return ExitCode::stall;
    case VerdictKind::livelock:
    case VerdictKind::starvation:
      return ExitCode::livelock_or_starvation;
    case VerdictKind::inconclusive:
      break;
  }
  return ExitCode::inconclusive;
}

ExitCode more_severe(ExitCode a, ExitCode b) {
  const auto rank = [](ExitCode code) { return std::find(by_severity.begin(), by_severity.end(), code); };
  return rank(b) < rank(a) ? b : a;
}

std::string_view to_string(VerdictKind verdict) {
  return name_of(verdict_names, verdict);
}
std::string_view to_string(DeadlockKind kind) {
  return name_of(kind_names, kind);
}

std::optional<VerdictKind> verdict_from(std::string_view text) {
  for (const auto& [verdict, name] : verdict_names) {
    if (name == text) return verdict;
  }
  return std::nullopt;
}

std::optional<DeadlockKind> deadlock_kind_from(std::string_view text) {
  for (const auto& [kind, name] : kind_names) {
    if (name == text) return kind;
  }
  return std::nullopt;
}

}  // namespace dmstall::models
