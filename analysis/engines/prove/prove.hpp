// No schedule at all: shows for any number of requests that nobody can be stuck for ever, or says why that is not
// shown.
//
// Rung 1 ranks what is held and waited for; rung 2 shows that the equations of what cannot be ranked have no solution.
// README.md is the argument. PROVED is a claim of the certificate: report it only after analysis/verify has accepted
// it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "analysis/engines/prove/certificate.hpp"
#include "analysis/engines/prove/objection.hpp"
#include "analysis/engines/prove/wait_graph.hpp"
#include "models/machine/machine.hpp"

namespace dmstall::analysis {

struct ProveOptions {
  std::size_t contexts = 200'000;  ///< ways to enter a flow, in the equations of one group
  std::size_t cases = 2'000;       ///< of one group
  double seconds = 20;             ///< for the whole proof
  bool equations = true;           ///< false: rung 1 alone
  std::size_t words = 2'000;       ///< `ranks` is filled for proofs of so many things or fewer
  /// Told where the proof is: "waits that go round, in group"; `all` 0: a step that is not counted.
  std::function<void(const char* step, std::size_t done, std::size_t all)> progress;
};

struct Proof {
  bool proved = false;
  int rung = 1;                   ///< the highest that was needed
  Objection objection;            ///< not proved: why not
  bool out_of_time = false;       ///< not proved: because ProveOptions::seconds were over
  Certificate certificate;        ///< proved; the scenario's file is not known here
  std::vector<RankedWait> ranks;  ///< proved: highest first
  /// Not proved, and the equations have a solution: how many requests of each class wait in it. Where to look first.
  std::vector<std::int64_t> candidate;
  std::vector<std::string> candidate_waits;  ///< the things waited for in it
  std::size_t positions = 0, columns = 0, cases = 0;
  double seconds = 0;
};

[[nodiscard]] Proof prove(const models::Machine& machine, const ProveOptions& options = {});

}  // namespace dmstall::analysis
