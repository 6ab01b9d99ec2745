// The registry: one line per target.
#include <algorithm>

#include "models/kernel/omissions/parts.hpp"
#include "models/targets/disk.hpp"
#include "models/targets/filesystem.hpp"
#include "models/targets/linear.hpp"
#include "models/targets/loop.hpp"
#include "models/targets/md_raid0.hpp"
#include "models/targets/snapshot.hpp"
#include "models/targets/snapshot_merge.hpp"
#include "models/targets/snapshot_origin.hpp"
#include "models/targets/striped.hpp"
#include "models/targets/verity.hpp"

namespace dmstall::models {

const std::vector<const Target*>& targets() {
  // clang-format off: one line for each
  static const std::vector<const Target*> all = {
      &disk_target(),     &linear_target(),          &striped_target(),        &verity_target(),
      &snapshot_target(), &snapshot_origin_target(), &snapshot_merge_target(), &filesystem_target(),
      &loop_target(),     &md_raid0_target(),
  };
  // clang-format on
  return all;
}

const std::vector<TargetDescription>& target_registry() {
  static const std::vector<TargetDescription> descriptions = [] {
    std::vector<TargetDescription> all;
    for (const Target* target : targets()) all.push_back(target->description);
    return all;
  }();
  return descriptions;
}

const TargetDescription* find_target(std::string_view id) {
  for (const TargetDescription& target : target_registry()) {
    if (target.id == id) return &target;
  }
  return nullptr;
}

std::vector<const ModelPart*> all_parts() {
  std::vector<const ModelPart*> all = kernel_parts();
  for (const Target* target : targets())
    all.insert(all.end(), target->description.parts.begin(), target->description.parts.end());
  std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace dmstall::models
