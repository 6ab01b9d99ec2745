// Who waits for which resource, in the order in which they fell asleep.
//
// A doubly linked list per resource whose links have no direction: waking everybody and letting the losers fall asleep
// again, one after the other, turns a wait queue round, and that must not cost a walk over 10,000 sleepers.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "models/machine/world.hpp"

namespace dmstall::sim {

class Waiters {
 public:
  explicit Waiters(std::size_t resources) : lists_(resources) {}

  /// Requires: the token is in no list.
  void add(models::ResourceId resource, models::TokenId id);
  /// Does nothing when the token is in no list.
  void remove(models::TokenId id);
  /// The oldest becomes the newest, and so on.
  void turn_round(models::ResourceId resource);
  /// Takes the token out and adds it again as the newest.
  void make_newest(models::TokenId id);

  [[nodiscard]] std::size_t count(models::ResourceId resource) const { return list(resource).count; }
  [[nodiscard]] models::TokenId newest(models::ResourceId resource) const { return list(resource).ends[0]; }
  [[nodiscard]] models::TokenId oldest(models::ResourceId resource) const { return list(resource).ends[1]; }

  /// A walk that survives the removal of the token it stands at.
  class Walk {
   public:
    Walk(const Waiters& waiters, models::TokenId first) : waiters_(&waiters), at_(first) {}
    /// The next token, or no_token; to be acted upon before the following call.
    models::TokenId next();

   private:
    const Waiters* waiters_;
    models::TokenId at_, before_ = models::no_token, given_ = models::no_token;
  };
  [[nodiscard]] Walk from_newest(models::ResourceId resource) const { return {*this, newest(resource)}; }
  [[nodiscard]] Walk from_oldest(models::ResourceId resource) const { return {*this, oldest(resource)}; }

 private:
  struct List {
    std::array<models::TokenId, 2> ends{models::no_token, models::no_token};  ///< newest, oldest
    std::size_t count = 0;
  };
  struct Link {
    std::array<models::TokenId, 2> beside{models::no_token, models::no_token};  ///< in no particular order
    models::ResourceId resource = models::no_resource;
  };

  [[nodiscard]] const List& list(models::ResourceId resource) const {
    return lists_[static_cast<std::size_t>(resource)];
  }
  [[nodiscard]] const Link& link(models::TokenId id) const { return links_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] models::TokenId other_side(models::TokenId id, models::TokenId from) const {
    return link(id).beside[0] == from ? link(id).beside[1] : link(id).beside[0];
  }
  void replace_beside(models::TokenId id, models::TokenId old, models::TokenId with);

  std::vector<List> lists_;
  std::vector<Link> links_;  ///< per token
};

}  // namespace dmstall::sim
