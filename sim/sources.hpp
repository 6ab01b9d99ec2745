// Where requests come from: how many of each class have started, may start now, and at which address.
#pragma once

#include <cstdint>
#include <vector>

#include "models/machine/machine.hpp"
#include "sim/clock.hpp"
#include "sim/random.hpp"

namespace dmstall::sim {

class Sources {
 public:
  Sources(const models::Machine& machine, std::uint64_t seed);

  [[nodiscard]] std::size_t classes() const { return states_.size(); }
  /// The class's requests come and go with memory pressure: their number is open, and nobody waits for them.
  /// Requires: none has started.
  void open_number(std::int32_t request_class);
  /// Requests of the class that are on their way.
  [[nodiscard]] std::int64_t live(std::int32_t request_class) const { return state(request_class).live; }
  /// Date of the first request of the class.
  [[nodiscard]] Nanoseconds begins(std::int32_t request_class) const;
  /// Time to the next tick of a periodic class, 0 when it has none or no further one.
  [[nodiscard]] Nanoseconds tick(std::int32_t request_class);
  [[nodiscard]] bool may_start(std::int32_t request_class) const;
  /// Counts a start and returns the address of the new request.
  std::int64_t start(std::int32_t request_class);
  void finish(std::int32_t request_class);
  /// Every request of every class that is no daemon has finished.
  [[nodiscard]] bool all_finished() const { return unfinished_ == 0; }
  [[nodiscard]] double fraction_finished() const;
  /// Per class: whether requests are still to come.
  [[nodiscard]] std::vector<bool> to_come() const;
  /// Per class: how many requests have not started; INT64_MAX where their number is open.
  [[nodiscard]] std::vector<std::int64_t> later() const;

 private:
  struct State {
    std::int64_t started = 0, live = 0;
    std::int64_t total = 0;
    bool open = false;     ///< see open_number
    std::int64_t due = 0;  ///< starts that a periodic class's ticks have allowed so far
  };
  [[nodiscard]] const models::RequestClass& of(std::int32_t request_class) const {
    return machine_->classes[static_cast<std::size_t>(request_class)];
  }
  State& state(std::int32_t request_class) { return states_[static_cast<std::size_t>(request_class)]; }
  [[nodiscard]] const State& state(std::int32_t request_class) const {
    return states_[static_cast<std::size_t>(request_class)];
  }

  const models::Machine* machine_;
  Random addresses_;
  std::vector<State> states_;
  std::int64_t unfinished_ = 0, all_ = 0;
};

}  // namespace dmstall::sim
