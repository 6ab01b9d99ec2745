// A timed run in the trace event format that ui.perfetto.dev and chrome://tracing open: a track for each lane, a
// counter for each pool, a flow for each bio (Google, "Trace Event Format": phases B, E, C, i, M, s, t, f; times in
// us).
#pragma once

#include <iosfwd>
#include <string>

#include "sim/lanes.hpp"

namespace dmstall::analysis {

/// Writes as the run goes on, in constant memory. A document without events where no run in time took place.
class PerfettoWriter final : public sim::LaneReader {
 public:
  /// `title`: of the document. The stream outlives the writer.
  PerfettoWriter(std::ostream& out, const std::string& title);
  /// Ends the document. To be called once.
  void finish();

  void begins(const models::Machine& machine) override;
  void lane(std::size_t lane, const std::string& name) override;
  void opens(sim::Nanoseconds now, std::size_t lane, sim::SliceKind kind, const std::string& text,
             const std::string& functions) override;
  void closes(sim::Nanoseconds now, std::size_t lane) override;
  void hop(sim::Nanoseconds now, std::int64_t token, std::size_t from, bool first) override;
  void arrives(sim::Nanoseconds now, std::int64_t token, std::size_t to, bool last) override;
  void level(sim::Nanoseconds now, models::ResourceId resource, std::int32_t left) override;
  void note(sim::Nanoseconds now, std::string_view text) override;
  void pages(sim::Nanoseconds now, const models::PageCounts& counts) override;
  void ends(sim::Nanoseconds) override {}

 private:
  void event(const std::string& text);
  void flow(sim::Nanoseconds now, char phase, std::int64_t token, std::size_t lane);

  std::ostream& out_;
  const models::Machine* machine_ = nullptr;
  bool any_ = false;
};

}  // namespace dmstall::analysis
