#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/report/audit_report.hpp"
#include "analysis/use/audit/fit.hpp"

namespace dmstall::analysis {

namespace {

std::string why_explained(const AuditedEvent& audited, const TraceModel& model) {
  switch (audited.how) {
    case Explained::by_step: {
      const TracedStep& step = model.steps[audited.steps.front()];
      const std::size_t others = audited.steps.size() - 1;
      return fmt::format("step: {} [{}]{}", step.what, step.chain,
                         others == 0 ? "" : fmt::format(", or {} like it", others));
    }
    case Explained::by_omission:
      return "left out: " + audited.omission;
    case Explained::outside:
      return "outside the I/O path: " + audited.why;
    case Explained::not_explained:
      return fmt::format("UNEXPLAINED in {}", maker_of(audited.event));
  }
  return {};
}

std::string one_trace(const AuditedTrace& trace, const TraceModel& model, bool details) {
  const AuditCounts counts = counts_of(trace);
  std::string out = fmt::format("{}: {} on {}, {}\n  {}\n", trace.path, trace.operation, trace.kernel, trace.scenario,
                                audit_line(counts));
  if (!trace.kernel.empty() && !trace.kernel.starts_with(model.kernel.substr(0, model.kernel.find(' ')) + "."))
    out += fmt::format("  recorded on {}, held against the models of Linux {}\n", trace.kernel, model.kernel);
  if (2 * counts.unexplained > counts.events)
    out += fmt::format("  more than half of it is unexplained: is {} what was recorded?\n", trace.scenario);
  for (const AuditedEvent& audited : trace.events) {
    if (!details && audited.how != Explained::not_explained) continue;
    out += fmt::format("  line {}: {}\n    {} times {}\n", audited.event.line, why_explained(audited, model),
                       audited.event.count, audited.event.text());
  }
  return out;
}

std::string unseen_steps(const AuditedModel& audited, bool details) {
  std::size_t can = 0, shown = 0, in_shortage = 0;
  std::string list;
  for (std::size_t i = 0; i < audited.model.steps.size(); ++i) {
    const TracedStep& step = audited.model.steps[i];
    if (!can_be_shown(step)) continue;
    ++can;
    if (audited.seen[i] != 0) {
      ++shown;
      continue;
    }
    if (step.in_shortage) ++in_shortage;
    list += fmt::format("    {} [{}] of {}\n", step.what, step.chain, fmt::join(step.targets, ", "));
    list += fmt::format("      in {}{}\n", step.flow,
                        step.reached.empty() ? "" : fmt::format(", when {}", fmt::join(step.reached, "; ")));
    if (const models::NeverSeen* reason = reason_never_seen(step, audited.kernel); reason != nullptr)
      list +=
          fmt::format("      no recording of dmstall shows it ({}): {}\n", to_string(reason->kind), reason->condition);
  }
  std::string out = fmt::format("{} on Linux {}: {} of {} steps that a trace can show were seen\n", audited.scenario,
                                audited.kernel, shown, can);
  if (!list.empty())
    out += fmt::format("  no trace shows ({} of these need a shortage of memory)\n", in_shortage) + list;
  if (!details) return out;
  for (std::size_t i = 0; i < audited.model.steps.size(); ++i) {
    const TracedStep& step = audited.model.steps[i];
    if (audited.seen[i] != 0) out += fmt::format("  seen {} times: {} [{}]\n", audited.seen[i], step.what, step.chain);
  }
  return out;
}

std::string one_of_sleepers(const AuditedSleepers& of) {
  std::string out = fmt::format("{}: {} on {}\n  the kernel: {}; the models: {}; {}\n", of.path, of.scenario, of.kernel,
                                of.outcome, to_string(of.verdict), of.agree() ? "they agree" : "THEY DISAGREE");
  if (!of.of_least) out += "  nobody slept where the least witness ends; another schedule ends so:\n";
  for (const WitnessWait& wait : of.comparison.waits) {
    out += fmt::format("  {} waits in {}: {}\n", wait.who, wait.functions,
                       wait.sleepers.empty() ? "NOBODY SLEPT THERE" : "somebody slept there");
  }
  for (const AuditedEvent& other : of.comparison.others) {
    out += fmt::format("  asleep beside these: {}\n    {}\n", other.event.text(), why_explained(other, of.model));
  }
  return out;
}

}  // namespace

std::string audit_line(const AuditCounts& counts) {
  return fmt::format("audited {} events: {} by steps, {} by omissions, {} unexplained, {} outside the I/O path",
                     counts.events, counts.by_steps, counts.by_omissions, counts.unexplained, counts.outside);
}

std::string audit_text(const Audit& audit, bool details) {
  std::string out;
  for (const AuditedTrace& trace : audit.traces) out += one_trace(trace, audit.models[trace.model].model, details);
  for (const AuditedModel& each : audit.models) out += unseen_steps(each, details);
  for (const AuditedSleepers& each : audit.sleepers) out += one_of_sleepers(each);
  if (!audit.sleepers.empty()) {
    const auto agree = std::count_if(audit.sleepers.begin(), audit.sleepers.end(),
                                     [](const AuditedSleepers& each) { return each.agree(); });
    out += fmt::format("compared {} recordings of sleepers: {} agree\n", audit.sleepers.size(), agree);
  }
  return out + audit_line(counts_of(audit)) + "\n";
}

}  // namespace dmstall::analysis
