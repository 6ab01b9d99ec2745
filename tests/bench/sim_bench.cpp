// How much the timed engine costs on top of SimGrid: a writeback-like run of a million requests beside a bare SimGrid
// program that stops the clock and switches actors as often. Usage: bench_sim [requests]
#include "models/machine/compile.hpp"
#include "sim/simulate.hpp"

#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <simgrid/kernel/Timer.hpp>
#include <simgrid/s4u.hpp>
#include <string>
#include <utility>
#include <vector>

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
  const auto upper = add("upper.io_bs", ResourceKind::mempool, 16), lower = add("lower.io_bs", ResourceKind::mempool, 16);
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
  const auto write_lower = flow("write lower", {step(StepKind::take, lower), step(StepKind::detach),
                                                spend(models::SpendKind::disk_write, 4096), step(StepKind::take, lower_worker),
                                                spend(models::SpendKind::cpu_bytes, 4096), step(StepKind::give, lower_worker),
                                                step(StepKind::give, lower)});
  const auto write_upper = flow("write upper", {step(StepKind::take, upper), call(write_lower, models::CallContext::inherit),
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

/// The same numbers of timers and of actor switches, and nothing else, the way a plain SimGrid program does them.
double bare_simgrid(std::int64_t timers, std::int64_t switches, int actors) {
  namespace sg = simgrid::s4u;
  std::vector<std::string> words{"bare", "--log=root.thres:critical", "--cfg=contexts/factory:raw", "--cfg=contexts/stack-size:64"};
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
  std::vector<sg::ActorPtr> sleepers;
  bool over = false;
  for (int i = 0; i < actors; ++i) {
    sleepers.push_back(sg::Actor::create("worker", host, [&over] {
      while (!over) sg::this_actor::suspend();
    }));
  }
  const double per_timer = static_cast<double>(switches) / static_cast<double>(timers);
  std::int64_t fired = 0, resumed = 0;
  std::function<void()> tick = [&] {
    ++fired;
    const auto due = static_cast<std::int64_t>(static_cast<double>(fired) * per_timer);
    while (resumed < due) sleepers[static_cast<std::size_t>(resumed++ % actors)]->resume();
    if (fired < timers) {
      simgrid::kernel::timer::Timer::set(base + static_cast<double>(fired + 1) * 1e-6, [&tick] { tick(); });
      return;
    }
    over = true;
    for (const auto& sleeper : sleepers) sleeper->resume();
  };
  simgrid::kernel::timer::Timer::set(base + 1e-6, [&tick] { tick(); });
  const auto start = std::chrono::steady_clock::now();
  engine.run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double peak_rss_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t requests = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  const models::Machine machine = models::compile(writeback(requests));
  sim::Options options;
  options.sim_seconds = 1e6;
  const auto start = std::chrono::steady_clock::now();
  const sim::Result result = sim::simulate(machine, {}, options);
  const double ours = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double rss = peak_rss_mib();
  const double bare = bare_simgrid(result.timers, result.context_switches, static_cast<int>(result.most_threads));
  std::printf("%lld requests, ending %d, %.1f simulated seconds, %.0f MiB/s\n", static_cast<long long>(result.classes[0].finished),
              static_cast<int>(result.ending), result.sim_time_s, result.classes[0].mib_per_s);
  std::printf("%lld steps, %lld timers, %lld switches, %lld threads at once, record %s\n", static_cast<long long>(result.steps),
              static_cast<long long>(result.timers), static_cast<long long>(result.context_switches),
              static_cast<long long>(result.most_threads), result.record_complete ? "complete" : "compacted");
  std::printf("engine        %6.2f s  %5.2f us/request  %.2f M steps/s\n", ours, ours / static_cast<double>(requests) * 1e6,
              static_cast<double>(result.steps) / ours * 1e-6);
  std::printf("bare SimGrid  %6.2f s\nratio         %6.2f\npeak RSS      %6.0f MiB\n", bare, ours / bare, rss);
  return 0;
}
