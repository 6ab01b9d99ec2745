#include "analysis/engines/prove/linear.hpp"

#include <z3++.h>

#include <algorithm>
#include <cmath>

namespace dmstall::analysis {

namespace {

z3::expr sum(z3::context& context, const std::vector<z3::expr>& terms) {
  z3::expr_vector all(context);
  for (const z3::expr& term : terms) all.push_back(term);
  return terms.empty() ? context.real_val(0) : z3::sum(all);
}

z3::solver solver_for(z3::context& context, double seconds) {
  z3::solver solver(context, "QF_LRA");
  z3::params settings(context);
  settings.set("timeout", static_cast<unsigned>(std::clamp(seconds, 0.001, 1e6) * 1000));
  solver.set(settings);
  return solver;
}

std::vector<z3::expr> unknowns(z3::context& context, z3::solver& solver, std::size_t n) {
  std::vector<z3::expr> result;
  for (std::size_t i = 0; i < n; ++i) {
    result.push_back(context.real_const(("v" + std::to_string(i)).c_str()));
    solver.add(result.back() >= 0);
  }
  return result;
}

/// Multipliers y >= 0 with y * coefficients <= 0 for each column and y * bounds >= 1.
bool find_multipliers(std::size_t columns, const std::vector<LinearRow>& rows, double seconds, LinearAnswer& answer) {
  z3::context context;
  z3::solver solver = solver_for(context, seconds);
  const std::vector<z3::expr> y = unknowns(context, solver, rows.size());
  std::vector<std::vector<z3::expr>> of_column(columns);
  std::vector<z3::expr> bounds;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const auto& [column, coefficient] : rows[i].coefficients)
      of_column[column].push_back(context.real_val(coefficient) * y[i]);
    if (rows[i].bound != 0) bounds.push_back(context.real_val(rows[i].bound) * y[i]);
  }
  for (const std::vector<z3::expr>& terms : of_column) {
    if (!terms.empty()) solver.add(sum(context, terms) <= 0);
  }
  solver.add(sum(context, bounds) >= 1);
  if (solver.check() != z3::sat) return false;
  const z3::model model = solver.get_model();
  for (const z3::expr& each : y)
    answer.multipliers.emplace_back(Z3_get_numeral_string(context, model.eval(each, true)));
  answer.kind = LinearAnswer::Kind::none;
  return true;
}

}  // namespace

LinearAnswer solve(std::size_t columns, const std::vector<LinearRow>& rows, double seconds) {
  LinearAnswer answer;
  z3::context context;
  z3::solver solver = solver_for(context, seconds);
  const std::vector<z3::expr> x = unknowns(context, solver, columns);
  for (const LinearRow& row : rows) {
    std::vector<z3::expr> terms;
    for (const auto& [column, coefficient] : row.coefficients)
      terms.push_back(context.real_val(coefficient) * x[column]);
    solver.add(sum(context, terms) >= context.real_val(row.bound));
  }
  switch (solver.check()) {
    case z3::unsat:
      find_multipliers(columns, rows, seconds, answer);
      return answer;
    case z3::unknown:
      return answer;
    case z3::sat:
      break;
  }
  const z3::model model = solver.get_model();
  for (const z3::expr& each : x) answer.point.push_back(model.eval(each, true).as_double());
  answer.kind = LinearAnswer::Kind::point;
  return answer;
}

}  // namespace dmstall::analysis
