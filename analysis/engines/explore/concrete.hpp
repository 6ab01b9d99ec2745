// From steps of the search to steps of individual tokens: what a witness records and the replayer checks.
#pragma once

#include <string>
#include <vector>

#include "analysis/engines/explore/space.hpp"
#include "models/machine/witness.hpp"

namespace dmstall::analysis {

/// Runs edges of a Space on a World of the whole machine, choosing for each shape some token that stands there.
class Concrete {
 public:
  /// Starts the requests of the space's composition. Machine and space must outlive this.
  Concrete(const models::Machine& machine, Space& space);

  /// Takes the step, and those done at once after it. Throws std::logic_error when no token can: a bug in the search.
  void follow(const Edge& edge);

  [[nodiscard]] const models::World& world() const { return world_; }
  [[nodiscard]] const std::vector<models::RecordedStep>& steps() const { return steps_; }

 private:
  struct Family {
    models::TokenId root = models::no_token;
    ShapeId shape = 0;
  };

  /// The member of a group of siblings that a class is; -1 where it is in none.
  struct Member {
    std::int32_t group = -1;
    std::size_t index = 0;
  };

  void settle();
  void act(models::TokenId token, models::AlternativeKind kind, std::int32_t index);
  void act_hurried(models::TokenId token);
  [[nodiscard]] ShapeId shape_of(models::TokenId token);
  [[nodiscard]] models::TokenId token_at(models::TokenId root, const std::vector<std::uint16_t>& path);
  [[nodiscard]] std::vector<models::TokenId> children_of(models::TokenId token) const;
  [[nodiscard]] std::vector<Family> families();
  [[nodiscard]] Member member_of(models::TokenId token) const;
  [[nodiscard]] bool is_cell(const Member& member, const Cell& cell, const std::vector<Family>& families);
  [[nodiscard]] StackId stack_of(const models::Token& token, const Member& member);
  [[nodiscard]] models::NodeId node_of_first(const Member& member, models::NodeId node) const;

  Space* space_;
  models::World world_;
  std::vector<Member> member_of_class_;
  std::vector<models::RecordedStep> steps_;
  models::StepEffects effects_;
  std::vector<models::Alternative> enabled_;
};

}  // namespace dmstall::analysis
