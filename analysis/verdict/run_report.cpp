#include "analysis/verdict/run_report.hpp"

#include "analysis/digest.hpp"

namespace dmstall::analysis {

std::uint64_t digest_of(const RunReport& report) {
  if (!report.exploration) return report.simulation.digest;
  if (!report.simulated) return report.exploration->digest;
  Digest both;
  both.add(report.exploration->digest);
  both.add(report.simulation.digest);
  return both.value();
}

}  // namespace dmstall::analysis
