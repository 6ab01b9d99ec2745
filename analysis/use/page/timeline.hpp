// A timed run for a picture: what stands on its lanes and what pools have left, the first and the last of it where it
// is long.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "sim/lanes.hpp"

namespace dmstall::analysis {

struct TimelineEvent {
  enum class Kind : std::uint8_t { opens, closes, level, note };
  sim::Nanoseconds at = 0;
  Kind kind = Kind::opens;
  std::size_t where = 0;  ///< lane; of `level` the resource
  sim::SliceKind slice = sim::SliceKind::runs;
  std::int32_t left = 0;  ///< of `level`
  std::string text;       ///< of `opens` and `note`
};

/// Keeps the first and the last events; between them it knows which slices are open and what every pool has left.
class Timeline final : public sim::LaneReader {
 public:
  explicit Timeline(std::size_t most_first = 1500, std::size_t most_last = 2500)
      : most_first_(most_first), most_last_(most_last) {}

  void begins(const models::Machine& machine) override;
  void lane(std::size_t lane, const std::string& name) override;
  void opens(sim::Nanoseconds now, std::size_t lane, sim::SliceKind kind, const std::string& text,
             const std::string& functions) override;
  void closes(sim::Nanoseconds now, std::size_t lane) override;
  void hop(sim::Nanoseconds, std::int64_t, std::size_t, bool) override {}
  void arrives(sim::Nanoseconds, std::int64_t, std::size_t, bool) override {}
  void level(sim::Nanoseconds now, models::ResourceId resource, std::int32_t left) override;
  void note(sim::Nanoseconds now, std::string_view text) override;
  void pages(sim::Nanoseconds, const models::PageCounts&) override {}
  void ends(sim::Nanoseconds now) override;

  struct Pool {
    models::ResourceId resource = models::no_resource;
    std::string name;
    std::int32_t capacity = 0, lowest = 0;
    bool elements = true;  ///< false: a counter
  };
  /// In time, in nanoseconds.
  [[nodiscard]] const std::vector<TimelineEvent>& first() const { return first_; }
  /// Those after a gap; when `left_out` is 0 they go on where `first` ended.
  [[nodiscard]] const std::deque<TimelineEvent>& last() const { return last_; }
  /// What was open and left when `last` began, as events of that moment.
  [[nodiscard]] std::vector<TimelineEvent> at_the_gap() const;
  [[nodiscard]] std::size_t left_out() const { return left_out_; }
  [[nodiscard]] const std::vector<std::string>& lanes() const { return lanes_; }
  [[nodiscard]] std::vector<Pool> pools() const;  ///< that changed
  [[nodiscard]] sim::Nanoseconds end() const { return end_; }
  [[nodiscard]] bool ran() const { return end_ >= 0; }

 private:
  void add(TimelineEvent event);
  void forget(const TimelineEvent& event);

  std::size_t most_first_, most_last_, left_out_ = 0;
  std::vector<TimelineEvent> first_;
  std::deque<TimelineEvent> last_;
  std::vector<std::string> lanes_;
  std::vector<Pool> pools_;  ///< by resource
  std::vector<bool> changed_;
  // Where `last` begins.
  std::vector<std::vector<TimelineEvent>> open_;  ///< by lane
  std::vector<std::int32_t> levels_;              ///< by resource
  std::vector<bool> known_;                       ///< whose level that is
  sim::Nanoseconds end_ = -1;
};

}  // namespace dmstall::analysis
