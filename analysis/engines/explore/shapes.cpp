#include "analysis/engines/explore/shapes.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "models/machine/graph.hpp"

namespace dmstall::analysis {

namespace {

using models::at;
using models::CallContext;
using models::Node;
using models::node_at;
using models::NodeId;
using models::NodeKind;
using models::ResourceId;
using models::Status;

constexpr std::int32_t no_ticket = std::numeric_limits<std::int32_t>::min();

}  // namespace

/// What a step of one token means to the others of its family.
struct ParentNews {
  bool finished = false, detached = false;
  Status status = Status::ok;
  ResourceId broadcast = models::no_resource;  ///< wakes all others that await it
};

std::size_t Shapes::WordsHash::operator()(const std::vector<std::int32_t>& words) const {
  std::uint64_t hash = 0x9e3779b97f4a7c15u;
  for (const std::int32_t word : words) {
    hash ^= static_cast<std::uint32_t>(word);
    hash *= 0xff51afd7ed558ccdu;
    hash ^= hash >> 29U;
  }
  return static_cast<std::size_t>(hash);
}

Shapes::Shapes(const models::Machine& machine, Hurry hurry) : machine_(&machine), hurry_(std::move(hurry)) {
  stacks_.push_back({});
  // Numbers of shapes start at 1: 0 stands for "nothing".
  shapes_.emplace_back();
  derived_.emplace_back();
  hurried_.emplace_back();
  broadcast_.assign(machine.resources.size(), false);
  for (const Node& node : machine.nodes) {
    if (node.kind == NodeKind::broadcast) broadcast_[at(node.resource)] = true;
  }
}

StackId Shapes::push(StackId below, NodeId call, bool left) {
  const std::uint64_t key = (static_cast<std::uint64_t>(static_cast<std::uint32_t>(below)) << 32U) |
                            (static_cast<std::uint64_t>(static_cast<std::uint32_t>(call)) << 1U) | (left ? 1U : 0U);
  const auto [known, fresh] = known_stacks_.emplace(key, static_cast<StackId>(stacks_.size()));
  if (fresh) stacks_.push_back({below, call, left});
  return known->second;
}

ShapeId Shapes::intern(Shape shape) {
  std::sort(shape.children.begin(), shape.children.end());
  std::vector<std::int32_t> words = {shape.at, shape.stack, shape.request_class,
                                     (shape.submitting ? 1 : 0) | (shape.being_submitted ? 2 : 0) |
                                         (shape.awoken ? 4 : 0) | (shape.daemon ? 8 : 0) |
                                         (static_cast<std::int32_t>(shape.worst) << 4),
                                     static_cast<std::int32_t>(shape.tickets.size())};
  for (const auto& [order, number] : shape.tickets) {
    words.push_back(order);
    words.push_back(number);
  }
  words.insert(words.end(), shape.children.begin(), shape.children.end());
  const auto [known, fresh] = known_.emplace(std::move(words), static_cast<ShapeId>(shapes_.size()));
  if (fresh) {
    shapes_.push_back(std::move(shape));
    derived_.emplace_back();
    hurried_.emplace_back();
    derive(known->second);
  }
  return known->second;
}

ShapeId Shapes::request(std::int32_t request_class) {
  Shape shape;
  shape.at = machine_->class_entry[at(request_class)];
  shape.request_class = request_class;
  shape.daemon = machine_->classes[at(request_class)].daemon;
  return intern(std::move(shape));
}

bool Shapes::may_hurry(ResourceId resource) const {
  return hurry_.releases && !machine_->read_negatively[at(resource)] && !hurry_.never[at(resource)];
}

bool Shapes::gives_may_hurry(NodeId call) const {
  const Node& node = node_at(*machine_, call);
  for (const models::GiveBack& give : gives_of(*machine_, node)) {
    if (!may_hurry(give.resource)) return false;
  }
  return true;
}

bool Shapes::arrival_matters(NodeId id) const {
  if (id == models::no_node) return false;
  const Node& node = node_at(*machine_, id);
  return node.kind == NodeKind::await && broadcast_[at(node.resource)];
}

NodeId Shapes::destination(const Shape& token) const {
  const Node& node = node_at(*machine_, token.at);
  switch (node.kind) {
    case NodeKind::call:
      return node.entry;
    case NodeKind::choose:
      return choices_of(*machine_, node).front().next;
    case NodeKind::await_children:
      return node.by_status[static_cast<std::size_t>(token.worst)];
    case NodeKind::finish:
      if (token.stack == empty_stack) return models::no_node;
      return node_at(*machine_, top(token.stack).call).by_status[static_cast<std::size_t>(node.status)];
    default:
      return node.next;
  }
}

int Shapes::submitter(StackId stack) const {
  int depth = 0;
  for (; stack != empty_stack; stack = top(stack).below, ++depth) {
    if (node_at(*machine_, top(stack).call).context != CallContext::inherit) return depth;
  }
  return -1;
}

bool Shapes::done_at_once(const Site& site) const {
  const Node& node = node_at(*machine_, site.at);
  if (node.back_edge) return false;
  if (models::touches_no_resource(node.kind)) return hurry_.empty_steps;
  switch (node.kind) {
    case NodeKind::choose:
      return hurry_.empty_steps && node.choices == 1 && choices_of(*machine_, node).front().faults == 0;
    case NodeKind::give:
    case NodeKind::read_unlock:
    case NodeKind::write_unlock:
    case NodeKind::signal:
      return may_hurry(node.resource);
    case NodeKind::count:
      return node.n < 0 && may_hurry(node.resource);
    default:
      return false;
  }
}

bool Shapes::is_local_choice(const Site& site) const {
  const Node& node = node_at(*machine_, site.at);
  if (!hurry_.choices || node.back_edge) return false;
  if (node.kind == NodeKind::choose) {
    for (const models::Choice& choice : choices_of(*machine_, node)) {
      if (arrival_matters(choice.next)) return false;
    }
    return node.choices > 0;
  }
  if (node.kind != NodeKind::try_take) return false;
  // An allocation with nothing in reserve succeeds or fails; what others do is no matter to it.
  const models::Resource& resource = machine_->resources[at(node.resource)];
  const bool alone =
      resource.soft && resource.capacity + resource.retained == 0 && resource.allocator != models::AllocatorRule::pages;
  return alone && !arrival_matters(node.next) && !arrival_matters(node.other);
}

void Shapes::collect(ShapeId id, std::vector<std::uint16_t>& path, Derived& out) const {
  const Shape& token = shape(id);
  const Node& node = node_at(*machine_, token.at);
  Site site;
  site.path = path;
  site.at = token.at;
  site.asker = {.children = static_cast<int>(token.children.size()),
                .submitting = token.submitting,
                .my_turn = false,
                .awoken = token.awoken};
  site.daemon = token.daemon;
  site.ticket = no_ticket;
  if (node.kind == NodeKind::await_turn || node.kind == NodeKind::ticket || node.kind == NodeKind::pass_turn) {
    site.order = node.resource;
    for (const auto& [order, number] : token.tickets) {
      if (order != node.resource) continue;
      site.ticket = number;  // the oldest ticket counts
      break;
    }
    site.asker.my_turn = site.ticket == 0;
  }
  out.tickets = out.tickets || !token.tickets.empty();
  out.counts = out.counts || !token.daemon;
  const bool waits_for_child = (node.kind == NodeKind::await_detach && token.submitting) ||
                               (node.kind == NodeKind::await_children && !token.children.empty());
  if (out.hurried < 0 && !waits_for_child && done_at_once(site)) {
    // The end of a call and a detach may give back; then they are releases, too.
    bool hurry = !arrival_matters(destination(token));
    const bool child_starts_there = node.kind == NodeKind::spawn || node.kind == NodeKind::spawn_submit;
    if (child_starts_there && arrival_matters(node.entry)) hurry = false;
    if (node.kind == NodeKind::finish && token.stack != empty_stack)
      hurry = hurry && (top(token.stack).left || gives_may_hurry(top(token.stack).call));
    if (node.kind == NodeKind::detach) {
      StackId stack = token.stack;
      for (int depth = submitter(stack); depth > 0; --depth) stack = top(stack).below;
      if (submitter(token.stack) >= 0) hurry = hurry && (top(stack).left || gives_may_hurry(top(stack).call));
    }
    if (hurry) out.hurried = static_cast<int>(out.sites.size());
  }
  if (out.local < 0 && is_local_choice(site)) out.local = static_cast<int>(out.sites.size());
  if (!waits_for_child) out.sites.push_back(std::move(site));
  for (std::size_t i = 0; i < token.children.size(); ++i) {
    if (i > 0 && token.children[i] == token.children[i - 1]) continue;
    path.push_back(static_cast<std::uint16_t>(i));
    collect(token.children[i], path, out);
    path.pop_back();
  }
}

void Shapes::derive(ShapeId id) {
  std::vector<std::uint16_t> path;
  Derived out;
  collect(id, path, out);
  const int hurried = out.hurried;
  derived_[at(id)] = std::move(out);
  if (hurried >= 0) hurried_[at(id)] = mover(id, at(hurried));
}

StackId Shapes::leave(StackId stack, int depth, std::vector<models::GiveBack>& gives) {
  const StackEntry entry = top(stack);
  if (depth > 0) return push(leave(entry.below, depth - 1, gives), entry.call, entry.left);
  const Node& call = node_at(*machine_, entry.call);
  if (call.context != CallContext::async || entry.left) return stack;
  for (const models::GiveBack& give : gives_of(*machine_, call)) gives.push_back(give);
  return push(entry.below, entry.call, true);
}

ShapeId Shapes::replace(ShapeId id, const std::vector<std::uint16_t>& path, std::size_t depth, const Shape* token,
                        const ParentNews& news) {
  if (depth == path.size()) return token == nullptr ? 0 : intern(*token);
  Shape changed = shape(id);
  const std::size_t child = path[depth];
  if (news.broadcast != models::no_resource) {
    if (is_woken_by(changed, news.broadcast)) changed.awoken = true;
    for (std::size_t i = 0; i < changed.children.size(); ++i) {
      if (i != child) changed.children[i] = woken(changed.children[i], news.broadcast);
    }
  }
  const ShapeId now = replace(changed.children[child], path, depth + 1, token, news);
  if (now == 0) {
    changed.children.erase(changed.children.begin() + static_cast<std::ptrdiff_t>(child));
  } else {
    changed.children[child] = now;
  }
  if (depth + 1 == path.size()) {
    if (news.finished) changed.worst = std::max(changed.worst, news.status);
    if (news.detached) changed.submitting = false;
  }
  return intern(std::move(changed));
}

void Shapes::advance(Shape& token, NodeId next, std::int32_t ticket, Transition& out, ParentNews& news) {
  const Node& node = node_at(*machine_, token.at);
  token.awoken = false;
  switch (node.kind) {
    case NodeKind::finish:
      if (token.stack != empty_stack) {
        const StackEntry frame = top(leave(token.stack, 0, out.gives));
        token.stack = frame.below;
        token.at = node_at(*machine_, frame.call).by_status[static_cast<std::size_t>(node.status)];
        break;
      }
      news.finished = true;
      news.status = node.status;
      news.detached = token.being_submitted;
      for (const ShapeId child : token.children) {
        Shape orphan = shape(child);
        orphan.being_submitted = false;
        out.families.push_back(intern(std::move(orphan)));
      }
      break;
    case NodeKind::call:
      token.stack = push(token.stack, token.at, false);
      token.at = node.entry;
      break;
    case NodeKind::spawn:
    case NodeKind::spawn_submit: {
      Shape child;
      child.at = node.entry;
      child.daemon = token.daemon;
      child.being_submitted = node.kind == NodeKind::spawn_submit;
      token.submitting = child.being_submitted;
      token.children.push_back(intern(std::move(child)));
      token.at = next;
      break;
    }
    case NodeKind::detach: {
      const int depth = submitter(token.stack);
      if (depth >= 0) {
        token.stack = leave(token.stack, depth, out.gives);
      } else if (token.being_submitted) {
        token.being_submitted = false;
        news.detached = true;
      }
      token.at = next;
      break;
    }
    case NodeKind::await_children:
      token.at = node.by_status[static_cast<std::size_t>(token.worst)];
      token.worst = Status::ok;
      break;
    case NodeKind::ticket:
      token.tickets.emplace_back(node.resource, ticket);
      token.at = next;
      break;
    case NodeKind::pass_turn: {
      const auto drawn = std::find_if(token.tickets.begin(), token.tickets.end(),
                                      [&](const auto& each) { return each.first == node.resource; });
      if (drawn != token.tickets.end()) token.tickets.erase(drawn);
      token.at = next;
      break;
    }
    case NodeKind::broadcast:
      news.broadcast = node.resource;
      for (ShapeId& child : token.children) child = woken(child, node.resource);
      token.at = next;
      break;
    default:
      token.at = next;
      break;
  }
}

const Transition& Shapes::step(ShapeId id, int site_index, NodeId next, std::int32_t ticket) {
  const std::uint64_t key = (static_cast<std::uint64_t>(static_cast<std::uint32_t>(site_index)) << 52U) ^
                            (static_cast<std::uint64_t>(static_cast<std::uint32_t>(next + 1)) << 20U) ^
                            static_cast<std::uint64_t>(static_cast<std::uint32_t>(ticket) & 0xfffffU);
  for (const auto& [known, transition] : derived_[at(id)].steps) {
    if (known == key) return transitions_[at(transition)];
  }
  const Site site = sites(id)[at(site_index)];
  ShapeId token_id = id;
  for (const std::uint16_t child : site.path) token_id = shape(token_id).children[child];
  Shape token = shape(token_id);
  Transition result;
  ParentNews news;
  advance(token, next, ticket, result, news);
  const ShapeId family = replace(id, site.path, 0, news.finished ? nullptr : &token, news);
  if (family != 0) result.families.insert(result.families.begin(), family);
  transitions_.push_back(std::move(result));
  derived_[at(id)].steps.emplace_back(key, static_cast<std::int32_t>(transitions_.size()) - 1);
  return transitions_.back();
}

/// Awaits the event, or sleeps until an element of the resource is given.
bool Shapes::is_woken_by(const Shape& token, ResourceId event) const {
  const Node& node = node_at(*machine_, token.at);
  return node.resource == event && (node.kind == NodeKind::await || node.kind == NodeKind::take_asleep);
}

ShapeId Shapes::woken(ShapeId id, ResourceId event) {
  for (const auto& [known, to] : derived_[at(id)].woken) {
    if (known == event) return to;
  }
  Shape changed = shape(id);
  if (is_woken_by(changed, event)) changed.awoken = true;
  for (ShapeId& child : changed.children) child = woken(child, event);
  const ShapeId to = intern(std::move(changed));
  derived_[at(id)].woken.emplace_back(event, to);
  return to;
}

ShapeId Shapes::turned(ShapeId id, ResourceId order) {
  if (!has_tickets(id)) return id;
  for (const auto& [known, to] : derived_[at(id)].turned) {
    if (known == order) return to;
  }
  Shape changed = shape(id);
  for (auto& [of, number] : changed.tickets) {
    if (of == order) --number;
  }
  for (ShapeId& child : changed.children) child = turned(child, order);
  const ShapeId to = intern(std::move(changed));
  derived_[at(id)].turned.emplace_back(order, to);
  return to;
}

}  // namespace dmstall::analysis
