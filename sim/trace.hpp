// The readable event log: one line per step, as a kernel engineer would tell it.
//
//   12.345678 s  kverityd/upper           takes 1 verity.recheck_pool from the reserve (0 of 1 left)   [verity_recheck
//   < verity_work]  request 7
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "models/machine/world.hpp"
#include "sim/watcher.hpp"

namespace dmstall::sim {

class Trace final : public Watcher {
 public:
  explicit Trace(std::ostream& out) : out_(out) {}
  ~Trace() override { flush(); }

  void starts(Nanoseconds now, const models::World& world, models::TokenId id) override;
  void before_step(Nanoseconds now, const models::World& world, models::TokenId id) override;
  void after_step(Nanoseconds now, const models::World& world, const models::Alternative& taken,
                  const models::StepEffects& effects) override;
  void waits(Nanoseconds now, const models::World& world, models::TokenId id) override;
  void polls(Nanoseconds now, const models::World& world, models::TokenId id) override;
  void spends(Nanoseconds now, const models::World& world, models::TokenId id) override;
  void note(Nanoseconds now, std::string_view text) override;
  void pages(Nanoseconds, const models::PageCounts&) override {}
  void ends(Nanoseconds) override { flush(); }
  [[nodiscard]] bool wants_relief() const override { return true; }

 private:
  void flush();
  void line(Nanoseconds now, std::string_view who, std::string_view what, std::string_view functions,
            std::int64_t request);

  std::ostream& out_;
  std::string buffer_;
  // The step between before_step and after_step.
  models::NodeId node_ = models::no_node;
  std::string who_;
  std::int64_t request_ = -1;
};

}  // namespace dmstall::sim
