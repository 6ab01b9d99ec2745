// Two stacked pools and 8 requests: SPIN on the exported model against the search of every schedule.
//
// Nothing is dead, so both have to see all states. With reserves of 8 nobody ever waits; with 4 the pools bind. Each
// line is the best of three runs. The search without any reduction is to be compared with SPIN without any; what it
// keeps per state (the state, its slot in the table, the way to it) is printed, too.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>

#include "analysis/engines/explore/search.hpp"
#include "analysis/use/export/promela.hpp"
#include "models/machine/compile.hpp"
#include "tests/exhaustive/spin.hpp"
#include "tests/oracle/builder.hpp"

namespace {

using namespace dmstall;
using tests::steps::give;
using tests::steps::take;

constexpr int requests = 8, runs = 3;

models::Program stacked_pools(int reserve) {
  tests::ProgramBuilder b("two stacked pools");
  const auto upper = b.mempool("upper", reserve), lower = b.mempool("lower", reserve);
  b.task("request", {take(upper), take(lower), give(lower), give(upper)}, requests);
  return b.program();
}

struct Measured {
  double seconds = 1e9;
  std::size_t states = 0, bytes = 0;
  double cpu_s = 1e9;  ///< of this process: the least
};

Measured search(const models::Machine& machine, const analysis::Reductions& reductions) {
  Measured best;
  for (int run = 0; run < runs; ++run) {
    const auto begun = std::chrono::steady_clock::now();
    const std::clock_t cpu_begun = std::clock();
    const auto groups = reductions.siblings ? analysis::find_siblings(machine) : std::vector<analysis::SiblingGroup>{};
    analysis::Demand demand(machine, groups);
    analysis::Space space(machine, groups, demand, {requests}, reductions);
    analysis::Search search(space);
    const analysis::SearchAnswer answer = search.run({});
    best.states = answer.states;
    best.bytes = answer.bytes;
    best.cpu_s = std::min(best.cpu_s, static_cast<double>(std::clock() - cpu_begun) / CLOCKS_PER_SEC);
    best.seconds =
        std::min(best.seconds, std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
  }
  return best;
}

/// SPIN's times: one state per step, and with its own reductions.
struct Pan {
  double plain_s = 0, reduced_s = 0;
};

void print(const char* what, const Measured& measured, const Pan& pan) {
  fmt::print("  {:<52} {:>9} states {:>10.3f} ms {:>9.1f} x {:>9.1f} x\n", what, measured.states,
             1e3 * measured.seconds, pan.plain_s / measured.seconds, pan.reduced_s / measured.seconds);
}

bool compare(int reserve) {
  const models::Program program = stacked_pools(reserve);
  const std::string model = analysis::promela(program);
  const models::Machine machine = models::compile(program);
  tests::SpinOptions options;
  options.optimise = "-O2";
  options.assertions = false;
  options.table_bits = 22;
  options.depth = 10'000;
  options.runs = runs;
  const tests::SpinAnswer plain = tests::run_spin(model, options);
  options.step_for_step = false;
  const tests::SpinAnswer reduced = tests::run_spin(model, options);
  for (const auto* answer : {&plain, &reduced}) {
    if (answer->problem.empty() && !answer->dead) continue;
    fmt::print(stderr, "{}\n", answer->dead ? "a deadlock where there is none" : answer->problem);
    return false;
  }
  const Pan pan{plain.pan_s, reduced.pan_s};
  const analysis::Reductions none = analysis::no_reductions();
  analysis::Reductions counted = none, one_token;
  counted.count = true;
  one_token.count = false;
  fmt::print("reserves of {}, {} requests {:>80}\n", reserve, requests, "faster than SPIN plain, reduced");
  print("SPIN, pan alone, one state per step", {plain.pan_s, plain.states}, pan);
  print("SPIN, pan alone, its own reductions", {reduced.pan_s, reduced.states}, pan);
  print("SPIN, spin + gcc + pan, one state per step", {plain.spin_s + plain.gcc_s + plain.pan_s, plain.states}, pan);
  print("SPIN, spin + gcc + pan, its own reductions", {reduced.spin_s + reduced.gcc_s + reduced.pan_s, reduced.states},
        pan);
  const Measured unreduced = search(machine, none);
  print("search, one token per request, no reduction", unreduced, pan);
  print("search, one token per request, the other reductions", search(machine, one_token), pan);
  print("search, counted, no other reduction", search(machine, counted), pan);
  print("search, all reductions", search(machine, {}), pan);
  const auto states = static_cast<double>(unreduced.states);
  fmt::print("  the search without reductions: {:.2f} million states per second of CPU, {:.1f} bytes per state\n",
             1e-6 * states / unreduced.cpu_s, static_cast<double>(unreduced.bytes) / states);
  return true;
}

}  // namespace

int main() {
  if (const std::string missing = tests::spin_is_missing(); !missing.empty()) {
    fmt::print(stderr, "{}\n", missing);
    return 1;
  }
  const bool all = compare(8) && compare(4);
  return all ? 0 : 1;
}
