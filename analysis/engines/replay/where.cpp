#include "analysis/engines/replay/where.hpp"

#include <fmt/format.h>

namespace dmstall::analysis {

std::string where(const models::World& world, models::TokenId token) {
  const models::NodeId at = world.token(token).at;
  const std::string& function = world.machine().function_of(at);
  return function.empty() ? fmt::format("node {}", at) : function;
}

}  // namespace dmstall::analysis
