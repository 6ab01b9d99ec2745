#include "analysis/verdict/closing_place.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "analysis/engines/replay/replayed_circle.hpp"

namespace dmstall::analysis {

namespace {

/// The one that came last to its wait. Requires: there is one.
const models::WaitPlace& last_to_wait(const std::vector<models::WaitPlace>& circle, const models::Witness& witness) {
  std::map<std::int64_t, std::size_t> last_step;  // of a token
  for (std::size_t i = 0; i < witness.steps.size(); ++i) last_step[witness.steps[i].token] = i + 1;
  const auto step_of = [&](const models::WaitPlace& place) {
    const auto known = last_step.find(place.token);
    return known == last_step.end() ? 0 : known->second;
  };
  // Who sleeps in a call came to it before the next one of the same token came to its wait.
  return *std::max_element(circle.begin(), circle.end(), [&](const auto& a, const auto& b) {
    return std::pair(step_of(a), !a.in_call) < std::pair(step_of(b), !b.in_call);
  });
}

}  // namespace

ClosingPlace closing_place(const models::Scenario& scenario, const RunReport& report) {
  ClosingPlace place;
  const auto at = [&](const models::SourcePosition& where) {
    if (where.line <= 0) return;
    place.line = where.line;
    place.column = where.column;
  };
  if (!scenario.devices.empty()) at(scenario.devices.front().where);
  if (scenario.devices.empty() && !scenario.form.tasks.empty()) {
    at({scenario.form.tasks.front().line, scenario.form.tasks.front().column});
  }
  if (report.error || report.witness.steps.empty() || report.stuck.threads.empty()) return place;
  const std::vector<models::WaitPlace> circle = replayed_circle(report.machine, report.witness);
  if (circle.empty()) return place;
  if (!report.stuck.circle.empty()) place.in_circle = circle.size();
  const models::WaitPlace& closing = last_to_wait(circle, report.witness);
  place.who = closing.device.empty() ? closing.who : closing.device;
  if (closing.line > 0) {
    at({closing.line, closing.column});
  } else if (const models::Device* device = scenario.find_device(closing.device)) {
    at(device->where);
  }
  return place;
}

}  // namespace dmstall::analysis
