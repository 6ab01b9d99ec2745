// What explains one recorded event: a step of the model, an entry of the ledger, or a reason why it lies outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/use/audit/recorded_trace.hpp"
#include "analysis/use/audit/traced_step.hpp"

namespace dmstall::analysis {

enum class Explained : std::uint8_t {
  by_step,
  by_omission,
  outside,       ///< of the I/O path
  not_explained  ///< by anything
};

struct AuditedEvent {
  RecordedEvent event;
  Explained how = Explained::not_explained;
  std::vector<std::size_t> steps;  ///< by_step: of the model, those that fit best
  std::string omission;            ///< by_omission: its id
  std::string why;                 ///< outside: the reason
};

/// Model and functions must outlive this.
class Explainer {
 public:
  Explainer(const TraceModel& model, const HiddenFunctions& hidden);

  [[nodiscard]] AuditedEvent explain(const RecordedEvent& event) const;
  /// The most functions that tell whose event it is which a step has among the callers; 0: no step fits.
  [[nodiscard]] std::size_t most_telling(const RecordedEvent& event) const;

 private:
  [[nodiscard]] std::vector<std::size_t> steps_of(const RecordedEvent& event) const;
  [[nodiscard]] std::size_t how_well(const TracedStep& step, const RecordedEvent& event) const;
  [[nodiscard]] bool left_by_jumps(const TracedStep& step, const RecordedEvent& event) const;
  [[nodiscard]] std::string omission_of(const RecordedEvent& event) const;
  [[nodiscard]] std::string_view outside(const RecordedEvent& event) const;

  const TraceModel& model_;
  const HiddenFunctions& hidden_;
  std::set<std::string> named_;  ///< functions that steps name
};

}  // namespace dmstall::analysis
