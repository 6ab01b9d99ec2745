#include "tests/exhaustive/machines.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <utility>

namespace dmstall::tests {

using namespace steps;
using models::AllocatorRule;
using models::Program;
using models::ResourceKind;

namespace {

std::vector<Theme> pool_themes() {
  std::vector<Theme> all;
  const std::array<std::pair<const char*, AllocatorRule>, 4> rules{{{"never", AllocatorRule::never},
                                                                    {"any", AllocatorRule::any},
                                                                    {"pages", AllocatorRule::pages},
                                                                    {"always", AllocatorRule::always}}};
  for (const auto& [name, rule] : rules) {
    for (const bool poll : {true, false}) {
      for (const int reserve : {1, 2, 0}) {
        if (reserve == 0 && rule == AllocatorRule::always) continue;
        const std::string title =
            std::string("pools-") + name + (poll ? "" : "-unpolled") + "-" + std::to_string(reserve);
        all.push_back({title, [rule = rule, poll, reserve](ProgramBuilder& b) {
                         const auto p =
                             b.soft(poll ? ResourceKind::mempool : ResourceKind::buffer_pool, "p", reserve, rule, poll);
                         const auto q = b.mempool("q", 1, rule == AllocatorRule::pages ? rule : AllocatorRule::never);
                         return std::vector<Steps>{{take(p)},        {give(p)},
                                                   {take(q)},        {give(q)},
                                                   {take_all(p, 2)}, {try_take(p, {finish(Status::error)})},
                                                   {take(p, 1, 1)},  {take_split(p, {take(q)}, {give(p)})},
                                                   {end_writeback()}};
                       }});
      }
    }
  }
  return all;
}

std::vector<Steps> family(ProgramBuilder& b) {
  const auto x = b.mempool("x", 1);
  const auto gives = b.flow("gives", {give(x)});
  const auto detaches = b.flow("detaches", {take(x), detach(), give(x)});
  const auto fails = b.flow("fails", {choose({branch("ok", {}), branch("error", {finish(Status::error)}, 1)})});
  const auto lower = b.flow("lower", {take(x), detach(), finish(Status::bad)});
  const auto parks = b.flow("parks", {submit_bio({park(gives)})});
  return {{take(x)},
          {give(x)},
          {spawn(gives)},
          {spawn(detaches)},
          {spawn(fails)},
          {await_children({branch("error", {take(x)})})},
          {submit_bio({park(gives), take(x)})},
          {submit_bio({park(detaches), park(gives)})},
          {submit_bio({choose({branch("a", {park(gives)}), branch("b", {})}), submit_bio({park(detaches)}), take(x)})},
          {submit_bio({park(detaches), take(x), detach()})},
          {submit_bio({park(gives), finish(Status::error)})},
          {call(lower, CallContext::inherit, {}, {branch("bad", {give(x)})})},
          {call(lower, CallContext::async, {{x, 1}})},
          {call(lower, CallContext::sync)},
          {call(parks)}};
}

}  // namespace

std::vector<Theme> themes() {
  std::vector<Theme> all = pool_themes();
  all.push_back({"locks", [](ProgramBuilder& b) {
                   const auto m = b.mutex("m"), l = b.rwsem("l");
                   return std::vector<Steps>{{take(m)},
                                             {give(m)},
                                             {try_take(m, {finish()})},
                                             {read_lock(l)},
                                             {read_unlock(l)},
                                             {write_lock(l)},
                                             {write_unlock(l)},
                                             {try_lock(StepKind::read_lock, l, {finish()})},
                                             {try_lock(StepKind::write_lock, l, {finish()})}};
                 }});
  const auto sync = [](ProgramBuilder& b) {
    const auto c = b.counter("c", 1), e = b.event("e");
    return std::vector<Steps>{{count(c, 1)},
                              {count(c, -1)},
                              {count(c, -1, {signal(e)}, {await(e)})},
                              {count(c, 1, {broadcast(e)}, {await(e)}, 2)},
                              {await_zero(c)},
                              {signal(e)},
                              {clear(e)},
                              {broadcast(e)},
                              {await(e)},
                              {spend()},
                              {while_(e, {spend()})},
                              {while_(c, {count(c, -1)})},
                              {while_(e, {clear(e)})},
                              {forever({await(e), clear(e)})}};
  };
  all.push_back({"sync", sync});
  all.push_back({"daemons", sync, true, 10'000});
  all.push_back({"order", [](ProgramBuilder& b) {
                   const auto o = b.order("o");
                   const auto p = b.mempool("p", 1);
                   return std::vector<Steps>{{ticket(o)}, {await_turn(o)}, {pass_turn(o)},
                                             {take(p)},   {give(p)},       {ticket(o), pass_turn(o)}};
                 }});
  all.push_back({"family", family, false, 1'500});
  all.push_back({"stop",
                 [](ProgramBuilder& b) {
                   const auto m = b.mutex("m");
                   const auto x = b.mempool("x", 1);
                   const auto stops = b.flow("stops", {take(x), stop(), give(x)});
                   const auto may_stop =
                       b.flow("may stop", {choose({branch("a", {stop()}), branch("b", {})}), finish(Status::bad)});
                   return std::vector<Steps>{{take(m)},
                                             {give(m)},
                                             {take(x)},
                                             {give(x)},
                                             {stop()},
                                             {choose({branch("a", {stop()}), branch("b", {take(x)})})},
                                             {spawn(stops)},
                                             {spawn(may_stop)},
                                             {await_children({branch("bad", {take(m)})})},
                                             {submit_bio({park(stops), take(m)})},
                                             {submit_bio({park(may_stop), stop()})},
                                             {call(may_stop, CallContext::inherit, {}, {branch("bad", {take(x)})})},
                                             {forever({choose({branch("a", {stop()}), branch("b", {spend()})})})}};
                 },
                 false, 6'000});
  all.push_back({"threads",
                 [](ProgramBuilder& b) {
                   const auto w = b.workers("w", 1), s = b.semaphore("s", 1);
                   const auto t = b.soft(ResourceKind::thread, "t", 1, AllocatorRule::any, true);
                   const auto io = b.flow("io", {spend(), detach(), take(w), give(w)});
                   return std::vector<Steps>{{take(w)},
                                             {give(w)},
                                             {take(s)},
                                             {give(s)},
                                             {take(t)},
                                             {give(t)},
                                             {take(s, 2)},
                                             {spawn(io)},
                                             {call(io, CallContext::async, {{t, 1}})},
                                             {call(io, CallContext::sync)},
                                             {await_children()}};
                 },
                 false, 8'000});
  return all;
}

Enumerated enumerate(const Theme& theme, int max_steps, std::size_t limit,
                     const std::function<void(const Program&)>& visit) {
  Enumerated done;
  for (int size = 1; size <= max_steps; ++size) {
    for (int tasks = 1; tasks <= std::min(size, 3); ++tasks) {
      for (int cut = 0; cut < (1 << (size - 1)); ++cut) {  // a bit per gap between steps: where a task ends
        if (__builtin_popcount(static_cast<unsigned>(cut)) != tasks - 1) continue;
        std::vector<int> lengths(1, 1);
        for (int gap = 0; gap < size - 1; ++gap)
          ((cut >> gap) & 1) != 0 ? lengths.push_back(1) : void(++lengths.back());
        if (!theme.with_daemon && !std::is_sorted(lengths.rbegin(), lengths.rend()))
          continue;  // the order of tasks is no difference
        ProgramBuilder sample(theme.name);
        const std::size_t words = theme.vocabulary(sample).size();
        std::vector<std::size_t> digits(static_cast<std::size_t>(size), 0);
        for (bool more = true; more;) {
          if (done.machines == limit) return done;
          ProgramBuilder b(theme.name + "#" + std::to_string(done.machines));
          const auto vocabulary = theme.vocabulary(b);
          std::size_t digit = 0;
          for (std::size_t t = 0; t < lengths.size(); ++t) {
            Steps steps;
            for (int i = 0; i < lengths[t]; ++i) {
              const Steps& word = vocabulary[digits[digit++]];
              steps.insert(steps.end(), word.begin(), word.end());
            }
            if (theme.with_daemon && t + 1 == lengths.size()) {
              b.daemon("d", std::move(steps));
            } else {
              b.task(std::string("t") + std::to_string(t), std::move(steps), lengths.size() == 1 ? 2 : 1);
            }
          }
          visit(b.program());
          ++done.machines;
          more = false;
          for (std::size_t i = digits.size(); i-- > 0 && !more;) {
            if (++digits[i] < words)
              more = true;
            else
              digits[i] = 0;
          }
        }
      }
    }
    done.complete_to = size;
  }
  return done;
}

namespace {

class RandomMachine {
 public:
  explicit RandomMachine(std::uint64_t seed) : random_(seed), builder_(std::string("random-") + std::to_string(seed)) {}

  Program run() {
    const AllocatorRule base =
        pick_from<AllocatorRule>({AllocatorRule::never, AllocatorRule::any, AllocatorRule::pages});
    for (int i = 0; i < 2; ++i) {
      const bool always = pick(8) == 0;
      pools_.push_back(builder_.soft(ResourceKind::mempool, std::string("p") + std::to_string(i),
                                     pick(4) == 0 ? pick(1) : 1 + pick(2), always ? AllocatorRule::always : base,
                                     pick(3) != 0));
    }
    pools_.push_back(builder_.semaphore("s", 1 + pick(2)));
    mutex_ = builder_.mutex("m");
    rwsem_ = builder_.rwsem("l");
    counter_ = builder_.counter("c", pick(3));
    events_ = {builder_.event("e"), builder_.event("f", pick(2) == 0)};
    order_ = builder_.order("o");
    for (int i = 0; i < 2; ++i) {
      can_detach_ = pick(2) == 0;
      flows_.push_back(builder_.flow(std::string("flow") + std::to_string(i), sequence(1 + pick(3), 1, false)));
    }
    const int classes = 2 + pick(2);
    for (int i = 0; i < classes; ++i) {
      can_detach_ = false;
      auto& of =
          builder_.task(std::string("t") + std::to_string(i), sequence(1 + pick(4), 0, false), pick(4) == 0 ? 2 : 1);
      if (i == classes - 1 && pick(4) == 0) of.daemon = true, of.counts_progress = false;
    }
    return builder_.program();
  }

 private:
  int pick(int n) { return n <= 0 ? 0 : static_cast<int>(random_() % static_cast<unsigned>(n)); }
  template <typename T>
  T pick_from(std::initializer_list<T> values) {
    return values.begin()[pick(static_cast<int>(values.size()))];
  }

  Steps sequence(int n, int depth, bool in_block) {
    Steps all;
    for (int i = 0; i < n; ++i) {
      for (auto& s : step(depth, in_block)) all.push_back(std::move(s));
    }
    return all;
  }

  Steps inner(int depth, bool in_block) { return sequence(pick(3), depth + 1, in_block); }

  /// One step, or a well-formed pair with something between, so that machines do not only fail.
  Steps step(int depth, bool in_block) {
    const bool nest = depth < 3;
    const auto pool = pools_[static_cast<std::size_t>(pick(3))];
    const auto event = events_[static_cast<std::size_t>(pick(2))];
    const auto wrap = [&](Step first, Step last) {
      Steps all{std::move(first)};
      if (nest && !in_block) {
        for (auto& s : inner(depth, in_block)) all.push_back(std::move(s));
      }
      all.push_back(std::move(last));
      return all;
    };
    switch (pick(34)) {
      case 0:
      case 1:
      case 2:
        return wrap(take(pool), give(pool));
      case 3:
        return {take(pool, 1 + pick(2), pick(4) == 0 ? 1 : 0)};
      case 4:
        return {give(pool, 1 + pick(2))};
      case 5:
        return wrap(take_all(pool, 2), give(pool, 2));
      case 6:
        return {try_take(pool, nest ? inner(depth, in_block) : Steps{}, 1 + pick(2), pick(2))};
      case 7:
        return pool == pools_[2] || in_block || !nest
                   ? Steps{take(pool)}
                   : Steps{take_split(pool, inner(depth, false), inner(depth, false))};
      case 8:
        return wrap(take(mutex_), give(mutex_));
      case 9:
        return {try_take(mutex_, {finish(Status::error)}), give(mutex_)};
      case 10:
      case 11:
        return wrap(read_lock(rwsem_), read_unlock(rwsem_));
      case 12:
        return wrap(write_lock(rwsem_), write_unlock(rwsem_));
      case 13:
        return {try_lock(pick(2) == 0 ? StepKind::read_lock : StepKind::write_lock, rwsem_, {finish()}), spend()};
      case 14:
        return {count(counter_, 1)};
      case 15:
        return {count(counter_, -1, nest ? inner(depth, false) : Steps{}, nest ? inner(depth, false) : Steps{})};
      case 16:
        return {pick(2) == 0   ? count(counter_, 1, {broadcast(event)}, {}, 2)
                : pick(3) == 0 ? pass_turn(order_)
                               : ticket(order_)};
      case 17:
        return {await_zero(counter_)};
      case 18:
        return {signal(event)};
      case 19:
        return {clear(event)};
      case 20:
        return {broadcast(event)};
      case 21:
        return {await(event)};
      case 22:
        return wrap(ticket(order_), await_turn(order_));
      case 23:
        return {ticket(order_), await_turn(order_), pass_turn(order_)};
      case 24:
        return {choose({branch("a", nest ? inner(depth, in_block) : Steps{}),
                        branch("b", nest ? inner(depth, in_block) : Steps{}, pick(2))})};
      case 25:
        return flows_.empty() ? Steps{spend()} : Steps{spawn(any_flow())};
      case 26:
        return {await_children({branch("error", nest ? inner(depth, false) : Steps{}),
                                branch("ok", nest ? inner(depth, false) : Steps{})})};
      case 27:
        return nest ? Steps{submit_bio(sequence(1 + pick(3), depth + 1, true))} : Steps{spend()};
      case 28:
        if (in_block && !flows_.empty()) return {park(any_flow())};
        return {end_writeback()};
      case 29:
        if (flows_.empty()) return {spend()};
        return {call(any_flow(), pick_from({CallContext::inherit, CallContext::sync, CallContext::async}),
                     pick(2) == 0 ? std::vector<GiveBack>{{pool, 1}} : std::vector<GiveBack>{},
                     {branch("error", nest ? inner(depth, false) : Steps{})})};
      case 30:
        return can_detach_ ? Steps{detach()} : Steps{spend()};
      case 31:
        return in_block
                   ? Steps{spend()}
                   : Steps{pick(3) == 0 ? forever({spend(), await(event), clear(event)}) : while_(event, {spend()})};
      case 32:
        return {pick(2) == 0 ? while_(counter_, {count(counter_, -1)}) : while_(event, {clear(event)})};
      default:
        return {finish(pick_from({Status::ok, Status::bad, Status::error}))};
    }
  }

  FlowId any_flow() { return flows_[static_cast<std::size_t>(pick(static_cast<int>(flows_.size())))]; }

  std::mt19937_64 random_;
  ProgramBuilder builder_;
  std::vector<ResourceId> pools_, events_;
  ResourceId mutex_ = 0, rwsem_ = 0, counter_ = 0, order_ = 0;
  std::vector<FlowId> flows_;
  bool can_detach_ = false;
};

std::string text_of(const Program& program, const Steps& steps, int indent) {
  static constexpr std::array<const char*, 25> names{
      "take",       "give",    "read_lock", "read_unlock", "write_lock",     "write_unlock", "count",
      "await_zero", "signal",  "clear",     "broadcast",   "await",          "ticket",       "await_turn",
      "pass_turn",  "spend",   "choose",    "spawn",       "await_children", "submit_bio",   "call",
      "detach",     "forever", "while",     "remember"};
  std::string out;
  for (const auto& s : steps) {
    const auto kind = static_cast<std::size_t>(s.kind);
    out += std::string(static_cast<std::size_t>(indent), ' ');
    out += kind < names.size()                 ? names[kind]
           : s.kind == StepKind::end_writeback ? "end_writeback"
           : s.kind == StepKind::stop          ? "stop"
                                               : "finish";
    if (s.resource >= 0) out += " " + program.resources[static_cast<std::size_t>(s.resource)].name;
    if (s.n != 1) out += " n=" + std::to_string(s.n);
    if (s.mode == TakeMode::all) out += " all";
    if (s.mode == TakeMode::try_) out += " try";
    if (s.keep != 0) out += " keep=" + std::to_string(s.keep);
    if (s.at_least != 0) out += " at_least=" + std::to_string(s.at_least);
    if (s.split_by_source) out += " split";
    if (s.flow >= 0) out += " " + program.flows[static_cast<std::size_t>(s.flow)].name;
    if (s.park) out += " park";
    if (s.kind == StepKind::call)
      out += s.context == CallContext::sync ? " sync" : s.context == CallContext::async ? " async" : "";
    for (const auto& back : s.after_detach)
      out += " after_detach " + program.resources[static_cast<std::size_t>(back.resource)].name;
    if (s.kind == StepKind::finish) out += " " + std::to_string(static_cast<int>(s.status));
    out += std::string("\n") + text_of(program, s.body, indent + 2);
    if (!s.else_steps.empty())
      out += std::string(static_cast<std::size_t>(indent), ' ') + "else\n" + text_of(program, s.else_steps, indent + 2);
    for (const auto& b : s.branches) {
      out += std::string(static_cast<std::size_t>(indent), ' ') + "on " + b.label +
             " faults=" + std::to_string(b.faults) + "\n" + text_of(program, b.steps, indent + 2);
    }
  }
  return out;
}

}  // namespace

Program random_machine(std::uint64_t seed) {
  return RandomMachine(seed).run();
}

namespace {

/// All step lists of the machine, outer ones first. Pointers are valid until the machine changes.
void collect(Steps& steps, std::vector<Steps*>& lists) {
  lists.push_back(&steps);
  for (auto& step : steps) {
    collect(step.body, lists);
    collect(step.else_steps, lists);
    for (auto& b : step.branches) collect(b.steps, lists);
  }
}

std::vector<Steps*> lists_of(Program& program) {
  std::vector<Steps*> lists;
  for (auto& flow : program.flows) collect(flow.steps, lists);
  return lists;
}

/// The k-th way to make the machine smaller; nullopt: there are fewer ways.
std::optional<Program> smaller(const Program& program, std::size_t k) {
  Program less = program;
  if (k < less.classes.size()) {
    less.classes.erase(less.classes.begin() + static_cast<std::ptrdiff_t>(k));
    return less;
  }
  k -= less.classes.size();
  for (auto& of : less.classes) {
    if (of.population > 1 && k-- == 0) {
      --of.population;
      return less;
    }
  }
  for (Steps* list : lists_of(less)) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      Step& step = (*list)[i];
      const auto here = list->begin() + static_cast<std::ptrdiff_t>(i);
      if (k-- == 0) {  // without the step
        list->erase(here);
        return less;
      }
      if (!step.body.empty() && k-- == 0) {  // its body instead of it
        const Steps body = step.body;
        list->insert(list->erase(here), body.begin(), body.end());
        return less;
      }
      if (step.kind != StepKind::count && step.n > 1 && k-- == 0) {
        --step.n;
        return less;
      }
      for (std::size_t b = 0; b < step.branches.size(); ++b) {
        if (k-- != 0) continue;
        step.branches.erase(step.branches.begin() + static_cast<std::ptrdiff_t>(b));
        return less;
      }
    }
  }
  return std::nullopt;
}

}  // namespace

Program minimise(Program program, const std::function<bool(const Program&)>& holds) {
  for (std::size_t k = 0;;) {
    auto less = smaller(program, k);
    if (!less) return program;
    if (holds(*less)) {
      program = std::move(*less);
      k = 0;
    } else {
      ++k;
    }
  }
}

std::string to_text(const Program& program) {
  std::string out = program.name + "\n";
  for (const auto& r : program.resources) {
    out += "  " + r.name + " capacity=" + std::to_string(r.capacity) +
           (r.soft ? std::string(" soft rule=") + std::to_string(static_cast<int>(r.allocator)) : "") +
           (r.soft && !r.poll ? " unpolled" : "") + "\n";
  }
  std::vector<std::string> started(program.flows.size(), "flow");
  for (const auto& of : program.classes) {
    started[static_cast<std::size_t>(of.flow)] =
        (of.daemon ? std::string("daemon x") : std::string("task x")) + std::to_string(of.population);
  }
  for (std::size_t f = 0; f < program.flows.size(); ++f) {
    out += "  " + started[f] + " " + program.flows[f].name + "\n" + text_of(program, program.flows[f].steps, 4);
  }
  return out;
}

}  // namespace dmstall::tests
