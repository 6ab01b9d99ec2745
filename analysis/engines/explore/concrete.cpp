#include "analysis/engines/explore/concrete.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "models/machine/graph.hpp"

namespace dmstall::analysis {

namespace {

using models::Alternative;
using models::AlternativeKind;
using models::at;
using models::NodeId;
using models::NodeKind;
using models::ResourceId;
using models::Token;
using models::TokenId;

}  // namespace

Concrete::Concrete(const models::Machine& machine, Space& space)
    : space_(&space), world_(machine), member_of_class_(machine.classes.size()) {
  for (std::size_t g = 0; g < space.groups().size(); ++g) {
    const SiblingGroup& group = space.groups()[g];
    for (std::size_t i = 0; i < group.classes.size(); ++i)
      member_of_class_[at(group.classes[i])] = {static_cast<std::int32_t>(g), i};
  }
  for (std::size_t c = 0; c < space.composition().size(); ++c) {
    for (std::int64_t i = 0; i < space.composition()[c]; ++i) {
      const auto request_class = static_cast<std::int32_t>(c);
      const TokenId id = world_.start(request_class);
      steps_.push_back({world_.token(id).serial, request_class, AlternativeKind::go_on, 0});
    }
  }
  settle();
}

Concrete::Member Concrete::member_of(TokenId token) const {
  return member_of_class_[at(world_.token(token).request_class)];
}

NodeId Concrete::node_of_first(const Member& member, NodeId node) const {
  if (member.group < 0) return node;
  const auto& map = space_->groups()[at(member.group)].node_of_first[member.index];
  const auto own = map.find(node);
  return own == map.end() ? node : own->second;
}

StackId Concrete::stack_of(const Token& token, const Member& member) {
  StackId stack = empty_stack;
  for (const models::Frame& frame : token.frames)
    stack = space_->shapes().push(stack, node_of_first(member, frame.call), frame.left);
  return stack;
}

std::vector<TokenId> Concrete::children_of(TokenId parent) const {
  std::vector<TokenId> children;
  const std::int64_t serial = world_.token(parent).serial;
  for (const TokenId id : world_.live()) {
    if (world_.token(id).parent_serial == serial) children.push_back(id);
  }
  return children;
}

ShapeId Concrete::shape_of(TokenId id) {
  const Token& token = world_.token(id);
  const Member member = member_of(id);
  Shape shape;
  shape.at = node_of_first(member, token.at);
  shape.stack = stack_of(token, member);
  if (token.parent_serial < 0) {
    shape.request_class = member.group < 0 ? token.request_class : space_->groups()[at(member.group)].classes.front();
  }
  shape.submitting = token.submitting;
  shape.being_submitted = token.being_submitted && world_.find(token.parent_serial) != models::no_token;
  shape.awoken = token.awoken && space_->sees_waking(shape.at);
  shape.daemon = token.daemon;
  shape.worst = token.worst;
  for (const auto& [order, number] : token.tickets) {
    const std::int32_t first = space_->machine().slots[at(order)].first;
    shape.tickets.emplace_back(order, number - world_.levels().words[at(first + 1)]);
  }
  for (const TokenId child : children_of(id)) shape.children.push_back(shape_of(child));
  return space_->shapes().intern(std::move(shape));
}

TokenId Concrete::token_at(TokenId root, const std::vector<std::uint16_t>& path) {
  TokenId at_token = root;
  for (const std::uint16_t index : path) {
    std::vector<std::pair<ShapeId, TokenId>> children;
    for (const TokenId child : children_of(at_token)) children.emplace_back(shape_of(child), child);
    std::sort(children.begin(), children.end());
    at_token = children.at(index).second;
  }
  return at_token;
}

std::vector<Concrete::Family> Concrete::families() {
  std::vector<Family> result;
  for (const TokenId id : world_.live()) {
    if (world_.find(world_.token(id).parent_serial) == models::no_token) result.push_back({id, shape_of(id)});
  }
  return result;
}

bool Concrete::is_cell(const Member& member, const Cell& cell, const std::vector<Family>& families) {
  if (member.group != cell.group) return false;
  const SiblingGroup& group = space_->groups()[at(member.group)];
  std::vector<ShapeId> theirs, wanted;
  for (const Family& family : families) {
    const Member of = member_of(family.root);
    if (of.group == member.group && of.index == member.index) theirs.push_back(family.shape);
  }
  for (const auto& [shape, count] : cell.families) wanted.insert(wanted.end(), at(count), shape);
  std::sort(theirs.begin(), theirs.end());
  std::sort(wanted.begin(), wanted.end());
  if (theirs != wanted) return false;
  const auto& map = group.resource_of_first[member.index];
  std::size_t next = 0;
  for (const ResourceId resource : group.own) {
    if (space_->reduced().ample[at(resource)]) continue;
    ResourceId mine = resource;
    for (const auto& [own, firsts] : map) {
      if (firsts == resource) mine = own;
    }
    const models::LevelSlot& slot = space_->machine().slots[at(mine)];
    const bool order = space_->machine().resources[at(mine)].kind == models::ResourceKind::order;
    for (std::int32_t w = 0; w < slot.words; ++w) {
      std::int32_t word = world_.levels().words[at(slot.first + w)];
      if (order) word = w == 0 ? word - world_.levels().words[at(slot.first + 1)] : 0;
      if (word != cell.words[next++]) return false;
    }
  }
  return true;
}

void Concrete::act(TokenId token, AlternativeKind kind, std::int32_t index) {
  enabled_.clear();
  world_.alternatives(token, enabled_);
  const auto chosen = std::find_if(enabled_.begin(), enabled_.end(),
                                   [&](const Alternative& each) { return each.kind == kind && each.index == index; });
  if (chosen == enabled_.end()) throw std::logic_error("the search took a step that a token cannot take");
  steps_.push_back({world_.token(token).serial, -1, kind, index});
  world_.apply(token, Alternative(*chosen), effects_);
  if (effects_.error) throw std::logic_error("the search took a step that cannot be: " + *effects_.error);
}

/// The one way to go on; an element of an ample resource comes from wherever it costs least.
void Concrete::act_hurried(TokenId token) {
  enabled_.clear();
  world_.alternatives(token, enabled_);
  const auto cheapest = std::min_element(enabled_.begin(), enabled_.end(),
                                         [](const auto& a, const auto& b) { return a.failures < b.failures; });
  if (cheapest == enabled_.end()) throw std::logic_error("a step that never waits waits");
  const Alternative alternative = *cheapest;
  const NodeId from = node_of_first(member_of(token), world_.token(token).at);
  act(token, alternative.kind, alternative.index);
  if (space_->reduced().passes_through[at(from)]) act(token, AlternativeKind::go_on, 0);
}

void Concrete::settle() {
  for (bool moved = true; moved;) {
    moved = false;
    for (const Family& family : families()) {
      const int site = space_->shapes().hurried(family.shape).site;
      if (site < 0) continue;
      act_hurried(token_at(family.root, space_->shapes().sites(family.shape)[at(site)].path));
      moved = true;
      break;
    }
  }
}

void Concrete::follow(const Edge& edge) {
  const std::vector<Family> all = families();
  for (const Family& family : all) {
    if (family.shape != edge.shape) continue;
    const Member member = member_of(family.root);
    if ((edge.cell >= 0) != (member.group >= 0)) continue;
    if (edge.cell >= 0 && !is_cell(member, space_->cell(edge.cell), all)) continue;
    const std::vector<std::uint16_t> path = space_->shapes().sites(edge.shape)[at(edge.site)].path;
    const TokenId token = token_at(family.root, path);
    // A take of an ample resource is an empty step of the search, or a choice of where the element comes from.
    if (space_->reduced().by_source[at(space_->shapes().sites(edge.shape)[at(edge.site)].at)]) {
      act(token, edge.index == 0 ? AlternativeKind::allocator : AlternativeKind::reserve, 0);
    } else if (edge.kind == AlternativeKind::go_on) {
      act_hurried(token);
    } else {
      act(token, edge.kind, edge.index);
    }
    settle();
    return;
  }
  throw std::logic_error(fmt::format("no token stands where the search says that one does (shape {})", edge.shape));
}

}  // namespace dmstall::analysis
