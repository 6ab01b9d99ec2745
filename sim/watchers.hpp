// All who watch a run, told one after another.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "sim/watcher.hpp"

namespace dmstall::sim {

class Watchers {
 public:
  explicit Watchers(std::vector<Watcher*> all) : all_(std::move(all)) {}

  void add(Watcher& watcher) { all_.push_back(&watcher); }
  [[nodiscard]] bool on() const { return !all_.empty(); }
  template <typename Call>
  void tell(const Call& call) {
    for (Watcher* each : all_) call(*each);
  }
  void note(Nanoseconds now, std::string_view text) {
    tell([&](Watcher& each) { each.note(now, text); });
  }
  /// The run has found a stuck set: for those who do not want to see what memory would change, it ends here.
  void leave_before_relief(Nanoseconds now) {
    std::erase_if(all_, [&](Watcher* each) {
      if (each->wants_relief()) return false;
      each->ends(now);
      return true;
    });
  }
  void end(Nanoseconds now) {
    tell([&](Watcher& each) { each.ends(now); });
    all_.clear();
  }

 private:
  std::vector<Watcher*> all_;
};

}  // namespace dmstall::sim
