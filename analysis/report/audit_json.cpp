#include <array>

#include "analysis/json.hpp"
#include "analysis/report/audit_report.hpp"
#include "analysis/use/audit/fit.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

Json audit_counts_json(const AuditCounts& counts) {
  return {{"events", counts.events},
          {"by_steps", counts.by_steps},
          {"by_omissions", counts.by_omissions},
          {"unexplained", counts.unexplained},
          {"outside", counts.outside}};
}

Json event_json(const AuditedEvent& audited, const TraceModel& model) {
  static constexpr std::array names{"step", "omission", "outside", "unexplained"};
  const RecordedEvent& event = audited.event;
  Json json{{"line", event.line},
            {"count", event.count},
            {"kind", std::string(to_string(event.kind))},
            {"thread", event.thread},
            {"frames", event.frames},
            {"function", maker_of(event)},
            {"explained_by", names[static_cast<std::size_t>(audited.how)]}};
  if (!event.gfp.empty()) json["gfp"] = event.gfp;
  if (!event.what.empty()) json["what"] = event.what;
  if (!audited.omission.empty()) json["omission"] = audited.omission;
  if (!audited.why.empty()) json["why"] = audited.why;
  if (!audited.steps.empty()) {
    Json steps = Json::array();
    for (const std::size_t step : audited.steps)
      steps.push_back({{"step", model.steps[step].what}, {"functions", model.steps[step].chain}});
    json["steps"] = steps;
  }
  return json;
}

Json trace_json(const AuditedTrace& trace, const TraceModel& model) {
  Json events = Json::array();
  for (const AuditedEvent& each : trace.events) events.push_back(event_json(each, model));
  return {{"file", trace.path},
          {"kernel", trace.kernel},
          {"release", trace.release},
          {"scenario", trace.scenario},
          {"operation", trace.operation},
          {"counts", audit_counts_json(counts_of(trace))},
          {"events", events}};
}

Json model_json(const AuditedModel& audited) {
  Json steps = Json::array();
  for (std::size_t i = 0; i < audited.model.steps.size(); ++i) {
    const TracedStep& step = audited.model.steps[i];
    steps.push_back({{"step", step.what},
                     {"functions", step.chain},
                     {"targets", step.targets},
                     {"can_be_shown", can_be_shown(step)},
                     {"seen", audited.seen[i]},
                     {"in_shortage", step.in_shortage},
                     {"flow", step.flow},
                     {"when", step.reached}});
    const models::NeverSeen* reason = audited.seen[i] == 0 ? reason_never_seen(step, audited.kernel) : nullptr;
    if (reason != nullptr) {
      steps.back()["no_recording"] = {{"why", std::string(to_string(reason->kind))},
                                      {"condition", std::string(reason->condition)}};
    }
  }
  return {{"scenario", audited.scenario}, {"kernel", audited.kernel}, {"steps", steps}};
}

Json sleepers_json(const AuditedSleepers& of) {
  Json waits = Json::array(), others = Json::array();
  for (const WitnessWait& wait : of.comparison.waits)
    waits.push_back({{"who", wait.who}, {"functions", wait.functions}, {"found", !wait.sleepers.empty()}});
  for (const AuditedEvent& other : of.comparison.others) others.push_back(event_json(other, of.model));
  return {{"file", of.path},
          {"scenario", of.scenario},
          {"kernel", of.kernel},
          {"outcome", of.outcome},
          {"verdict", std::string(to_string(of.verdict))},
          {"agree", of.agree()},
          {"of_least_witness", of.of_least},
          {"waits", waits},
          {"others", others}};
}

}  // namespace

std::string audit_json(const Audit& audit) {
  Json traces = Json::array(), models = Json::array();
  for (const AuditedTrace& trace : audit.traces) traces.push_back(trace_json(trace, audit.models[trace.model].model));
  for (const AuditedModel& each : audit.models) models.push_back(model_json(each));
  Json sleepers = Json::array();
  for (const AuditedSleepers& each : audit.sleepers) sleepers.push_back(sleepers_json(each));
  const Json json{{"dmstall_audit", 1},
                  {"counts", audit_counts_json(counts_of(audit))},
                  {"traces", traces},
                  {"models", models},
                  {"sleepers", sleepers}};
  return models::printable_json(json.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace dmstall::analysis
