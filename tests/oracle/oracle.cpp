// The moves: what each step does to a state.
#include "tests/oracle/oracle.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace dmstall::tests {

using models::AllocatorRule;
using models::ResourceKind;
using models::Step;
using models::StepKind;
using models::TakeMode;

namespace {

std::size_t at(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

const models::Steps* branch_for(const Step& step, int status) {
  static const std::array<const char*, 3> labels{"ok", "bad", "error"};
  for (const auto& branch : step.branches) {
    if (branch.label == labels[at(status)]) return &branch.steps;
  }
  return nullptr;
}

}  // namespace

// --- tokens and resources ---------------------------------------------------------------------------------------

int Oracle::create(OracleState& state, models::FlowId flow, int request_class, bool daemon, int parent) const {
  auto free_slot = std::find_if(state.tokens.begin(), state.tokens.end(), [](const auto& t) { return !t.live; });
  if (free_slot == state.tokens.end()) free_slot = state.tokens.emplace(state.tokens.end());
  OracleToken token;
  token.live = true;
  token.daemon = daemon;
  token.serial = state.next_serial++;
  token.request_class = request_class;
  token.parent = parent;
  token.open.push_back({list_of_.at(&program_->flows[at(flow)].steps), 0, false});
  settle(token);
  *free_slot = std::move(token);
  return static_cast<int>(free_slot - state.tokens.begin());
}

OracleState Oracle::initial() const {
  OracleState state;
  for (const auto& r : program_->resources) {
    state.level.push_back({r.kind == ResourceKind::rwsem || r.kind == ResourceKind::order ? 0 : r.capacity, 0, 0});
  }
  for (std::size_t c = 0; c < program_->classes.size(); ++c) {
    for (std::int64_t i = 0; i < program_->classes[c].population; ++i) start(state, static_cast<int>(c));
  }
  return state;
}

void Oracle::start(OracleState& state, int request_class) const {
  const auto& of = program_->classes[at(request_class)];
  create(state, of.flow, request_class, of.daemon, -1);
}

bool Oracle::unfinished(const OracleState& state) {
  return std::any_of(state.tokens.begin(), state.tokens.end(), [](const auto& t) { return t.live && !t.daemon; });
}

/// All who sleep until an element of the resource is given.
void Oracle::wake(OracleState& state, models::ResourceId resource) const {
  for (auto& other : state.tokens) {
    if (!other.live || other.mark != 1 || other.submitting != 0 || !other.starting.empty()) continue;
    const Step* its = step_at(other);
    if (its != nullptr && its->kind == StepKind::take && its->resource == resource) other.mark = 2;
  }
}

std::string Oracle::give(OracleState& state, models::ResourceId resource, std::int64_t n) const {
  const auto& r = program_->resources[at(resource)];
  auto& level = state.level[at(resource)][0];
  for (; n > 0; --n) {
    if (r.soft) {
      if (level < r.capacity + r.retained) {
        ++level;
        if (!r.poll && (plentiful_ || r.allocator != AllocatorRule::never)) wake(state, resource);
      } else if (r.allocator == AllocatorRule::pages) {
        ++state.free_pages;
      }
    } else if (r.kind == ResourceKind::mutex && level >= 1) {
      return r.name + " is unlocked, but nobody holds it";
    } else {
      ++level;
    }
  }
  return {};
}

/// The innermost flow of the token ends: back into the caller, or the token is gone.
void Oracle::finish(OracleState& state, int slot, int status) const {
  auto& token = state.tokens[at(slot)];
  while (lists_[at(token.open.back().list)].kind != ListKind::flow) token.open.pop_back();
  const bool left = token.open.back().left;
  token.open.pop_back();
  if (!token.open.empty()) {
    const Step& call = *step_at(token);
    // The submitter returns at the first detach, or at the latest when the call ends.
    if (call.context == models::CallContext::async && !left) {
      for (const auto& back : call.after_detach) std::ignore = give(state, back.resource, back.n);
    }
    if (const auto* branch = branch_for(call, status)) {
      enter(token, *branch);
    } else {
      advance(token);
    }
    settle(token);
    return;
  }
  if (token.parent >= 0) {
    auto& parent = state.tokens[at(token.parent)];
    --parent.children;
    parent.worst = std::max(parent.worst, status);
    if (token.submitted) parent.submitting = 2;
  }
  for (auto& other : state.tokens) {
    if (other.live && other.parent == slot) {
      other.parent = -1;
      other.submitted = false;
    }
  }
  token = OracleToken{};
}

// --- moves ------------------------------------------------------------------------------------------------------

void Oracle::take_moves(const OracleState& state, int slot, const Step& step, std::vector<OracleMove>& out) const {
  const auto& r = program_->resources[at(step.resource)];
  const std::int64_t n = step.mode == TakeMode::each ? 1 : step.n;
  const bool enough = state.level[at(step.resource)][0] >= n + step.keep;
  /// `mixed`: so many of the elements come from the reserve although the others do not.
  const auto take = [&](MoveKind kind, bool needs_allocator, int failures, std::int64_t mixed = 0) {
    OracleMove move{kind, static_cast<int>(mixed), slot, needs_allocator, false, 0, failures, {}, state};
    auto& token = move.next.tokens[at(slot)];
    const bool from_reserve = kind == MoveKind::reserve || kind == MoveKind::go_on;
    if (from_reserve) move.next.level[at(step.resource)][0] -= n;
    if (kind == MoveKind::page) move.next.free_pages -= n - mixed;
    move.next.level[at(step.resource)][0] -= mixed;
    token.mark = 0;
    if (step.mode == TakeMode::each && ++token.part < step.n) {
    } else if (step.mode == TakeMode::try_) {
      enter(token, step.body);
    } else if (step.split_by_source) {
      enter(token, from_reserve ? step.else_steps : step.body);
    } else {
      advance(token);
    }
    settle(token);
    out.push_back(std::move(move));
  };
  const auto refuse = [&](int failures) {
    OracleMove move{MoveKind::refused, 0, slot, false, false, 0, failures, {}, state};
    enter(move.next.tokens[at(slot)], step.else_steps);
    settle(move.next.tokens[at(slot)]);
    out.push_back(std::move(move));
  };
  if (!r.soft) {
    if (enough) {
      take(MoveKind::go_on, false, 0);
    } else if (step.mode == TakeMode::try_) {
      refuse(0);
    }
    return;
  }
  const bool slept = state.tokens[at(slot)].mark != 0;
  if (state.tokens[at(slot)].mark == 1 && !enough) return;  // nobody polls: only a give helps
  if (plentiful_ || r.allocator == AllocatorRule::always) {
    take(MoveKind::allocator, false, 0);
    return;
  }
  bool may_fail = true;
  if (r.allocator == AllocatorRule::any) take(MoveKind::allocator, true, 0);
  if (r.allocator == AllocatorRule::pages && state.free_pages >= n) {
    take(MoveKind::page, false, 0);
    may_fail = false;
  }
  // All or nothing collects element by element, each from the allocator or else from the reserve: any mixture.
  for (std::int64_t k = 1; k < n && k + step.keep <= state.level[at(step.resource)][0]; ++k) {
    if (r.allocator == AllocatorRule::any) take(MoveKind::allocator, true, static_cast<int>(k), k);
    if (r.allocator == AllocatorRule::pages && state.free_pages >= n - k) {
      take(MoveKind::page, false, static_cast<int>(k), k);
      may_fail = false;
    }
  }
  if (enough) {
    take(MoveKind::reserve, false, 1);
  } else if (may_fail && step.mode == TakeMode::try_) {
    refuse(1);
  } else if (may_fail && !r.poll) {
    OracleMove move{MoveKind::sleep, 0, slot, false, false, 0, 1, {}, state};
    move.next.tokens[at(slot)].mark = 1;
    move.futile = slept;
    out.push_back(std::move(move));
  }
}

std::vector<OracleMove> Oracle::moves(const OracleState& state, int slot) const {
  std::vector<OracleMove> out;
  const auto& token = state.tokens[at(slot)];
  if (!token.live || token.submitting == 1) return out;
  /// A move that applies `change(next state, its token)` and then settles the cursor.
  const auto go = [&](auto change, MoveKind kind = MoveKind::go_on, int index = 0, int faults = 0) {
    OracleMove move{kind, index, slot, false, false, faults, 0, {}, state};
    change(move.next, move.next.tokens[at(slot)], move.error);
    if (move.next.tokens[at(slot)].live) settle(move.next.tokens[at(slot)]);
    out.push_back(std::move(move));
  };
  const auto start_child = [&](OracleState& s, models::FlowId flow, bool parked) {
    const int child = create(s, flow, token.request_class, token.daemon, slot);
    auto& me = s.tokens[at(slot)];  // create may have moved the tokens
    ++me.children;
    if (parked && may_detach(program_->flows[at(flow)].steps, 0)) {
      s.tokens[at(child)].submitted = true;
      me.submitting = 1;
    }
  };
  if (token.submitting == 2) {
    go([](auto&, auto& t, auto&) { t.submitting = 0; });
    return out;
  }
  if (!token.starting.empty()) {
    go([&](auto& s, auto& t, auto&) {
      t.starting.erase(t.starting.begin());
      start_child(s, token.starting.front(), true);
    });
    return out;
  }
  const Step* here = step_at(token);
  if (here == nullptr) {
    OracleMove move{MoveKind::go_on, 0, slot, false, false, 0, 0, {}, state};
    finish(move.next, slot, 0);
    out.push_back(std::move(move));
    return out;
  }
  const Step& step = *here;
  const auto r = at(std::max(step.resource, 0));
  const auto pass = [&] { go([&](auto&, auto& t, auto&) { advance(t); }); };
  /// A lock: taken now, refused (try), or waited for.
  const auto lock = [&](bool free, auto change) {
    if (free) {
      go([&](auto& s, auto& t, auto&) { change(s.level[r]), advance(t); });
    } else if (step.mode == TakeMode::try_) {
      go([&](auto&, auto& t, auto&) { enter(t, step.else_steps); }, MoveKind::refused);
    }
  };
  switch (step.kind) {
    case StepKind::take:
      take_moves(state, slot, step, out);
      break;
    case StepKind::give:
      go([&](auto& s, auto& t, auto& e) { e = give(s, step.resource, step.n), advance(t); });
      break;
    case StepKind::read_lock:
      lock(state.level[r][1] == 0 && state.level[r][2] == 0, [](auto& l) { ++l[0]; });
      break;
    case StepKind::read_unlock:
      go([&](auto& s, auto& t, auto& e) {
        if (--s.level[r][0] < 0) e = "read_unlock of a lock nobody reads";
        advance(t);
      });
      break;
    case StepKind::write_lock:
      if (step.mode == TakeMode::try_) {
        lock(state.level[r] == std::array<std::int64_t, 3>{0, 0, 0}, [](auto& l) { l[1] = 1; });
      } else if (token.mark == 0) {
        go([&](auto& s, auto& t, auto&) { ++s.level[r][2], t.mark = 1; });
      } else if (state.level[r][0] == 0 && state.level[r][1] == 0) {
        lock(true, [](auto& l) { --l[2], l[1] = 1; });
      }
      break;
    case StepKind::write_unlock:
      go([&](auto& s, auto& t, auto& e) {
        if (s.level[r][1] == 0) e = "write_unlock of a lock nobody writes";
        s.level[r][1] = 0;
        advance(t);
      });
      break;
    case StepKind::count:
      go([&](auto& s, auto& t, auto& e) {
        const auto value = s.level[r][0] += step.n;
        if (value < 0) e = "counter below 0";
        const bool branch = value == 0 || (step.at_least != 0 && value >= step.at_least);
        enter(t, branch ? step.body : step.else_steps);
      });
      break;
    case StepKind::await_zero:
      if (state.level[r][0] == 0) pass();
      break;
    case StepKind::signal:
    case StepKind::clear:
      go([&](auto& s, auto& t, auto&) { s.level[r][0] = step.kind == StepKind::signal ? 1 : 0, advance(t); });
      break;
    case StepKind::broadcast:
      go([&](auto& s, auto& t, auto&) {
        for (auto& other : s.tokens) {
          if (!other.live || other.submitting != 0 || !other.starting.empty()) continue;
          const Step* its = step_at(other);
          if (its != nullptr && its->kind == StepKind::await && its->resource == step.resource) other.mark = 1;
        }
        advance(t);
      });
      break;
    case StepKind::await:
      if (state.level[r][0] != 0 || token.mark == 1) pass();
      break;
    case StepKind::ticket:
      go([&](auto& s, auto& t, auto&) { t.tickets.emplace_back(step.resource, s.level[r][0]++), advance(t); });
      break;
    case StepKind::await_turn:
      for (const auto& [order, number] : token.tickets) {
        if (order != step.resource) continue;
        if (number == state.level[r][1]) pass();
        break;  // the oldest ticket counts
      }
      break;
    case StepKind::pass_turn:
      go([&](auto& s, auto& t, auto& e) {
        ++s.level[r][1];
        const auto mine = std::find_if(t.tickets.begin(), t.tickets.end(),
                                       [&](const auto& ticket) { return ticket.first == step.resource; });
        mine == t.tickets.end() ? void(e = "a turn is passed without a ticket") : void(t.tickets.erase(mine));
        advance(t);
      });
      break;
    case StepKind::spend:
    case StepKind::remember:
      pass();
      break;
    case StepKind::choose: {
      const bool clean =
          std::any_of(step.branches.begin(), step.branches.end(), [](const auto& b) { return b.faults == 0; });
      for (std::size_t i = 0; i < step.branches.size(); ++i) {
        const auto& branch = step.branches[i];
        if (plentiful_ && clean && branch.faults != 0) continue;
        go([&](auto&, auto& t, auto&) { enter(t, branch.steps); }, MoveKind::branch, static_cast<int>(i),
           branch.faults);
      }
      break;
    }
    case StepKind::spawn:
      go([&](auto& s, auto& t, auto&) {
        advance(t);
        start_child(s, step.flow, step.park);
      });
      break;
    case StepKind::await_children:
      if (token.children != 0 || !token.parked.empty())
        break;  // what it has parked itself does not start before the block ends
      go([&](auto&, auto& t, auto&) {
        const auto* branch = branch_for(step, t.worst);
        t.worst = 0;
        branch != nullptr ? enter(t, *branch) : advance(t);
      });
      break;
    case StepKind::call:
      go([&](auto&, auto& t, auto&) {
        t.open.push_back({list_of_.at(&program_->flows[at(step.flow)].steps), 0, false});
      });
      break;
    case StepKind::detach:
      go([&](auto& s, auto& t, auto& e) {
        const auto frame = frame_of_detach(t);
        if (frame > 0) {
          const auto& caller = t.open[frame - 1];
          const Step& call = (*lists_[at(caller.list)].steps)[at(caller.index)];
          if (call.context == models::CallContext::async && !t.open[frame].left) {
            t.open[frame].left = true;
            for (const auto& back : call.after_detach) {
              if (auto error = give(s, back.resource, back.n); !error.empty()) e = error;
            }
          }
        } else if (t.submitted && t.parent >= 0) {
          s.tokens[at(t.parent)].submitting = 2;
          t.submitted = false;
        }
        advance(t);
      });
      break;
    case StepKind::if_:
      if (state.level[r][0] > 0) {
        go([&](auto&, auto& t, auto&) { enter(t, step.body); });
      } else {
        go([&](auto&, auto& t, auto&) { enter(t, step.else_steps); }, MoveKind::refused);
      }
      break;
    case StepKind::while_:
      if (state.level[r][0] > 0) {
        go([&](auto&, auto& t, auto&) { t.open.push_back({list_of_.at(&step.body), 0, false}); });
      } else {
        go([&](auto&, auto& t, auto&) { advance(t); }, MoveKind::refused);
      }
      break;
    case StepKind::end_writeback:
      go([&](auto& s, auto& t, auto&) { s.free_pages += counts_pages_ ? 1 : 0, advance(t); });
      break;
    case StepKind::stop: {
      OracleMove move{MoveKind::go_on, 0, slot, false, false, 0, 0, {}, state};
      for (auto& gone : move.next.tokens) gone = OracleToken{};
      move.next.stopped = true;
      out.push_back(std::move(move));
      break;
    }
    case StepKind::finish: {
      OracleMove move{MoveKind::go_on, 0, slot, false, false, 0, 0, {}, state};
      finish(move.next, slot, static_cast<int>(step.status));
      out.push_back(std::move(move));
      break;
    }
    case StepKind::submit_bio:
    case StepKind::forever:
      throw std::logic_error("settle left a block begin");
  }
  return out;
}

std::vector<std::int64_t> Oracle::key(const OracleState& state) const {
  std::vector<std::int64_t> k{state.free_pages, state.stopped ? 1 : 0};
  for (std::size_t r = 0; r < state.level.size(); ++r) {
    const auto& l = state.level[r];
    if (program_->resources[r].kind == ResourceKind::order) {
      k.push_back(l[0] - l[1]);
    } else {
      k.insert(k.end(), l.begin(), l.end());
    }
  }
  const auto list = [&](const auto& ids) {
    k.push_back(static_cast<std::int64_t>(ids.size()));
    k.insert(k.end(), ids.begin(), ids.end());
  };
  for (const auto& t : state.tokens) {
    k.push_back(t.live ? 1 : 0);
    if (!t.live) continue;
    k.insert(k.end(),
             {t.daemon, t.request_class, t.parent, t.children, t.worst, t.submitted, t.submitting, t.part, t.mark});
    list(t.starting);
    k.push_back(static_cast<std::int64_t>(t.open.size()));
    for (const auto& f : t.open) k.insert(k.end(), {f.list, f.index, f.closed, f.left});
    k.push_back(t.blocks);
    list(t.parked);
    k.push_back(static_cast<std::int64_t>(t.tickets.size()));
    for (const auto& [order, number] : t.tickets) k.insert(k.end(), {order, number - state.level[at(order)][1]});
  }
  while (!k.empty() && k.back() == 0) k.pop_back();  // dead slots at the end are no difference
  return k;
}

}  // namespace dmstall::tests
