#include "analysis/use/page/run_page.hpp"

namespace dmstall::analysis {

RunPage run_page(const RunReport& report, const models::Scenario& scenario) {
  RunPage page;
  if (report.error) return page;
  page.stack = stack_picture(scenario, report.machine);
  page.walk = walk_witness(report.machine, report.witness);
  if (!scenario.devices.empty()) page.footprint = models::footprint(scenario);
  return page;
}

}  // namespace dmstall::analysis
