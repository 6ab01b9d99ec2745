// How much the timed engine costs on top of SimGrid: a writeback-like run of a million requests beside a bare SimGrid
// program that stops the clock and switches actors as often. Usage: bench_sim [requests]
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <simgrid/kernel/Timer.hpp>
#include <simgrid/s4u.hpp>
#include <string>
#include <utility>
#include <vector>

#include "models/machine/compile.hpp"
#include "sim/simulate.hpp"

namespace {

using namespace dmstall;
using models::ResourceKind;
using models::Step;
using models::StepKind;

Step step(StepKind kind, models::ResourceId resource = models::no_resource, std::int32_t n = 1) {
  Step made;
  made.kind = kind;
  made.resource = resource;
  made.n = n;
  return made;
}

Step spend(models::SpendKind kind, std::int64_t amount) {
  Step made = step(StepKind::spend);
  made.spend = kind;
  made.amount = amount;
  made.device = 0;
  return made;
}

/// A flusher that submits 4 KiB writes through two stacked devices with a verifying worker each, all pools of 16.
models::Program writeback(std::int64_t requests) {
  models::Program program;
  const auto add = [&](const std::string& name, ResourceKind kind, std::int32_t capacity) {
    models::Resource resource;
    resource.name = name;
    resource.kind = kind;
    resource.capacity = capacity;
    resource.soft = kind == ResourceKind::mempool;
    resource.allocator = models::AllocatorRule::any;
    program.resources.push_back(resource);
    return static_cast<models::ResourceId>(program.resources.size() - 1);
  };
  const auto flusher = add("flusher", ResourceKind::workers, 1);
  const auto upper = add("upper.io_bs", ResourceKind::mempool, 16),
             lower = add("lower.io_bs", ResourceKind::mempool, 16);
  const auto upper_worker = add("kverityd/upper", ResourceKind::workers, 8);
  const auto lower_worker = add("kverityd/lower", ResourceKind::workers, 8);
  program.timed_devices.push_back({"ufs", 900e6, 600e6, 80, 32});

  const auto flow = [&](const std::string& name, models::Steps steps) {
    program.flows.push_back({name, "", std::move(steps)});
    return static_cast<models::FlowId>(program.flows.size() - 1);
  };
  const auto call = [&](models::FlowId to, models::CallContext context) {
    Step made = step(StepKind::call);
    made.flow = to;
    made.context = context;
    return made;
  };
  const auto write_lower = flow(
      "write lower", {step(StepKind::take, lower), step(StepKind::detach), spend(models::SpendKind::disk_write, 4096),
                      step(StepKind::take, lower_worker), spend(models::SpendKind::cpu_bytes, 4096),
                      step(StepKind::give, lower_worker), step(StepKind::give, lower)});
  const auto write_upper =
      flow("write upper", {step(StepKind::take, upper), call(write_lower, models::CallContext::inherit),
                           step(StepKind::take, upper_worker), spend(models::SpendKind::cpu_bytes, 4096),
                           step(StepKind::give, upper_worker), step(StepKind::give, upper)});
  Step submit = call(write_upper, models::CallContext::async);
  submit.after_detach = {{flusher, 1}};
  models::RequestClass writes;
  writes.name = "writeback";
  writes.flow = flow("page", {step(StepKind::take, flusher), submit, step(StepKind::end_writeback)});
  writes.total = writes.population = requests;
  writes.in_flight = 64;
  writes.in_thread = false;
  writes.bytes = 4096;
  program.classes.push_back(writes);
  return program;
}

/// CPU seconds of this thread: wall time says little on a shared machine.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The same numbers of timers and of actor switches, and nothing else, the way a plain SimGrid program does them: each
/// timer resumes one actor; for the switches beyond that the actor resumes another one.
double bare_simgrid(std::int64_t timers, std::int64_t switches, int actors) {
  namespace sg = simgrid::s4u;
  std::vector<std::string> words{"bare", "--log=root.thres:critical", "--cfg=contexts/factory:raw",
                                 "--cfg=contexts/stack-size:64"};
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  sg::Engine engine(&argc, argv.data());
  auto* zone = sg::create_full_zone("zone");
  auto* host = zone->create_host("host", 1e9);
  host->seal();
  zone->seal();
  const double base = sg::Engine::get_clock();
  const double extra_per_timer = std::max(0.0, static_cast<double>(switches - timers) / static_cast<double>(timers));
  std::vector<sg::ActorPtr> sleepers;
  std::int64_t fired = 0, extra = 0;
  bool over = false;
  for (int i = 0; i < std::max(2, actors); ++i) {
    sleepers.push_back(sg::Actor::create("worker", host, [&, i] {
      while (!over) {
        if (static_cast<double>(extra) < static_cast<double>(fired) * extra_per_timer) {
          ++extra;
          sleepers[static_cast<std::size_t>(i + 1) % sleepers.size()]->resume();
        }
        sg::this_actor::suspend();
      }
    }));
  }
  std::function<void()> tick = [&] {
    sleepers[static_cast<std::size_t>(++fired) % sleepers.size()]->resume();
    if (fired < timers) {
      simgrid::kernel::timer::Timer::set(base + static_cast<double>(fired + 1) * 1e-6, [&tick] { tick(); });
      return;
    }
    over = true;
    for (const auto& sleeper : sleepers) sleeper->resume();
  };
  simgrid::kernel::timer::Timer::set(base + 1e-6, [&tick] { tick(); });
  const double start = cpu_seconds();
  engine.run();
  return cpu_seconds() - start;
}

/// The same numbers again as an ordinary s4u program writes them: actors that sleep, one sleep per timer (a simcall
/// that also switches), and a yield for each further switch.
double plain_s4u(std::int64_t timers, std::int64_t switches, int actors) {
  namespace sg = simgrid::s4u;
  std::vector<std::string> words{"plain", "--log=root.thres:critical", "--cfg=contexts/factory:raw",
                                 "--cfg=contexts/stack-size:64"};
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  sg::Engine engine(&argc, argv.data());
  auto* zone = sg::create_full_zone("zone");
  auto* host = zone->create_host("host", 1e9);
  host->seal();
  zone->seal();
  const int workers = std::max(2, actors);
  const std::int64_t sleeps = timers / workers;
  const double extra_per_sleep = std::max(0.0, static_cast<double>(switches - timers) / static_cast<double>(timers));
  for (int i = 0; i < workers; ++i) {
    sg::Actor::create("worker", host, [=] {
      double extra = 0;
      for (std::int64_t n = 0; n < sleeps; ++n) {
        sg::this_actor::sleep_for(1e-6 * (1 + i));
        for (extra += extra_per_sleep; extra >= 1; extra -= 1) sg::this_actor::yield();
      }
    });
  }
  const double start = cpu_seconds();
  engine.run();
  return cpu_seconds() - start;
}

double peak_rss_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t requests = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  sim::Options options;
  options.sim_seconds = 1e6;
  const auto run = [&](std::int64_t count, double& seconds) {
    const models::Machine machine = models::compile(writeback(count));
    const double start = cpu_seconds();
    sim::Result result = sim::simulate(machine, {}, options);
    seconds = cpu_seconds() - start;
    return result;
  };
  double ours = 0;
  const sim::Result result = run(requests, ours);
  const double rss = peak_rss_mib();
  std::printf("%lld requests, ending %d, %.1f simulated seconds, %.0f MiB/s\n",
              static_cast<long long>(result.classes[0].finished), static_cast<int>(result.ending), result.sim_time_s,
              result.classes[0].mib_per_s);
  std::printf("%lld steps, %lld timers, %lld switches, %lld threads at once, record %s\n",
              static_cast<long long>(result.steps), static_cast<long long>(result.timers),
              static_cast<long long>(result.context_switches), static_cast<long long>(result.most_threads),
              result.record_complete ? "complete" : "compacted");
  std::printf("engine %.2f s CPU, %.2f us/request, %.2f M steps/s, peak RSS %.0f MiB\n", ours,
              ours / static_cast<double>(requests) * 1e6, static_cast<double>(result.steps) / ours * 1e-6, rss);

  // Neighbours on a shared machine slow both down, at different times: the best of several short rounds, in turn.
  constexpr int rounds = 9;
  double best = 1e9, best_bare = 1e9, best_plain = 1e9;
  for (int i = 0; i < rounds; ++i) {
    double seconds = 0;
    const sim::Result shorter = run(requests / 10, seconds);
    best = std::min(best, seconds);
    best_bare = std::min(
        best_bare, bare_simgrid(shorter.timers, shorter.context_switches, static_cast<int>(shorter.most_threads)));
    best_plain = std::min(best_plain,
                          plain_s4u(shorter.timers, shorter.context_switches, static_cast<int>(shorter.most_threads)));
  }
  std::printf(
      "best of %d rounds of %lld requests: engine %.3f s, bare SimGrid timers and switches %.3f s, ratio %.2f\n",
      rounds, static_cast<long long>(requests / 10), best, best_bare, best / best_bare);
  std::printf("the same with s4u actors that sleep and yield: %.3f s, ratio %.2f\n", best_plain, best / best_plain);
  return 0;
}
