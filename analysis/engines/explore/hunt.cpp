#include "analysis/engines/explore/hunt.hpp"

#include <algorithm>

namespace dmstall::analysis {

namespace {

constexpr std::int64_t states_of_round = 1'000'000;
constexpr std::int64_t fewest_states = 2'000;  // of a search
constexpr std::int64_t states_of_search = 100'000;
constexpr std::int64_t states_of_narrowing = 10'000;  // of a search
constexpr std::int64_t most_larger = 8;               // populations looked at beyond the first

class Hunting {
 public:
  Hunting(const models::Machine& machine, Rounds& rounds, std::int64_t states, std::int64_t in_all,
          std::chrono::steady_clock::time_point deadline)
      : rounds_(rounds), states_(states), in_all_(in_all), deadline_(deadline), kinds_(kinds_of_pools(machine)) {}

  /// Whether somebody is stuck under the regime, at less cost than before.
  bool look(const std::vector<Composition>& compositions, std::int64_t requests, const Regime& regime,
            std::int64_t states) {
    Effort effort{deadline_, states_of_each(compositions.size(), states), &regime, std::nullopt};
    if (found_.stuck) effort.below = found_.stuck->answer.cost;
    Round round = rounds_.run(compositions, requests, effort);
    found_.searches += round.searches;
    found_.states += round.states;
    found_.largest = std::max(found_.largest, round.largest);
    exhausted_ = exhausted_ && round.exhausted;
    if (!round.stuck) return false;
    found_.stuck = std::move(round.stuck);
    found_.requests = requests;
    return true;
  }

  /// Fewer failed allocations may do: one kind of pool after the other is served, unless the stuck ones wait for it.
  void narrow(const std::vector<Composition>& compositions, Regime regime) {
    for (const std::vector<bool>& kind : kinds_) {
      const Regime waited =
          of_those_waited_for(*found_.stuck->space, found_.stuck->search->state(found_.stuck->answer.at));
      Regime narrower = regime;
      bool wanted = false;
      for (std::size_t r = 0; r < kind.size(); ++r) {
        if (!kind[r]) continue;
        narrower.refuses[r] = false;
        wanted = wanted || waited.refuses[r];
      }
      if (wanted || narrower == regime) continue;
      if (look(compositions, found_.requests, narrower, std::min(states_, states_of_narrowing)))
        regime = std::move(narrower);
    }
  }

  Hunted run(const std::vector<Regime>& regimes, std::int64_t first, std::int64_t last,
             const std::function<std::vector<Composition>(std::int64_t)>& compositions) {
    for (std::int64_t n = first; n <= std::min(last, first + most_larger) && exhausted_; ++n) {
      const std::vector<Composition> some = compositions(n);
      for (const Regime& regime : regimes) {
        const auto so_far = static_cast<std::int64_t>(found_.states);
        if (so_far >= in_all_ || std::chrono::steady_clock::now() > deadline_) return std::move(found_);
        if (!look(some, n, regime, std::min(states_, in_all_ - so_far))) continue;
        narrow(some, regime);
        return std::move(found_);
      }
    }
    return std::move(found_);
  }

 private:
  Rounds& rounds_;
  std::int64_t states_, in_all_;  ///< of one search, of all
  std::chrono::steady_clock::time_point deadline_;
  std::vector<std::vector<bool>> kinds_;
  Hunted found_;
  bool exhausted_ = true;
};

}  // namespace

std::int64_t states_of_each(std::size_t searches, std::int64_t most) {
  return std::clamp(states_of_round / static_cast<std::int64_t>(std::max<std::size_t>(searches, 1)),
                    std::min(fewest_states, most), most);
}

Hunted hunt(const models::Machine& machine, const ExploreOptions& options, Rounds& rounds, std::int64_t first,
            std::int64_t last, std::chrono::steady_clock::time_point deadline,
            const std::function<std::vector<Composition>(std::int64_t)>& compositions) {
  const std::vector<Regime> regimes = regimes_of(machine, options.open);
  if (regimes.empty()) return {};
  return Hunting(machine, rounds, std::min(options.states, states_of_search), options.states_in_all, deadline)
      .run(regimes, first, last, compositions);
}

}  // namespace dmstall::analysis
