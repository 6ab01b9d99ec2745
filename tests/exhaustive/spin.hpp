// Runs SPIN on a Promela model: spin generates a verifier in C, gcc compiles it, the verifier searches all states.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace dmstall::tests {

struct SpinOptions {
  bool step_for_step = true;     ///< one state per step and no reduction; false: all that SPIN has
  const char* optimise = "-O0";  ///< of the verifier: compiling it costs more than running it, for small models
  bool assertions = true;        ///< look for them, too: a second run
  long depth = 200'000;
  int table_bits = 18;  ///< log2 of the hash table's slots
  int seconds = 120;    ///< of one run of the verifier
  int runs = 1;         ///< of the search for end states; the shortest is measured
};

struct SpinAnswer {
  std::string problem;     ///< not empty: there is no answer, and why
  bool dead = false;       ///< an invalid end state is reachable
  bool assertion = false;  ///< a violated assertion is reachable
  std::size_t states = 0;
  double spin_s = 0, gcc_s = 0, pan_s = 0;  ///< wall time; pan: the search for end states alone
};

/// Empty where SPIN can be run; else what is missing.
[[nodiscard]] std::string spin_is_missing();

[[nodiscard]] SpinAnswer run_spin(const std::string& model, const SpinOptions& options = {});

/// Calls `each` for all numbers below n, on as many threads as there are processors.
void in_parallel(std::size_t n, const std::function<void(std::size_t)>& each);

}  // namespace dmstall::tests
