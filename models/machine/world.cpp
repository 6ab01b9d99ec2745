#include "models/machine/world.hpp"

#include <algorithm>
#include <cassert>

#include "models/machine/graph.hpp"

namespace dmstall::models {

void StepEffects::clear() {
  released.clear();
  ready.clear();
  spawned = no_token;
  finished = request_finished = stopped = false;
  status = Status::ok;
  error.reset();
}

World::World(const Machine& machine)
    : machine_(&machine), levels_(initial_levels(machine)), waiting_for_event_(machine.resources.size()) {}

TokenId World::create(std::int32_t request_class, NodeId entry) {
  TokenId id;
  if (free_.empty()) {
    id = static_cast<TokenId>(tokens_.size());
    tokens_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
    Token& reused = tokens_[static_cast<std::size_t>(id)];
    Token fresh;
    // Keep the allocations of the vectors: a run of a million requests must not pay for them again.
    fresh.frames = std::move(reused.frames);
    fresh.tickets = std::move(reused.tickets);
    fresh.held = std::move(reused.held);
    fresh.frames.clear();
    fresh.tickets.clear();
    fresh.held.clear();
    reused = std::move(fresh);
  }
  Token& token = tokens_[static_cast<std::size_t>(id)];
  token.serial = next_serial_++;
  token.request_class = request_class;
  token.request = token.serial;
  by_serial_.push_back(id);
  ++live_count_;
  arrive(id, entry);
  return id;
}

TokenId World::start(std::int32_t request_class, std::int64_t address) {
  ++steps_;
  const TokenId id = create(request_class, machine_->class_entry[static_cast<std::size_t>(request_class)]);
  Token& started = token(id);
  const RequestClass& of = machine_->classes[static_cast<std::size_t>(request_class)];
  started.detached = !of.in_thread;
  started.daemon = of.daemon;
  started.address = address;
  return id;
}

TokenId World::find(std::int64_t serial) const {
  if (serial < first_serial_ || serial >= next_serial_) return no_token;
  return by_serial_[static_cast<std::size_t>(serial - first_serial_)];
}

std::vector<TokenId> World::live() const {
  std::vector<TokenId> ids;
  ids.reserve(live_count_);
  for (const TokenId id : by_serial_) {
    if (id != no_token) ids.push_back(id);
  }
  return ids;
}

void World::arrive(TokenId id, NodeId node) {
  Token& moved = token(id);
  moved.at = node;
  moved.awoken = false;
  moved.arrived_step = steps_;
  const Node& there = node_at(*machine_, node);
  if (there.kind == NodeKind::await || there.kind == NodeKind::take_asleep) {
    waiting_for_event_[static_cast<std::size_t>(there.resource)].push_back(id);
  }
}

void World::alternatives(TokenId id, std::vector<Alternative>& out) const {
  const Token& asking = token(id);
  Asker asker{.children = asking.children, .submitting = asking.submitting, .my_turn = false, .awoken = asking.awoken};
  const Node& node = node_at(*machine_, asking.at);
  if (node.kind == NodeKind::await_turn) {
    const std::int32_t serving =
        levels_.words[static_cast<std::size_t>(machine_->slots[static_cast<std::size_t>(node.resource)].first + 1)];
    for (const auto& [order, number] : asking.tickets) {
      if (order != node.resource) continue;
      asker.my_turn = number == serving;
      break;  // the oldest ticket counts: it is the one that pass_turn hands on
    }
  }
  models::alternatives(*machine_, asking.at, levels_, asker, out);
}

std::int32_t World::threads_held(const Token& of) const {
  std::int32_t count = 0;
  for (const Holding& held : of.held) {
    if (is_thread(machine_->resources[static_cast<std::size_t>(held.resource)].kind)) count += held.n;
  }
  return count;
}

void World::note_take(TokenId id, ResourceId resource, std::int32_t n) {
  Token& taker = token(id);
  const auto depth = static_cast<std::int32_t>(taker.frames.size());
  const bool thread = is_thread(machine_->resources[static_cast<std::size_t>(resource)].kind);
  for (Holding& held : taker.held) {
    if (held.resource == resource && held.depth == depth && !thread) {
      held.n += n;
      held.since_step = steps_;
      return;
    }
  }
  taker.held.push_back({resource, n, steps_, depth, taker.detached});
  if (thread) taker.detached = false;
}

void World::note_give(TokenId id, ResourceId resource, std::int32_t n) {
  // The giver's own elements first, newest first; then its ancestors' (a child may give back what its parent took).
  for (TokenId at = id; n > 0 && at != no_token;) {
    Token& giver = token(at);
    for (auto held = giver.held.rbegin(); held != giver.held.rend() && n > 0;) {
      if (held->resource != resource) {
        ++held;
        continue;
      }
      const std::int32_t given = std::min(n, held->n);
      n -= given;
      held->n -= given;
      if (held->n > 0) break;
      if (is_thread(machine_->resources[static_cast<std::size_t>(resource)].kind))
        giver.detached = held->detached_before;
      held = std::make_reverse_iterator(giver.held.erase(std::next(held).base()));
    }
    const TokenId parent = giver.parent;
    at = parent != no_token && token(parent).serial == giver.parent_serial ? parent : no_token;
  }
}

void World::stop_awaiting(TokenId id, ResourceId event) {
  auto& waiting = waiting_for_event_[static_cast<std::size_t>(event)];
  if (const auto found = std::find(waiting.begin(), waiting.end(), id); found != waiting.end()) waiting.erase(found);
}

void World::wake_awaiting(ResourceId event, StepEffects& effects) {
  auto& waiting = waiting_for_event_[static_cast<std::size_t>(event)];
  for (const TokenId id : waiting) {
    Token& waiter = token(id);
    const Node& node = node_at(*machine_, waiter.at);
    if (waiter.at == no_node || node.kind != NodeKind::await || node.resource != event || waiter.awoken) continue;
    waiter.awoken = true;
    effects.ready.push_back(id);
  }
  waiting.clear();
}

/// A give that added an element (`before`: how many were free) wakes all who sleep for one; each tries again from the
/// allocator.
void World::give_wakes(ResourceId resource, std::int32_t before) {
  if (!gives_wake(machine_->resources[static_cast<std::size_t>(resource)]) ||
      level(*machine_, levels_, resource) <= before)
    return;
  auto& sleeping = waiting_for_event_[static_cast<std::size_t>(resource)];
  for (const TokenId id : sleeping) token(id).awoken = true;
  sleeping.clear();
}

void World::enter_call(TokenId id, NodeId call) {
  Token& caller = token(id);
  const Node& node = node_at(*machine_, call);
  caller.frames.push_back({call, caller.detached, threads_held(caller), caller.address, false, steps_});
  caller.address = caller.address / node.address.divide_by * node.address.multiply_by + node.address.add;
  arrive(id, node.entry);
}

void World::spawn(TokenId id, const Node& node, StepEffects& effects) {
  const TokenId child_id = create(token(id).request_class, node.entry);
  Token& parent = token(id);
  Token& child = token(child_id);
  child.parent = id;
  child.parent_serial = parent.serial;
  child.request = parent.request;
  child.daemon = parent.daemon;
  child.address = parent.address / node.address.divide_by * node.address.multiply_by + node.address.add;
  child.faults = parent.faults;
  ++parent.children;
  const bool submit = node.kind == NodeKind::spawn_submit;
  child.being_submitted = submit;
  child.detached =
      submit ? parent.detached : !machine_->classes[static_cast<std::size_t>(parent.request_class)].in_thread;
  parent.submitting = submit;
  for (const GiveBack& with : gives_of(*machine_, node)) {
    note_give(id, with.resource, with.n);
    token(child_id).held.push_back({with.resource, with.n, steps_, 0, true});
  }
  effects.spawned = child_id;
}

/// The submitter of an async call returns: once, at the first detach below the call or when the call ends without one.
void World::leave(TokenId id, std::size_t frame, StepEffects& effects) {
  Frame& of = token(id).frames[frame];
  const Node& call = node_at(*machine_, of.call);
  if (call.context != CallContext::async || of.left) return;
  of.left = true;
  for (const GiveBack& back : gives_of(*machine_, call)) {
    const std::int32_t before = level(*machine_, levels_, back.resource);
    const StepError error = give_back(*machine_, back.resource, back.n, levels_);
    if (error != StepError::none)
      effects.error = describe(error, machine_->resources[static_cast<std::size_t>(back.resource)]);
    note_give(id, back.resource, back.n);
    give_wakes(back.resource, before);
    effects.released.push_back(back.resource);
  }
}

void World::detach(TokenId id, StepEffects& effects) {
  bool own_submission = true;  // no frame below says who submits: the token itself does
  for (std::size_t i = token(id).frames.size(); i-- > 0;) {
    if (machine_->nodes[static_cast<std::size_t>(token(id).frames[i].call)].context == CallContext::inherit) continue;
    own_submission = false;
    leave(id, i, effects);
    break;
  }
  token(id).detached = true;
  if (own_submission && token(id).being_submitted) {
    token(id).being_submitted = false;
    Token& parent = token(token(id).parent);
    parent.submitting = false;
    effects.ready.push_back(token(id).parent);
  }
}

void World::finish(TokenId id, Status status, StepEffects& effects) {
  Token& ending = token(id);
  if (!ending.frames.empty()) {
    leave(id, ending.frames.size() - 1, effects);
    const Frame frame = ending.frames.back();
    const Node& call = node_at(*machine_, frame.call);
    ending.frames.pop_back();
    ending.address = frame.address;
    // A sync caller wakes up in the thread it called from; after an async submission that thread is gone.
    if (call.context == CallContext::sync) ending.detached = frame.detached;
    if (call.context == CallContext::async) ending.detached = true;
    arrive(id, call.by_status[static_cast<std::size_t>(status)]);
    return;
  }
  effects.finished = true;
  effects.status = status;
  const TokenId parent_id = ending.parent;
  effects.request_finished = ending.parent_serial < 0;
  if (parent_id != no_token && token(parent_id).serial == ending.parent_serial) {
    Token& parent = token(parent_id);
    --parent.children;
    parent.worst = std::max(parent.worst, status);
    if (ending.being_submitted) parent.submitting = false;
    effects.ready.push_back(parent_id);
  }
  by_serial_[static_cast<std::size_t>(ending.serial - first_serial_)] = no_token;
  while (!by_serial_.empty() && by_serial_.front() == no_token) {
    by_serial_.pop_front();
    ++first_serial_;
  }
  ending.serial = -1;
  ending.at = no_node;
  free_.push_back(id);
  --live_count_;
}

/// The machine is gone, and with it everybody.
void World::stop(StepEffects& effects) {
  stopped_ = true;
  for (const TokenId id : by_serial_) {
    if (id == no_token) continue;
    tokens_[static_cast<std::size_t>(id)].serial = -1;
    tokens_[static_cast<std::size_t>(id)].at = no_node;
    free_.push_back(id);
  }
  by_serial_.clear();
  first_serial_ = next_serial_;
  live_count_ = 0;
  for (auto& waiting : waiting_for_event_) waiting.clear();
  effects.finished = effects.stopped = true;
}

void World::apply(TokenId id, const Alternative& alternative, StepEffects& effects) {
  effects.clear();
  ++steps_;
  const NodeId at = token(id).at;
  const Node& node = node_at(*machine_, at);
  const bool gives = node.kind == NodeKind::give;
  const std::int32_t before = gives ? level(*machine_, levels_, node.resource) : 0;
  const Applied applied = models::apply(*machine_, at, alternative, levels_);
  if (gives) give_wakes(node.resource, before);
  if (applied.error != StepError::none) {
    effects.error = describe(applied.error, machine_->resources[static_cast<std::size_t>(node.resource)]);
  }
  if (applied.released != no_resource) effects.released.push_back(applied.released);
  switch (node.kind) {
    case NodeKind::finish:
      return finish(id, node.status, effects);
    case NodeKind::stop:
      return stop(effects);
    case NodeKind::call:
      return enter_call(id, at);
    case NodeKind::take_asleep:
      stop_awaiting(id, node.resource);
      [[fallthrough]];
    case NodeKind::take:
    case NodeKind::try_take:
      if (alternative.kind != AlternativeKind::sleep && alternative.kind != AlternativeKind::refused) {
        note_take(id, node.resource, node.n);
      }
      break;
    case NodeKind::read_lock:
    case NodeKind::write_acquire:
      note_take(id, node.resource, 1);
      break;
    case NodeKind::try_read_lock:
    case NodeKind::try_write_lock:
      if (alternative.kind != AlternativeKind::refused) note_take(id, node.resource, 1);
      break;
    case NodeKind::give:
      note_give(id, node.resource, node.n);
      break;
    case NodeKind::read_unlock:
    case NodeKind::write_unlock:
      note_give(id, node.resource, 1);
      break;
    case NodeKind::broadcast:
      wake_awaiting(node.resource, effects);
      break;
    case NodeKind::await:
      stop_awaiting(id, node.resource);
      break;
    case NodeKind::ticket:
      token(id).tickets.emplace_back(
          node.resource,
          levels_.words[static_cast<std::size_t>(machine_->slots[static_cast<std::size_t>(node.resource)].first)] - 1);
      break;
    case NodeKind::pass_turn: {
      auto& tickets = token(id).tickets;
      const auto drawn = std::find_if(tickets.begin(), tickets.end(),
                                      [&](const auto& ticket) { return ticket.first == node.resource; });
      if (drawn == tickets.end()) {
        effects.error =
            machine_->resources[static_cast<std::size_t>(node.resource)].name + ": the turn is passed without a ticket";
      } else {
        tickets.erase(drawn);
      }
      break;
    }
    case NodeKind::choose:
      if (node.decider == DeciderKind::fault_plan) token(id).faults = alternative.index;
      break;
    case NodeKind::spawn:
    case NodeKind::spawn_submit:
      spawn(id, node, effects);
      break;
    case NodeKind::detach:
      detach(id, effects);
      break;
    case NodeKind::await_children: {
      const Status worst = token(id).worst;
      token(id).worst = Status::ok;
      arrive(id, node.by_status[static_cast<std::size_t>(worst)]);
      return;
    }
    default:
      break;
  }
  arrive(id, applied.next);
}

}  // namespace dmstall::models
