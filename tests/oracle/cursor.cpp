// The cursor: a token's place in the nested steps, one entry per open list, and how it goes on from there.
#include <algorithm>
#include <stdexcept>

#include "tests/oracle/oracle.hpp"

namespace dmstall::tests {

using models::AllocatorRule;
using models::Step;
using models::StepKind;

namespace {

std::size_t at(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

}  // namespace

Oracle::Oracle(const models::Program& program, bool plentiful) : program_(&program), plentiful_(plentiful) {
  for (const auto& resource : program.resources) counts_pages_ |= resource.allocator == AllocatorRule::pages;
  for (const auto& flow : program.flows) add_list(flow.steps, ListKind::flow);
}

void Oracle::add_list(const models::Steps& steps, ListKind kind) {
  list_of_[&steps] = static_cast<int>(lists_.size());
  lists_.push_back({&steps, kind});
  for (const auto& step : steps) {
    add_list(step.body, step.kind == StepKind::forever      ? ListKind::forever
                        : step.kind == StepKind::while_     ? ListKind::again
                        : step.kind == StepKind::submit_bio ? ListKind::submit
                                                            : ListKind::plain);
    add_list(step.else_steps, ListKind::plain);
    for (const auto& branch : step.branches) add_list(branch.steps, ListKind::plain);
  }
}

const Step* Oracle::step_at(const OracleToken& token) const {
  const auto& top = token.open.back();
  const auto& steps = *lists_[at(top.list)].steps;
  return at(top.index) < steps.size() ? &steps[at(top.index)] : nullptr;  // nullptr: the end of a flow
}

void Oracle::advance(OracleToken& token) const {
  ++token.open.back().index;
  token.part = token.mark = 0;
}

void Oracle::enter(OracleToken& token, const models::Steps& steps) const {
  advance(token);
  token.open.push_back({list_of_.at(&steps), 0, false});
}

/// The end of a block; that of the outermost one lets go what is parked.
void Oracle::close_block(OracleToken& token) const {
  if (--token.blocks == 0) token.starting = std::exchange(token.parked, {});
}

/// Ends the blocks opened above the frame: their thread is about to return.
void Oracle::close_blocks_above(OracleToken& token, std::size_t frame) const {
  for (std::size_t i = token.open.size(); i-- > frame;) {
    if (lists_[at(token.open[i].list)].kind != ListKind::submit || token.open[i].closed) continue;
    token.open[i].closed = true;
    close_block(token);
  }
}

/// The flow list that a detach returns from: that of the nearest call which is not `inherit`, else the token's own.
std::size_t Oracle::frame_of_detach(const OracleToken& token) const {
  for (std::size_t i = token.open.size(); i-- > 1;) {
    if (lists_[at(token.open[i].list)].kind != ListKind::flow) continue;
    const auto& caller = token.open[i - 1];
    if ((*lists_[at(caller.list)].steps)[at(caller.index)].context != models::CallContext::inherit) return i;
  }
  return 0;
}

/// Moves the cursor over everything that is no step: block begins and ends, loop ends.
void Oracle::settle(OracleToken& token) const {
  for (int guard = 0; token.starting.empty(); ++guard) {
    if (guard > 10'000) throw std::logic_error("a loop without a step");
    auto& top = token.open.back();
    if (const Step* step = step_at(token)) {
      if (step->kind == StepKind::submit_bio) {
        enter(token, step->body);
        ++token.blocks;
      } else if (step->kind == StepKind::forever) {
        token.open.push_back({list_of_.at(&step->body), 0, false});
      } else if (step->kind == StepKind::spawn && step->park && token.blocks > 0) {
        token.parked.push_back(step->flow);
        advance(token);
      } else if (step->kind == StepKind::detach) {
        close_blocks_above(token, frame_of_detach(token));
        return;
      } else if (step->kind == StepKind::finish) {
        std::size_t flow = token.open.size() - 1;
        while (lists_[at(token.open[flow].list)].kind != ListKind::flow) --flow;
        close_blocks_above(token, flow);
        return;
      } else {
        return;
      }
      continue;
    }
    switch (lists_[at(top.list)].kind) {
      case ListKind::flow:
        return;
      case ListKind::forever:
        top.index = 0;
        break;
      case ListKind::plain:
      case ListKind::again:
        token.open.pop_back();
        break;  // `again`: the while step is still the next one
      case ListKind::submit: {
        const bool closed = top.closed;
        token.open.pop_back();
        if (!closed) close_block(token);
        break;
      }
    }
  }
}

/// Whether a detach in these steps lets the thread go that runs them.
bool Oracle::may_detach(const models::Steps& steps, int depth) const {
  return depth < 32 && std::any_of(steps.begin(), steps.end(), [&](const Step& s) {
           if (s.kind == StepKind::detach || may_detach(s.body, depth) || may_detach(s.else_steps, depth)) return true;
           if (s.kind == StepKind::call && s.context == models::CallContext::inherit &&
               may_detach(program_->flows[at(s.flow)].steps, depth + 1)) {
             return true;
           }
           return std::any_of(s.branches.begin(), s.branches.end(),
                              [&](const auto& b) { return may_detach(b.steps, depth); });
         });
}

}  // namespace dmstall::tests
