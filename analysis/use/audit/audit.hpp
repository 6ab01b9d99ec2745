// A recorded trace held against the model of its scenario.
//
// Forward: each event is explained by a step, by an entry of the ledger, or lies outside the I/O path for a reason that
// is data; what is left is unexplained, and is something that the models do not know. Backward: each step that a trace
// could show and none of the given ones does, with what would reach it, and why no recording of the tree does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/use/audit/explain.hpp"
#include "analysis/use/audit/recorded_trace.hpp"
#include "analysis/use/audit/sleepers.hpp"
#include "analysis/use/audit/traced_step.hpp"
#include "models/kernel/traces/never_seen.hpp"

namespace dmstall::analysis {

struct AuditedTrace {
  std::string path;
  std::string kernel, release, scenario, operation;  ///< of the header, or what was said instead
  std::size_t model = 0;                             ///< in Audit::models
  std::vector<AuditedEvent> events;
};

struct AuditCounts {
  std::size_t events = 0, by_steps = 0, by_omissions = 0, outside = 0, unexplained = 0;
};

/// A scenario on a release, with all traces that were held against it.
struct AuditedModel {
  std::string scenario, kernel;
  TraceModel model;
  std::vector<std::uint64_t> seen;  ///< of each step: events that it explains, counted as often as they were seen
};

struct Audit {
  std::vector<AuditedModel> models;
  std::vector<AuditedTrace> traces;
  std::vector<AuditedSleepers> sleepers;
};

[[nodiscard]] AuditCounts counts_of(const AuditedTrace& trace);
[[nodiscard]] AuditCounts counts_of(const Audit& audit);

/// Whether the step counts as one that a trace should have shown.
[[nodiscard]] bool can_be_shown(const TracedStep& step);

/// Why no recording of the tree shows the step on the kernel ("6.12", "6.1 without …"); nullptr: one does, or it is
/// not known.
[[nodiscard]] const models::NeverSeen* reason_never_seen(const TracedStep& step, std::string_view kernel);

/// Adds a trace to the audit, held against audit.models[model].
void add_trace(Audit& audit, std::size_t model, const std::string& path, const RecordedTrace& trace);

}  // namespace dmstall::analysis
