#include "analysis/use/audit/fit.hpp"

#include <algorithm>

#include "models/kernel/traces/frames.hpp"

namespace dmstall::analysis {

namespace {

constexpr int no_fit = -1;

class Fitting {
 public:
  Fitting(const std::vector<std::string>& chain, const RecordedEvent& event, const HiddenFunctions& hidden)
      : chain_(chain), event_(event), hidden_(hidden) {}

  std::size_t all() {
    const int most = best();
    return most < specific ? 0 : static_cast<std::size_t>(most % specific + most / specific);
  }
  std::size_t telling() { return static_cast<std::size_t>(std::max(best(), 0) / specific); }

 private:
  static constexpr int unknown = -2;
  /// What tells whose event it is counts so much more than what does not that one of them is needed.
  static constexpr int specific = 1000;

  int best() {
    if (chain_.empty()) return no_fit;
    for (const std::string& each : chain_) {
      lacking_.push_back(models::is_inside(event_.kind, each) || models::shown_as(each).may_lack ||
                         hidden_.may_lack(each, event_.frames));
    }
    table_.assign((chain_.size() + 1) * (event_.frames.size() + 1), unknown);
    // The event's own machinery may be named by the chain, and may not.
    std::size_t inside = 0;
    while (inside < event_.frames.size() && models::is_inside(event_.kind, event_.frames[inside])) ++inside;
    int most = no_fit;
    for (std::size_t first = 0; first <= inside && first < event_.frames.size(); ++first) {
      std::size_t from = 0;
      while (from < chain_.size() && !is_shown(chain_[from], event_.frames[first]) && lacking_[from]) ++from;
      if (from == chain_.size() || !is_shown(chain_[from], event_.frames[first])) continue;
      most = std::max(most, rest(from, first));
    }
    return most;
  }

  static bool is_shown(const std::string& function, const std::string& frame) {
    if (function == frame) return true;
    const auto& others = models::shown_as(function).functions;
    return std::find(others.begin(), others.end(), frame) != others.end();
  }

  /// How the event was made says nothing, and two chains that differ in it alone are the same.
  [[nodiscard]] int worth(const std::string& frame) const {
    if (models::is_inside(event_.kind, frame)) return 0;
    return models::is_common(frame) ? 1 : specific;
  }

  /// The most that the chain from `j` on has among the callers from `i` on.
  int rest(std::size_t j, std::size_t i) {
    if (j == chain_.size()) return 0;
    int& known = table_[j * (event_.frames.size() + 1) + i];
    if (known != unknown) return known;
    int most = lacking_[j] ? rest(j + 1, i) : no_fit;
    const auto begin = event_.frames.begin() + static_cast<std::ptrdiff_t>(i);
    const auto found =
        std::find_if(begin, event_.frames.end(), [&](const std::string& frame) { return is_shown(chain_[j], frame); });
    if (found != event_.frames.end()) {
      const int after = rest(j + 1, static_cast<std::size_t>(found - event_.frames.begin()) + 1);
      if (after != no_fit) most = std::max(most, after + worth(*found));
    }
    return known = most;
  }

  const std::vector<std::string>& chain_;
  const RecordedEvent& event_;
  const HiddenFunctions& hidden_;
  std::vector<bool> lacking_;  ///< of each function of the chain: whether it may be missing
  std::vector<int> table_;
};

}  // namespace

std::size_t fit(const std::vector<std::string>& chain, const RecordedEvent& event, const HiddenFunctions& hidden) {
  return Fitting(chain, event, hidden).all();
}

std::size_t telling_fit(const std::vector<std::string>& chain, const RecordedEvent& event,
                        const HiddenFunctions& hidden) {
  return Fitting(chain, event, hidden).telling();
}

const std::string& maker_of(const RecordedEvent& event) {
  const auto maker = std::find_if(event.frames.begin(), event.frames.end(),
                                  [&](const std::string& frame) { return !models::is_inside(event.kind, frame); });
  return maker == event.frames.end() ? event.frames.back() : *maker;
}

}  // namespace dmstall::analysis
