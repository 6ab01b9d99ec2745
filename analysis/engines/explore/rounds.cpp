#include "analysis/engines/explore/rounds.hpp"

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

#include "analysis/engines/explore/concrete.hpp"
#include "models/machine/stuck.hpp"
#include "models/machine/witness.hpp"

namespace dmstall::analysis {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int most_rejections = 40;              // states in which nobody moves, but requests to come might help
constexpr int most_rejections_of_wanted = 5000;  // states in which others are stuck than those that are looked for

/// The round as its workers fill it in; all of it under one lock.
class Shared {
 public:
  explicit Shared(std::size_t compositions) : compositions_(compositions) {}

  /// The next composition to be searched; none when all are given out, the time is up or somebody has failed.
  std::optional<std::size_t> next(Clock::time_point deadline) {
    const std::lock_guard lock(guard_);
    if (given_out_ == compositions_ || failure_ || Clock::now() > deadline) return std::nullopt;
    return given_out_++;
  }

  [[nodiscard]] bool in_vain(const Cost& now, std::size_t place) {
    const std::lock_guard lock(guard_);
    return round_.stuck && std::pair(now, place) > std::pair(round_.stuck->answer.cost, place_);
  }

  void note(Searched&& searched, std::size_t place) {
    const std::lock_guard lock(guard_);
    const SearchAnswer& answer = searched.answer;
    ++round_.searches;
    round_.states += answer.states;
    round_.largest = std::max(round_.largest, answer.states);
    if (searched.unsure_from) {
      if (!unsure_from_ || *searched.unsure_from < *unsure_from_) unsure_from_ = searched.unsure_from;
      if (!searched.bound.empty() && place < bound_place_) {
        bound_place_ = place;
        round_.bound = searched.bound;
      }
    }
    if (answer.end == SearchEnd::found) {
      if (round_.stuck && std::pair(round_.stuck->answer.cost, place_) < std::pair(answer.cost, place)) return;
      place_ = place;
      round_.stuck = std::move(searched);
    } else if (answer.error && place < error_place_) {
      error_place_ = place;
      round_.error = answer.error;
    }
  }

  void fail(std::exception_ptr failure) {
    const std::lock_guard lock(guard_);
    if (!failure_) failure_ = std::move(failure);
  }

  Round finish() {
    if (failure_) std::rethrow_exception(failure_);
    const bool all = given_out_ == compositions_;
    round_.exhausted = all && !unsure_from_;
    round_.unsure_from = all ? unsure_from_ : Cost{};
    if (round_.stuck) {
      round_.error.reset();
      round_.least = !round_.unsure_from || *round_.unsure_from >= round_.stuck->answer.cost;
    }
    return std::move(round_);
  }

 private:
  std::mutex guard_;
  std::size_t compositions_, given_out_ = 0;
  Round round_;
  std::size_t place_ = 0;  ///< of round_.stuck
  std::size_t error_place_ = SIZE_MAX, bound_place_ = SIZE_MAX;
  std::optional<Cost> unsure_from_;
  std::exception_ptr failure_;
};

}  // namespace

Rounds::Rounds(const models::Machine& machine, const std::vector<SiblingGroup>& groups, const ExploreOptions& options,
               Composition whole)
    : machine_(machine),
      groups_(groups),
      options_(options),
      whole_(std::move(whole)),
      demands_(std::max<std::size_t>(options.threads, 1),
               Demand(machine, groups,
                      Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                         std::chrono::duration<double>(std::min(options.seconds, 1e9))))) {}

std::shared_ptr<Space> Rounds::space_of(const Composition& composition, std::size_t worker) {
  return std::make_shared<Space>(machine_, groups_, demands_[worker], composition, options_.reductions);
}

Searched Rounds::search(const Composition& composition, std::int64_t requests, const Effort& effort) {
  if (!kept_ || kept_->composition() != composition) kept_ = space_of(composition, 0);
  return search_in(kept_, requests, effort, {});
}

