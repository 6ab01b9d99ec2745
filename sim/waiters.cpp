#include "sim/waiters.hpp"

#include <cassert>
#include <utility>

namespace dmstall::sim {

using models::no_resource;
using models::no_token;
using models::ResourceId;
using models::TokenId;

void Waiters::replace_beside(TokenId id, TokenId old, TokenId with) {
  auto& beside = links_[static_cast<std::size_t>(id)].beside;
  (beside[0] == old ? beside[0] : beside[1]) = with;
}

void Waiters::add(ResourceId resource, TokenId id) {
  if (links_.size() <= static_cast<std::size_t>(id)) links_.resize(static_cast<std::size_t>(id) + 1);
  Link& added = links_[static_cast<std::size_t>(id)];
  assert(added.resource == no_resource);
  List& in = lists_[static_cast<std::size_t>(resource)];
  added.resource = resource;
  added.beside = {in.ends[0], no_token};
  if (in.ends[0] == no_token) {
    in.ends[1] = id;
  } else {
    replace_beside(in.ends[0], no_token, id);
  }
  in.ends[0] = id;
  ++in.count;
}

void Waiters::remove(TokenId id) {
  if (static_cast<std::size_t>(id) >= links_.size()) return;
  Link& removed = links_[static_cast<std::size_t>(id)];
  if (removed.resource == no_resource) return;
  List& in = lists_[static_cast<std::size_t>(removed.resource)];
  const auto [a, b] = removed.beside;
  if (a != no_token) replace_beside(a, id, b);
  if (b != no_token) replace_beside(b, id, a);
  // An end's inner neighbour takes its place; with one element both ends become empty.
  for (TokenId& end : in.ends) {
    if (end == id) end = a != no_token ? a : b;
  }
  --in.count;
  removed = {};
}

void Waiters::turn_round(ResourceId resource) {
  auto& ends = lists_[static_cast<std::size_t>(resource)].ends;
  std::swap(ends[0], ends[1]);
}

void Waiters::make_newest(TokenId id) {
  const ResourceId resource = link(id).resource;
  remove(id);
  add(resource, id);
}

TokenId Waiters::Walk::next() {
  // Was the token given last removed? Then the one before it is now beside the one ahead.
  if (given_ != no_token && waiters_->link(given_).resource != no_resource) before_ = given_;
  given_ = at_;
  if (at_ != no_token) at_ = waiters_->other_side(given_, before_);
  return given_;
}

}  // namespace dmstall::sim
