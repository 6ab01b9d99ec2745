#include "analysis/engines/prove/equations.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "analysis/engines/prove/linear.hpp"
#include "models/machine/graph.hpp"

namespace dmstall::analysis {

using models::no_resource;
using models::Resource;
using models::ResourceKind;

namespace {

using Clock = std::chrono::steady_clock;

using models::at;

class Equations {
 public:
  Equations(const Things& things, const std::vector<Column>& columns, const EquationLimits& limits)
      : things_(things), columns_(columns), limits_(limits), begun_(Clock::now()) {
    for (const Column& column : columns) decided_[column.target] = Case::open;
    for (const Column& column : columns) thing_of_[column.target] = column.thing;
  }

  Refutation run() {
    Refutation result;
    Cases cases;
    if (split(cases)) result.cases = std::move(cases);
    result.open = std::move(open_);
    result.solution = std::move(solution_);
    result.leaves = leaves_;
    return result;
  }

 private:
  enum class Case : std::uint8_t { open, waited, not_waited };

  struct Named {
    Multiplier row;
    LinearRow linear;
  };

  [[nodiscard]] double seconds_left() const {
    return limits_.seconds - std::chrono::duration<double>(Clock::now() - begun_).count();
  }

  /// False: no refutation, and `open_` says why.
  bool split(Cases& cases) {
    std::vector<const Column*> used;
    for (const Column& column : columns_) {
      if (decided_.at(column.target) != Case::not_waited) used.push_back(&column);
    }
    const std::vector<Named> rows = rows_for(used);
    std::vector<LinearRow> linear;
    for (const Named& row : rows) linear.push_back(row.linear);
    if (++solved_ > limits_.cases || seconds_left() <= 0) {
      open_ = {.kind = Objection::Kind::circle_cases,
               .figure = static_cast<std::int64_t>(limits_.cases),
               .seconds = limits_.seconds};
      return false;
    }
    const LinearAnswer answer = solve(used.size(), linear, seconds_left());
    if (answer.kind == LinearAnswer::Kind::unknown) {
      open_.kind = Objection::Kind::circle_unsolved;
      return false;
    }
    if (answer.kind == LinearAnswer::Kind::none) {
      ++leaves_;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (answer.multipliers[i] == "0") continue;
        cases.multipliers.push_back(rows[i].row);
        cases.multipliers.back().times = answer.multipliers[i];
      }
      return true;
    }
    const Target* next = most_used_open(used, answer.point);
    if (next == nullptr) {
      open_.kind = Objection::Kind::circle_solution;
      for (std::size_t i = 0; i < used.size(); ++i) {
        if (answer.point[i] > 0) solution_.emplace_back(used[i], answer.point[i]);
      }
      return false;
    }
    const Target target = *next;
    cases.split = target;
    cases.branches.resize(2);
    for (Cases& branch : cases.branches) {
      decided_[target] = &branch == &cases.branches.front() ? Case::waited : Case::not_waited;
      const bool refuted = split(branch);
      decided_[target] = Case::open;
      if (!refuted) return false;
    }
    return true;
  }

  const Target* most_used_open(const std::vector<const Column*>& used, const std::vector<double>& point) const {
    std::map<const Target*, double> amounts;
    for (std::size_t i = 0; i < used.size(); ++i) {
      if (point[i] > 0) amounts[&decided_.find(used[i]->target)->first] += point[i];
    }
    const Target* best = nullptr;
    double most = 0;
    for (const auto& [target, decision] : decided_) {
      const auto amount = amounts.find(&target);
      if (decision != Case::open || amount == amounts.end() || amount->second <= most) continue;
      best = &target;
      most = amount->second;
    }
    return best;
  }

  template <typename Coefficient>
  static LinearRow row(const std::vector<const Column*>& used, std::int64_t bound, const Coefficient& coefficient) {
    LinearRow result;
    result.bound = bound;
    for (std::size_t i = 0; i < used.size(); ++i) {
      if (const std::int64_t n = coefficient(*used[i]); n != 0) result.coefficients.emplace_back(i, n);
    }
    return result;
  }

