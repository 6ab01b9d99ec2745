#include "analysis/report/verified_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/omissions_text.hpp"

namespace dmstall::analysis {

std::string verified_text(const std::string& path, const Certificate& certificate, const models::Program& program,
                          const Verification& found) {
  const auto equations = std::count_if(certificate.groups.begin(), certificate.groups.end(),
                                       [](const RankGroup& group) { return group.cases.has_value(); });
  std::string text = fmt::format("VERIFIED  {}\n", path);
  text += fmt::format("  nobody can be stuck for ever, with {}{}\n",
                      certificate.any_number ? "any number of requests" : "the counts of tasks in the file",
                      certificate.with_faults ? "" : ", without faults");
  for (const std::string& assumption : program.assumptions) text += fmt::format("  {}\n", assumption);
  text += limits_of_a_proof(program.kernel, program.omissions);
  text += omissions_of_a_report(program.omissions, models::VerdictKind::progress);
  text += fmt::format("  checked: {} ranks", certificate.groups.size());
  if (equations > 0) text += fmt::format(", {} of them by equations with {} unknowns", equations, found.columns);
  text += fmt::format("; {} positions walked\n", found.positions);
  text +=
      fmt::format("RESULT {} VERIFIED any_number={} with_faults={} ranks={} equations={} positions={} columns={}\n",
                  certificate.scenario, certificate.any_number ? "yes" : "no", certificate.with_faults ? "yes" : "no",
                  certificate.groups.size(), equations, found.positions, found.columns);
  return text;
}

}  // namespace dmstall::analysis
