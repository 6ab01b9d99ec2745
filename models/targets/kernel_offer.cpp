#include "models/targets/kernel_offer.hpp"

#include <fmt/format.h>

#include "models/scenario/pool_names.hpp"
#include "models/scenario/target_description.hpp"

namespace dmstall::models {

namespace {

/// What the size of the pool follows: a module parameter by its name, or words for a constant.
std::string sized_by(const std::string& pool) {
  for (const PoolDescription& each : common_pools()) {
    if (each.name == pool) return each.sized_by;
  }
  for (const TargetDescription& target : target_registry()) {
    for (const PoolDescription& each : target.pools) {
      if (each.name == pool) return each.sized_by;
    }
  }
  return {};
}

}  // namespace

std::string offer_of_pools_per_device(const Release& kernel) {
  return fmt::format("as Linux {} has it", kernel.name());
}

std::string offer_of_another_size(const Release& kernel, const std::string& pool) {
  constexpr const char* parameter = "reserved_bio_based_ios";
  if (sized_by(pool) == parameter) return fmt::format("{}: module parameter {}", kernel.name(), parameter);
  return pool.empty() ? "as the scenario is written" : fmt::format("{}: a fixed size, needs a patch", kernel.name());
}

std::string offer_of_other_code(const Release& kernel) {
  return fmt::format("{}: needs a patch", kernel.name());
}

}  // namespace dmstall::models
