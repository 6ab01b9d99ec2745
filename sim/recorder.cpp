#include "sim/recorder.hpp"

#include <algorithm>
#include <unordered_set>

namespace dmstall::sim {

Recorder::Packed Recorder::pack(const models::RecordedStep& step) {
  const bool starts = step.start_class >= 0;
  const auto kind = starts ? start_kind : static_cast<std::uint64_t>(step.kind);
  const auto index = static_cast<std::uint64_t>(starts ? step.start_class : step.index);
  return (static_cast<std::uint64_t>(step.token) << kind_bits | kind) << index_bits | index;
}

models::RecordedStep Recorder::unpack(Packed word) {
  const auto index = static_cast<std::int32_t>(word & ((1u << index_bits) - 1));
  const std::uint64_t kind = word >> index_bits & start_kind;
  models::RecordedStep step;
  step.token = static_cast<std::int64_t>(word >> (index_bits + kind_bits));
  if (kind == start_kind) {
    step.start_class = index;
  } else {
    step.kind = static_cast<models::AlternativeKind>(kind);
    step.index = index;
  }
  return step;
}

void Recorder::add(const models::RecordedStep& step) {
  const Packed word = pack(step);
  // FNV-1a over words instead of bytes, with a shift so that high bits reach low ones.
  digest_ = (digest_ ^ word) * 0x100000001b3u;
  digest_ ^= digest_ >> 29;
  if (recording_) steps_.push_back(word);
}

std::vector<models::RecordedStep> Recorder::steps() const {
  std::vector<models::RecordedStep> result;
  result.reserve(steps_.size());
  for (const Packed word : steps_) result.push_back(unpack(word));
  return result;
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
  std::erase_if(steps_, [&](Packed word) { return !kept.contains(unpack(word).token); });
  const auto left = static_cast<std::int64_t>(steps_.size());
  limit_ = std::max(bound_, 2 * left);
  if (left > 2 * bound_) {
    recording_ = false;
    steps_ = {};
    family_.clear();
  }
}

}  // namespace dmstall::sim
