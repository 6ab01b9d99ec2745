#include "models/kernel/delivered.hpp"

#include <algorithm>
#include <unordered_map>

namespace dmstall::models {

namespace {

class Walk {
 public:
  explicit Walk(const Program& program) : program_(program) {}

  Delivered of(FlowId id) {
    const Flow& flow = program_.flows[static_cast<std::size_t>(id)];
    if (flow.ends != 0) return {has(flow.ends, Status::ok), has(flow.ends, Status::bad), has(flow.ends, Status::error)};
    if (!flow.built) all_built_ = false;
    const auto [known, fresh] = known_.try_emplace(id);
    if (fresh) {
      Delivered all;
      if (row(flow.steps, all)) all.ok = true;
      known_[id] = all;
    }
    return known_[id];
  }
  /// Of all flows that were asked about.
  [[nodiscard]] bool all_built() const { return all_built_; }

 private:
  static bool has(std::uint8_t ends, Status status) { return (ends >> static_cast<unsigned>(status) & 1U) != 0; }

  /// Adds the ends inside the row; true when a way leads past it.
  bool row(const Steps& steps, Delivered& all) {
    return std::all_of(steps.begin(), steps.end(), [&](const Step& step) { return goes_on(step, all); });
  }

  bool goes_on(const Step& step, Delivered& all) {
    switch (step.kind) {
      case StepKind::finish:
        (step.status == Status::ok ? all.ok : step.status == Status::bad ? all.bad : all.error) = true;
        return false;
      case StepKind::forever:
        row(step.body, all);
        return false;
      case StepKind::choose:
        return any_branch(step, all);
      case StepKind::call: {
        const Delivered below = of(step.flow);
        return by_status(step, "ok", below.ok, all) | by_status(step, "bad", below.bad, all) |
               by_status(step, "error", below.error, all);
      }
      case StepKind::await_children:
        return by_status(step, "ok", true, all) | by_status(step, "bad", true, all) |
               by_status(step, "error", true, all);
      default: {
        const bool first = row(step.body, all);
        return row(step.else_steps, all) || first;
      }
    }
  }

  bool any_branch(const Step& step, Delivered& all) {
    bool on = step.branches.empty();
    for (const Branch& branch : step.branches) on = row(branch.steps, all) || on;
    return on;
  }

  bool by_status(const Step& step, const char* label, bool possible, Delivered& all) {
    if (!possible) return false;
    const auto found = std::find_if(step.branches.begin(), step.branches.end(),
                                    [&](const Branch& branch) { return branch.label == label; });
    return found == step.branches.end() || row(found->steps, all);
  }

  const Program& program_;
  std::unordered_map<FlowId, Delivered> known_;
  bool all_built_ = true;
};

}  // namespace

Delivered delivered(const Program& program, FlowId flow) {
  return Walk(program).of(flow);
}

void note_ends(Program& program, FlowId flow) {
  Walk walk(program);
  const Delivered ends = walk.of(flow);
  if (!walk.all_built()) return;
  const auto bit = [](bool is, Status status) { return is ? 1U << static_cast<unsigned>(status) : 0U; };
  program.flows[static_cast<std::size_t>(flow)].ends =
      static_cast<std::uint8_t>(bit(ends.ok, Status::ok) | bit(ends.bad, Status::bad) | bit(ends.error, Status::error));
}

}  // namespace dmstall::models
