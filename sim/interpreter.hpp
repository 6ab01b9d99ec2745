// The timed interpreter: runs the tokens of a World on the clock.
//
// A token that is in a kernel thread is run by that thread's actor; one that is not (a bio in flight, a queued work
// item) is passive, and its steps are run by whoever caused them: the timer callback or a completing actor. A token
// that sleeps in a call while another kernel thread works for it holds both actors; the newer one runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_set>
#include <vector>

#include "models/machine/graph.hpp"
#include "models/machine/world.hpp"
#include "sim/choices.hpp"
#include "sim/clock.hpp"
#include "sim/detector.hpp"
#include "sim/disk.hpp"
#include "sim/memory.hpp"
#include "sim/pages.hpp"
#include "sim/processors.hpp"
#include "sim/recorder.hpp"
#include "sim/simulate.hpp"
#include "sim/sources.hpp"
#include "sim/tally.hpp"
#include "sim/trace.hpp"
#include "sim/waiters.hpp"
#include "sim/watchers.hpp"

namespace dmstall::sim {

class Interpreter final : public Runner {
 public:
  Interpreter(const models::Machine& machine, const MemoryPlan& memory, const Options& options);

  Result run();

  void due(const Event& event) override;
  ThreadId run(ThreadId self) override;

 private:
  enum EventKind : std::int32_t {
    // Something moves: a run with one of these ahead is not at a standstill.
    spent,
    disk_done,
    processor_done,
    source,
    // Nothing but the passing of time.
    poll,
    look,
    memory_fails,
    memory_returns,
    time_is_up,
    relief_is_over,
    // Accounted memory.
    hog_grows,
    out_of_memory,
    kswapd_runs,
    flusher_looks,
    writer_goes_on,
    step_goes_on,
  };
  /// How often the detector looks while somebody sleeps and others go on. Memory that comes and goes is looked at more
  /// often, so that every wait of a poll is seen.
  [[nodiscard]] Nanoseconds look_interval() const { return pages_ ? ns_per_s : 5 * ns_per_s; }
  static constexpr bool moves(std::int32_t kind) { return kind <= source; }

  enum class Doing : std::uint8_t { nothing, runnable, waiting, spending };

  /// What the interpreter knows about a token besides models::Token.
  struct State {
    const models::Token* token = nullptr;  ///< where the World keeps it: stays there while it lives
    ThreadId on = no_thread;               ///< the kernel thread that runs it
    Doing doing = Doing::nothing;
    bool spent = false;            ///< the time of the spend step it stands at has passed
    bool rested = false;           ///< it has paid for this turn of a loop
    bool overtaken = false;        ///< others went first at the step it stands at
    bool in_wait = false;          ///< it has slept at the step it stands at
    bool own_thread = false;       ///< a task: the first of `threads` is its own
    std::int32_t turns = 0;        ///< of loops, since time last passed for it
    std::int64_t polls = 0;        ///< in this wait
    Nanoseconds asleep_since = 0;  ///< start of this wait
    Nanoseconds queued_at = 0;     ///< when it last went to sleep
    Nanoseconds submitted = 0;     ///< when its transfer was submitted
    Nanoseconds started = 0;
    std::vector<ThreadId> threads;    ///< its kernel threads, newest last
    std::vector<Nanoseconds> called;  ///< when it entered the calls it is in, innermost last
  };
  struct Pool {                ///< per resource
    Nanoseconds woken_at = 0;  ///< when all waiters were last woken
    bool poll_armed = false;
    bool contended = false;  ///< its waiters are about to be woken
    bool is_thread = false;
  };

  [[nodiscard]] Nanoseconds now() const { return clock_.now(); }
  const models::Node& node_of(const State& of) const { return models::node_at(machine_, of.token->at); }
  State& state(models::TokenId id) { return states_[static_cast<std::size_t>(id)]; }
  const models::Resource& resource(models::ResourceId id) const {
    return machine_.resources[static_cast<std::size_t>(id)];
  }
  void schedule(Nanoseconds date, EventKind kind, std::int32_t what);

  // interpreter.cpp: whose turn it is, and what a turn does
  [[nodiscard]] bool next_item();
  bool settle();
  void end(Ending ending);
  void advance(models::TokenId id);
  bool take_step(models::TokenId id, const models::Alternative& alternative);
  void apply(models::TokenId id, const models::Alternative& alternative);
  /// What the accounts of a run, threads and tables make of a step that has just been taken.
  void note_step(models::TokenId id, const models::Node& node, const models::Alternative& alternative,
                 std::int64_t address);
  bool overtaken(models::TokenId id);
  void make_runnable(models::TokenId id);
  void adopt(models::TokenId id);
  void finish(models::TokenId id, std::int64_t serial, std::int64_t request, std::int32_t request_class,
              std::int32_t faults);
  void start_requests(std::int32_t request_class);
  void report_progress();

