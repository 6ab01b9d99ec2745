#include "analysis/use/page/timeline.hpp"

#include <algorithm>
#include <utility>

namespace dmstall::analysis {

void Timeline::begins(const models::Machine& machine) {
  for (std::size_t i = 0; i < machine.resources.size(); ++i) {
    const models::Resource& of = machine.resources[i];
    pools_.push_back(
        {static_cast<models::ResourceId>(i), of.name, of.capacity, of.capacity, models::has_elements(of.kind)});
  }
  changed_.assign(pools_.size(), false);
  known_.assign(pools_.size(), false);
  levels_.assign(pools_.size(), 0);
}

void Timeline::lane(std::size_t, const std::string& name) {
  lanes_.push_back(name);
}

void Timeline::add(TimelineEvent event) {
  if (first_.size() < most_first_) {
    forget(event);
    first_.push_back(std::move(event));
    return;
  }
  last_.push_back(std::move(event));
  if (last_.size() <= most_last_) return;
  forget(last_.front());
  last_.pop_front();
  ++left_out_;
}

/// What an event leaves behind for those after it.
void Timeline::forget(const TimelineEvent& event) {
  if (open_.size() < lanes_.size()) open_.resize(lanes_.size());
  switch (event.kind) {
    case TimelineEvent::Kind::opens:
      open_[event.where].push_back(event);
      break;
    case TimelineEvent::Kind::closes:
      open_[event.where].pop_back();
      break;
    case TimelineEvent::Kind::level:
      levels_[event.where] = event.left;
      known_[event.where] = true;
      break;
    case TimelineEvent::Kind::note:
      break;
  }
}

void Timeline::opens(sim::Nanoseconds now, std::size_t lane, sim::SliceKind kind, const std::string& text,
                     const std::string&) {
  add({now, TimelineEvent::Kind::opens, lane, kind, 0, text});
}

void Timeline::closes(sim::Nanoseconds now, std::size_t lane) {
  add({now, TimelineEvent::Kind::closes, lane, sim::SliceKind::runs, 0, {}});
}

void Timeline::level(sim::Nanoseconds now, models::ResourceId resource, std::int32_t left) {
  const auto at = static_cast<std::size_t>(resource);
  changed_[at] = true;
  pools_[at].lowest = std::min(pools_[at].lowest, left);
  add({now, TimelineEvent::Kind::level, at, sim::SliceKind::runs, left, {}});
}

void Timeline::note(sim::Nanoseconds now, std::string_view text) {
  add({now, TimelineEvent::Kind::note, 0, sim::SliceKind::runs, 0, std::string(text)});
}

void Timeline::ends(sim::Nanoseconds now) {
  end_ = now;
}

std::vector<TimelineEvent> Timeline::at_the_gap() const {
  std::vector<TimelineEvent> events;
  if (left_out_ == 0) return events;
  const sim::Nanoseconds at = last_.front().at;
  for (const std::vector<TimelineEvent>& slices : open_) {
    for (TimelineEvent each : slices) {
      each.at = at;
      events.push_back(std::move(each));
    }
  }
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    if (known_[i]) events.push_back({at, TimelineEvent::Kind::level, i, sim::SliceKind::runs, levels_[i], {}});
  }
  return events;
}

std::vector<Timeline::Pool> Timeline::pools() const {
  std::vector<Pool> changed;
  for (std::size_t i = 0; i < pools_.size(); ++i) {
    if (changed_[i]) changed.push_back(pools_[i]);
  }
  return changed;
}

}  // namespace dmstall::analysis
