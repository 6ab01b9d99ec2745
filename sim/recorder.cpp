#include "sim/recorder.hpp"

#include <algorithm>
#include <unordered_set>

namespace dmstall::sim {

namespace {

/// FNV-1a over 64-bit words, with a shift so that high bits reach low ones.
void mix(std::uint64_t& digest, std::uint64_t word) {
  digest = (digest ^ word) * 0x100000001b3u;
  digest ^= digest >> 29;
}

}  // namespace

void Recorder::add(const models::RecordedStep& step) {
  mix(digest_, static_cast<std::uint64_t>(step.token));
  mix(digest_, static_cast<std::uint64_t>(static_cast<std::uint32_t>(step.start_class)) << 40 ^
                   static_cast<std::uint64_t>(step.kind) << 32 ^ static_cast<std::uint32_t>(step.index));
  if (recording_) steps_.push_back(step);
}

void Recorder::keep_within_bound(const models::World& world) {
  if (recording_ && static_cast<std::int64_t>(steps_.size()) >= limit_) compact(world);
}

void Recorder::compact(const models::World& world) {
  complete_ = false;
  std::unordered_set<std::int64_t> kept;
  for (const models::TokenId id : world.live()) {
    const std::int64_t request = world.token(id).request;
    if (!kept.insert(request).second) continue;
    const auto children = family_.find(request);
    if (children != family_.end()) kept.insert(children->second.begin(), children->second.end());
  }
  std::erase_if(steps_, [&](const models::RecordedStep& step) { return !kept.contains(step.token); });
  const auto left = static_cast<std::int64_t>(steps_.size());
  limit_ = std::max(bound_, 2 * left);
  if (left > 2 * bound_) {
    recording_ = false;
    steps_ = {};
    family_.clear();
  }
}

}  // namespace dmstall::sim
