// The readable event log: one line per step, as a kernel engineer would tell it.
//
//   12.345678 s  kverityd/upper           takes 1 verity.recheck_pool from the reserve (0 of 1 left)   [verity_recheck
//   < verity_work]  request 7
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "models/machine/world.hpp"
#include "sim/clock.hpp"

namespace dmstall::sim {

class Trace {
 public:
  /// Writes nothing when `out` is null.
  explicit Trace(std::ostream* out) : out_(out) {}
  ~Trace() { flush(); }
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  [[nodiscard]] bool on() const { return out_ != nullptr; }

  /// To be called before the step is applied, when the token still stands there…
  void begin_step(const models::World& world, models::TokenId id);
  /// …and after it, when the levels have changed. `serial` of a token just spawned or -1.
  void end_step(Nanoseconds now, const models::World& world, const models::Alternative& taken, std::int64_t spawned);
  void starts(Nanoseconds now, const models::World& world, models::TokenId id);
  void waits(Nanoseconds now, const models::World& world, models::TokenId id);
  void polls(Nanoseconds now, const models::World& world, models::TokenId id);
  void spends(Nanoseconds now, const models::World& world, models::TokenId id);
  /// A line about nobody in particular.
  void note(Nanoseconds now, std::string_view text);
  void flush();

 private:
  void line(Nanoseconds now, std::string_view who, std::string_view what, std::string_view functions,
            std::int64_t request);

  std::ostream* out_;
  std::string buffer_;
  // The step between begin_step and end_step.
  models::NodeId node_ = models::no_node;
  std::string who_;
  std::int64_t request_ = -1;
};

}  // namespace dmstall::sim