  // threads.cpp
  [[nodiscard]] ThreadId thread_of(models::TokenId id) const;
  [[nodiscard]] bool is_thread(models::ResourceId id) const { return pools_[static_cast<std::size_t>(id)].is_thread; }
  void match_threads(models::TokenId id);
  void match_threads_of_family(models::TokenId id);
  void release_threads(State& state);
  [[nodiscard]] bool detached_for_good(models::TokenId id) const;

  // waiting.cpp: who gets what
  std::optional<models::Alternative> decide(models::TokenId id, bool arriving);
  std::optional<models::Alternative> decide_take(const models::Node& node, bool arriving);
  void wait(models::TokenId id);
  void wake(models::TokenId id, const models::Alternative& alternative);
  void released(models::ResourceId id);
  void grant_in_order(models::ResourceId id);
  void contend(models::ResourceId id);
  bool retry(models::TokenId id);
  void sleep_again(models::TokenId id, const models::Alternative& alternative);
  void arm_poll(models::ResourceId id);
  void poll_waiters(models::ResourceId id);
  [[nodiscard]] Nanoseconds poll_date(models::TokenId id, models::ResourceId pool) const;
  [[nodiscard]] bool in_order(models::ResourceId id) const;
  [[nodiscard]] bool nothing_to_take(models::ResourceId id) const;
  [[nodiscard]] Nanoseconds poll_interval(models::ResourceId pool) const;

  // paging.cpp: accounted memory
  struct Hog {
    bool alive = false, kill_ordered = false;
    std::int32_t life = 0;              ///< events of an earlier life are void
    std::int64_t held = 0, rest = 0;    ///< pages it has taken; parts of a page left over from the last tick, in 1/1000
    std::int64_t reclaimed_before = 0;  ///< reclaimed pages when the kill was ordered
  };
  void set_up_pages();
  [[nodiscard]] bool accounts() const { return pages_.has_value() && !relief_; }
  [[nodiscard]] bool accounts_for(models::ResourceId id) const {
    return accounts() && resource(id).soft && resource(id).allocator == models::AllocatorRule::any;
  }
  std::optional<models::Alternative> decide_accounted(const models::Node& node, bool arriving);
  std::optional<models::Alternative> decide_several(const models::Node& node);
  void note_levels(const models::Node& node);
  [[nodiscard]] bool pages_allow(std::int32_t request_class);
  [[nodiscard]] bool pages_may_come() const;
  void pages_due(const Event& event);
  void grow_hog();
  void order_kill();
  void kill_hog();
  [[nodiscard]] bool concerns_hog(const Event& event) const { return event.what == hog_.life; }
  void run_kswapd();
  void tend_pages();
  void start_background();
  void dirty_pages(models::TokenId id, const models::Node& node);
  void pause_writers(std::int32_t request_class, Nanoseconds time);

  // spending.cpp: time
  void spend(models::TokenId id, const models::Node& node);
  bool rest(models::TokenId id, const models::Node& node);

  // ending.cpp: stuck sets, stalls, results
  void look_for_stuck();
  void mark_stalls();
  void declare_stuck(const std::vector<models::TokenId>& stuck);
  void freeze(Ending ending);
  void end_relief();
  void end_relief_by_stop();

  models::Machine machine_;  ///< own copy: its allocator rules follow the memory plan
  Options options_;
  models::World world_;
  Memory memory_;
  std::optional<Pages> pages_;
  Choices choices_;
  Sources sources_;
  Waiters waiters_;
  Recorder recorder_;
  Tally tally_;
  std::optional<Trace> trace_;
  Watchers watchers_;
  Stalls stalls_;
  Detector detector_;
  std::vector<Disk> disks_;
  Processors processors_;
  Random order_;
  std::uint64_t disorder_one_in_ = 0, overtaken_one_in_ = 1;  ///< see interpreter.cpp; 0: never
  Clock clock_;

  std::vector<State> states_;
  std::vector<Pool> pools_;
  std::deque<std::int32_t> queue_;    ///< runnable tokens, and ~resource for waiters to be woken
  std::optional<std::int32_t> next_;  ///< the item whose turn it is
  std::vector<models::Alternative> enabled_;
  models::StepEffects effects_;
  std::vector<models::ResourceId> released_;  ///< by the steps just taken
  bool releasing_ = false;
  std::int64_t moving_ = 0;                ///< events ahead in which something moves
  std::int64_t live_ = 0;                  ///< tokens that are no daemons
  std::int64_t waiting_ = 0, polled_ = 0;  ///< tokens asleep; those of them that poll
  bool look_armed_ = false, over_ = false, relief_ = false;
  Hog hog_;
  std::vector<std::int32_t> shadow_;  ///< accounted memory: levels of the resources after the last step
  std::vector<std::int32_t>
      given_on_leaving_;  ///< accounted memory, per resource: what the submitter of an async call gives back
  std::vector<Nanoseconds> paused_until_;  ///< per class of writers
  bool kswapd_armed_ = false, starting_background_ = false;
  std::unordered_set<std::int64_t> to_relieve_;
  std::int64_t steps_ = 0;
  Nanoseconds longest_request_ = 0;
  std::chrono::steady_clock::time_point reported_;
  bool given_up_ = false;
  Result result_;
};

}  // namespace dmstall::sim