  std::vector<Named> rows_for(const std::vector<const Column*>& used) const {
    std::vector<Named> rows;
    rows.push_back({{RowKind::somebody, {}, {}, {}}, row(used, 1, [](const Column&) { return 1; })});
    for (const auto& [target, decision] : decided_) {
      if (decision != Case::waited) continue;
      const Target& wanted = target;
      rows.push_back({{RowKind::waits, target, {}, {}},
                      row(used, 1, [&](const Column& column) { return column.target == wanted ? 1 : 0; })});
      rows.push_back({{RowKind::supply, target, {}, {}}, supply(used, target)});
    }
    add_bounds(used, rows);
    add_requests(used, rows);
    return rows;
  }

  [[nodiscard]] LinearRow supply(const std::vector<const Column*>& used, const Target& target) const {
    const ThingId thing = thing_of_.at(target);
    const auto held = [&](const Column& column) { return std::int64_t{column.held.of(thing)}; };
    if (!things_.is_resource(thing)) return row(used, 1, held);
    const Resource& resource = things_.machine().resources[at(thing)];
    switch (resource.kind) {
      case ResourceKind::rwsem: {
        const HoldId writing = things_.writing(thing);
        if (target.writing)
          return row(used, 1, [&](const Column& column) { return held(column) + column.held.of(writing); });
        return row(used, 1, [&](const Column& column) {
          return std::int64_t{column.held.of(writing)} + (column.thing == thing && column.target.writing ? 1 : 0);
        });
      }
      case ResourceKind::order:
        return row(used, 1, [&](const Column& column) { return column.thing == thing ? 0 : held(column); });
      case ResourceKind::event: {
        const auto& source = things_.source(thing);
        const HoldId counter = source ? source->counter : no_resource;
        return row(used, 1, [&](const Column& column) {
          return held(column) + (counter == no_resource ? 0 : std::int64_t{column.held.of(counter)});
        });
      }
      case ResourceKind::counter:
        return row(used, 1, held);
      default:
        return row(used, resource.capacity - target.need + 1, held);
    }
  }

  /// Of all capacities at once: a row has few columns, and there are as many rows as pools.
  void add_bounds(const std::vector<const Column*>& used, std::vector<Named>& rows) const {
    std::map<ThingId, LinearRow> hard;
    for (std::size_t i = 0; i < used.size(); ++i) {
      for (const auto& [hold, n] : used[i]->held.entries()) {
        const ThingId thing = things_.thing_of(hold);
        if (thing == no_thing || !things_.is_resource(thing) || things_.is_writing(hold)) continue;
        const Resource& resource = things_.machine().resources[at(thing)];
        if (!models::has_elements(resource.kind) || !is_hard(resource)) continue;
        LinearRow& row = hard[thing];
        row.bound = -resource.capacity;
        row.coefficients.emplace_back(i, -std::int64_t{n});
      }
    }
    for (auto& [thing, row] : hard)
      rows.push_back({{RowKind::bound, {things_.name(thing), 1, false}, {}, {}}, std::move(row)});
  }

  void add_requests(const std::vector<const Column*>& used, std::vector<Named>& rows) const {
    std::map<std::int32_t, LinearRow> tasks;
    for (std::size_t i = 0; i < used.size(); ++i) {
      const std::int32_t task = used[i]->request_class;
      if (task < 0 || !things_.machine().classes[at(task)].in_thread) continue;
      LinearRow& row = tasks[task];
      row.bound = -things_.machine().classes[at(task)].population;
      row.coefficients.emplace_back(i, -1);
    }
    for (auto& [task, row] : tasks)
      rows.push_back({{RowKind::requests, {}, things_.machine().classes[at(task)].name, {}}, std::move(row)});
  }

  const Things& things_;
  const std::vector<Column>& columns_;
  const EquationLimits& limits_;
  Clock::time_point begun_;
  std::map<Target, Case> decided_;
  std::map<Target, ThingId> thing_of_;
  Objection open_;
  std::vector<std::pair<const Column*, double>> solution_;
  std::size_t solved_ = 0, leaves_ = 0;
};

}  // namespace

Refutation refute(const Things& things, const std::vector<Column>& columns, const EquationLimits& limits) {
  return Equations(things, columns, limits).run();
}

}  // namespace dmstall::analysis