Searched Rounds::search_in(std::shared_ptr<Space> space, std::int64_t requests, const Effort& effort,
                           std::function<bool(const Cost&)> in_vain) {
  Searched searched;
  searched.space = std::move(space);
  const Composition& composition = searched.space->composition();
  searched.search = std::make_unique<Search>(*searched.space);
  SearchLimits limits;
  limits.states = effort.states;
  limits.memory_bytes = options_.memory_mib << 20;
  limits.deadline = effort.deadline;
  limits.in_vain = [&effort, in_vain = std::move(in_vain)](const Cost& now) {
    return (effort.below && now >= *effort.below) || (in_vain && in_vain(now));
  };
  if (effort.regime != nullptr) {
    searched.search->only([space = searched.space.get(), regime = *effort.regime](const Edge& edge) {
      return is_allowed(*space, regime, edge);
    });
  }
  if (options_.progress) {
    limits.progress = [&](std::size_t states, double per_second, int depth, std::size_t bytes) {
      const std::lock_guard lock(progress_);
      options_.progress(requests, states, per_second, depth, bytes);
    };
  }
  // Tasks are there in any case; whether a workload issues another request is nobody's promise.
  searched.to_come.assign(machine_.classes.size(), false);
  for (std::size_t c = 0; c < composition.size(); ++c)
    searched.to_come[c] = machine_.classes[c].in_thread && composition[c] < whole_[c];
  const bool is_whole = composition == whole_;
  int rejections = 0;
  const int most = options_.wanted ? most_rejections_of_wanted : most_rejections;
  SearchAnswer& answer = searched.answer;
  answer = searched.search->run(limits, [&](StateIndex at) {
    if (is_whole && !options_.wanted) return true;
    if (rejections > most) {
      if (!searched.unsure_from) searched.unsure_from = searched.search->cost(at);
      return false;
    }
    Concrete concrete(machine_, *searched.space);
    for (const Edge& edge : searched.search->path(at)) concrete.follow(edge);
    const std::vector<models::TokenId> stuck = models::stuck_set(concrete.world(), searched.to_come);
    if (!stuck.empty() && (!options_.wanted || options_.wanted(models::explain(concrete.world(), stuck)))) return true;
    ++rejections;
    return false;
  });
  switch (answer.end) {
    case SearchEnd::states:
      searched.bound = {.kind = SearchBound::Kind::states,
                        .amount = effort.states,
                        .requests = requests,
                        .flag = options_.states_flag};
      break;
    case SearchEnd::memory:
      searched.bound = {.kind = SearchBound::Kind::memory,
                        .amount = options_.memory_mib,
                        .requests = requests,
                        .flag = options_.memory_flag};
      break;
    case SearchEnd::time:
      searched.bound = {.kind = SearchBound::Kind::time,
                        .seconds = options_.seconds,
                        .requests = requests,
                        .flag = options_.seconds_flag};
      break;
    default:
      break;
  }
  if (!searched.bound.empty() && !searched.unsure_from) searched.unsure_from = answer.cost;
  return searched;
}

Round Rounds::run(const std::vector<Composition>& compositions, std::int64_t requests, const Effort& effort) {
  Shared shared(compositions.size());
  if (compositions.size() == 1) {
    if (shared.next(effort.deadline)) shared.note(search(compositions.front(), requests, effort), 0);
    return shared.finish();
  }
  const auto work = [&](std::size_t worker) {
    try {
      while (const std::optional<std::size_t> place = shared.next(effort.deadline)) {
        shared.note(search_in(space_of(compositions[*place], worker), requests, effort,
                              [&](const Cost& now) { return shared.in_vain(now, *place); }),
                    *place);
      }
    } catch (...) {
      shared.fail(std::current_exception());
    }
  };
  const std::size_t workers = std::min(demands_.size(), compositions.size());
  if (workers <= 1) {
    work(0);
  } else {
    std::vector<std::jthread> threads;
    for (std::size_t worker = 0; worker < workers; ++worker) threads.emplace_back(work, worker);
  }
  return shared.finish();
}

}  // namespace dmstall::analysis
