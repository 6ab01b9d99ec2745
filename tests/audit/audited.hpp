// Traces as text and models of small stacks, held against each other.
#pragma once

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "analysis/use/audit/audit.hpp"
#include "models/scenario/reader.hpp"

namespace dmstall::tests {

/// `lines`: events, and further lines of the header.
inline analysis::RecordedTrace trace_of(const std::string& lines) {
  analysis::TraceRead read = analysis::read_trace("# dmstall-trace 1\n" + lines);
  if (!read.trace) throw std::runtime_error(read.refusal);
  return *read.trace;
}

/// `body` is everything but "format" and "name".
inline analysis::TraceModel traced_model(const std::string& body) {
  models::ReadResult read = models::read_scenario_text(R"({ "format": 1, "name": "test", )" + body + " }", "test.json");
  if (!read.scenario) throw std::runtime_error(models::format_diagnostics(read.diagnostics));
  return analysis::trace_model(std::move(*read.scenario));
}

inline analysis::Audit audited(const analysis::TraceModel& model, const std::string& lines) {
  analysis::Audit audit;
  audit.models.push_back({"test.json", model.kernel, model, {}});
  analysis::add_trace(audit, 0, "test.trace", trace_of(lines));
  return audit;
}

/// How the one event of the trace is explained.
inline analysis::AuditedEvent audited_event(const analysis::TraceModel& model, const std::string& lines) {
  analysis::Audit audit = audited(model, lines);
  if (audit.traces[0].events.size() != 1) throw std::runtime_error("not one event");
  return audit.traces[0].events[0];
}

}  // namespace dmstall::tests
