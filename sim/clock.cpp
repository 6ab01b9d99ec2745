#include "sim/clock.hpp"

#include <signal.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <exception>
#include <limits>
#include <simgrid/kernel/Timer.hpp>
#include <simgrid/s4u.hpp>
#include <string>
#include <utility>
#include <vector>

namespace dmstall::sim {

namespace {

namespace sg = simgrid::s4u;
using simgrid::kernel::timer::Timer;

/// SimGrid's constructor takes over SIGINT, SIGSEGV and SIGBUS; a command line tool keeps its own.
class SignalGuard {
 public:
  SignalGuard() {
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], nullptr, &saved_[i]);
    sigaltstack(nullptr, &stack_);
  }
  ~SignalGuard() {
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &saved_[i], nullptr);
    sigaltstack(&stack_, nullptr);
  }
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;

 private:
  static constexpr std::array<int, 3> signals{SIGINT, SIGSEGV, SIGBUS};
  std::array<struct sigaction, 3> saved_{};
  stack_t stack_{};
};

std::unique_ptr<sg::Engine> make_engine() {
  const SignalGuard guard;
  // Contexts can only be chosen at construction; 64 KiB of stack per actor is ample for the interpreter's loop.
  std::array<std::string, 4> words{"dmstall", "--log=root.thres:critical", "--cfg=contexts/factory:raw",
                                   "--cfg=contexts/stack-size:64"};
  std::array<char*, 5> argv{words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
  int argc = 4;
  return std::make_unique<sg::Engine>(&argc, argv.data());
}

bool later(const Event& a, const Event& b) {
  return a.date != b.date ? a.date > b.date : a.order > b.order;
}

}  // namespace

Nanoseconds to_nanoseconds(double seconds) {
  constexpr double most = 9.0e18;
  return static_cast<Nanoseconds>(std::llround(std::clamp(seconds * 1e9, -most, most)));
}

struct Clock::Engine {
  explicit Engine(Runner& run_this) : runner(run_this), simgrid(make_engine()) {
    auto* zone = sg::create_full_zone("machine");
    host = zone->create_host("machine", 1e9);
    host->seal();
    zone->seal();  // run() seals only the first engine's zone
    base_s = sg::Engine::get_clock();
  }

  // Which context runs, besides the pool's threads.
  static constexpr ThreadId maestro = -4, driver_context = -5;

  void arm() {
    if (timer != nullptr) return;
    assert(!calendar.empty());
    armed_for = calendar.front().date;
    ++timers;
    timer = Timer::set(base_s + static_cast<double>(armed_for) * 1e-9, [this] {
      timer = nullptr;  // SimGrid deletes a timer that has fired
      active = maestro;
      now = armed_for;
      loop(maestro);
    });
  }

  void deliver_due() {
    while (!calendar.empty() && calendar.front().date <= now) {
      std::pop_heap(calendar.begin(), calendar.end(), later);
      const Event event = calendar.back();
      calendar.pop_back();
      runner.due(event);
    }
  }

  ThreadId next_context(ThreadId self) noexcept {
    try {
      for (;;) {
        deliver_due();
        const ThreadId next = runner.run(self >= 0 ? self : no_thread);
        if (next != idle || calendar.empty() || calendar.front().date > now) return next;
      }
    } catch (const std::exception&) {
      failure = std::current_exception();
      return over;
    }
  }

  /// Runs the tenant in this context until the run is over; the timer callback returns as soon as it hands over.
  void loop(ThreadId self) {
    while (!stopping) {
      const ThreadId next = next_context(self);
      if (next == self) continue;
      if (next == idle) {
        arm();
        if (self == maestro) return;
        active = maestro;
        while (active != self && !stopping) sg::this_actor::suspend();
        continue;
      }
      if (next == over) stopping = true;
      if (next == over && self == driver_context) return;
      active = next;
      resume(next);
      if (self == maestro) return;
      // `next` may already have run, and have handed back: SimGrid forgets a resume of an actor that is not suspended.
      while (active != self && !stopping) sg::this_actor::suspend();
    }
  }

  void resume(ThreadId next) {
    if (next == over) return driver->resume();
    ++switches;
    if (const auto& actor = threads[static_cast<std::size_t>(next)].actor) return actor->resume();
    sg::Actor::create("thread", host, [this, next] {
      threads[static_cast<std::size_t>(next)].actor = sg::Actor::self();
      sg::Actor::self()->daemonize();
      loop(next);
    });
  }

  void drive() {
    active = driver_context;
    loop(driver_context);
    while (!stopping) sg::this_actor::suspend();
    if (timer != nullptr) {
      timer->remove();
      timer = nullptr;
    }
    for (Thread& thread : threads) {
      if (thread.actor) thread.actor->resume();
    }
  }

  struct Thread {
    sg::ActorPtr actor;  ///< empty until the thread first runs
  };

  Runner& runner;
  std::unique_ptr<sg::Engine> simgrid;
  sg::Host* host = nullptr;
  sg::ActorPtr driver;  ///< the only actor that is no daemon: SimGrid never sees a deadlock while it lives
  double base_s = 0;
  Nanoseconds now = 0, armed_for = 0;
  Timer* timer = nullptr;
  std::vector<Event> calendar;  ///< a heap
  std::uint64_t next_order = 0;
  std::vector<Thread> threads;
  std::vector<ThreadId> unused;
  ThreadId active = maestro;  ///< who may run; anybody else who wakes up goes back to sleep
  std::int64_t in_use = 0, most_in_use = 0, switches = 0, timers = 0;
  bool stopping = false;
  std::exception_ptr failure;
};

Clock::Clock(Runner& runner) : engine_(std::make_unique<Engine>(runner)) {}
Clock::~Clock() = default;

void Clock::run() {
  Engine& engine = *engine_;
  engine.driver = sg::Actor::create("driver", engine.host, [&engine] { engine.drive(); });
  engine.simgrid->run();
  engine.driver.reset();
  engine.threads.clear();
  if (engine.failure) std::rethrow_exception(engine.failure);
}

Nanoseconds Clock::now() const {
  return engine_->now;
}

void Clock::at(Nanoseconds date, std::int32_t kind, std::int32_t what) {
  Engine& engine = *engine_;
  assert(date >= engine.now);
  engine.calendar.push_back({date, engine.next_order++, kind, what});
  std::push_heap(engine.calendar.begin(), engine.calendar.end(), later);
}

ThreadId Clock::take_thread() {
  Engine& engine = *engine_;
  engine.most_in_use = std::max(engine.most_in_use, ++engine.in_use);
  if (engine.unused.empty()) {
    engine.threads.emplace_back();
    return static_cast<ThreadId>(engine.threads.size() - 1);
  }
  const ThreadId thread = engine.unused.back();
  engine.unused.pop_back();
  return thread;
}

void Clock::give_thread(ThreadId thread) {
  --engine_->in_use;
  engine_->unused.push_back(thread);
}

std::int64_t Clock::threads_in_use() const {
  return engine_->in_use;
}
std::int64_t Clock::most_threads() const {
  return engine_->most_in_use;
}
std::int64_t Clock::switches() const {
  return engine_->switches;
}
std::int64_t Clock::timers() const {
  return engine_->timers;
}

}  // namespace dmstall::sim
