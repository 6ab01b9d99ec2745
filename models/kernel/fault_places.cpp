#include "models/kernel/fault_places.hpp"

#include <algorithm>
#include <map>

namespace dmstall::models {

namespace {

class Places {
 public:
  Places(const Stack& stack, const std::vector<std::int32_t>& faults) : stack_(stack), faults_(faults) {}

  std::vector<FaultPlace> from(const std::vector<Region>& asks) {
    for (const Region& asked : asks) leads_to_a_fault(first(asked));
    if (done_.empty()) return {};
    std::vector<FaultPlace> places(done_.size() + 1);
    for (std::size_t i = 0; i < done_.size(); ++i) number_[done_[i]] = static_cast<std::int32_t>(done_.size() - i);
    for (const Region& asked : asks) {
      if (const auto known = number_.find(first(asked)); known != number_.end())
        places[0].ways.push_back({known->second, asked.hop, -1});
    }
    for (const OnTheWay& at : done_) {
      FaultPlace& place = places[static_cast<std::size_t>(number_.at(at))];
      place.faults = at_[at];
      place.of_tree = at.area == FaultArea::hash;
      for (const Region& region : stack_.regions(at.device, at.op)) {
        const auto below = number_.find(next_on_the_way(at, region));
        // A device that stands on itself through the COW device of a snapshot is looked at once.
        if (below == number_.end() || below->second <= number_.at(at)) continue;
        const bool enters = region.area == FaultArea::hash;
        place.ways.push_back({below->second, region.hop, enters ? region.area_begin : -1});
      }
    }
    return places;
  }

 private:
  static OnTheWay first(const Region& asked) { return {asked.device, asked.op, FaultArea::data, -1}; }

  /// Children before parents: `done_` backwards is an order in which every way leads on.
  bool leads_to_a_fault(const OnTheWay& at) {
    const auto [known, fresh] = useful_.emplace(at, false);
    if (!fresh) return known->second;
    std::vector<std::int32_t> here;
    std::copy_if(faults_.begin(), faults_.end(), std::back_inserter(here),
                 [&](std::int32_t fault) { return stack_.lies_in(fault, at.device, at.op, at.area, at.owner); });
    bool useful = !here.empty();
    for (const Region& region : stack_.regions(at.device, at.op)) {
      if (leads_to_a_fault(next_on_the_way(at, region))) useful = true;
    }
    useful_[at] = useful;
    if (!useful) return false;
    at_[at] = std::move(here);
    done_.push_back(at);
    return true;
  }

  const Stack& stack_;
  const std::vector<std::int32_t>& faults_;
  std::map<OnTheWay, bool> useful_;
  std::map<OnTheWay, std::vector<std::int32_t>> at_;
  std::map<OnTheWay, std::int32_t> number_;
  std::vector<OnTheWay> done_;
};

}  // namespace

std::vector<FaultPlace> fault_places(const Stack& stack, const std::vector<Region>& asks,
                                     const std::vector<std::int32_t>& faults) {
  return Places(stack, faults).from(asks);
}

}  // namespace dmstall::models
