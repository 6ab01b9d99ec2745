#include "analysis/report/judgement_text.hpp"

#include <fmt/format.h>

#include "analysis/report/reason_text.hpp"

namespace dmstall::analysis {

std::string basis_text(const Judgement& of) {
  if (of.error) return "-";
  if (of.proved_by > 0)
    return fmt::format("proved ({}){}", of.proved_by == 1 ? "ranks" : "equations",
                       of.any_number ? "" : ", tasks of the file");
  if (of.witness) return "witness replayed";
  if (of.population == 0) return of.verdict == models::VerdictKind::inconclusive ? "not proved" : "-";
  if (of.verdict == models::VerdictKind::progress)
    return fmt::format("exhausted, {}", counted(of.population, "request"));
  if (of.verdict == models::VerdictKind::inconclusive)
    return fmt::format("no stuck set up to {}", counted(of.exhausted_requests, "request"));
  return "searched";
}

std::string needs_text(const Judgement& of) {
  if (!of.witness) return "";
  return fmt::format("{}{}, {}, {}", of.least ? "" : "at most ", counted(of.requests, "request"),
                     counted(of.faults, "fault"), counted(of.failures, "failed allocation"));
}

}  // namespace dmstall::analysis
