#include "models/machine/byte_ranges.hpp"

#include <algorithm>
#include <utility>

namespace dmstall::models {

void follow(const AddressHop& hop, const ByteRange& range, std::vector<ByteRange>& out) {
  const std::int64_t begin = range.from / hop.granularity * hop.granularity;
  const std::int64_t end = (range.to + hop.granularity - 1) / hop.granularity * hop.granularity;
  const bool recurs = hop.period > 0;
  const std::int64_t last = recurs ? (end - 1) / hop.period : 0;
  for (std::int64_t k = recurs ? begin / hop.period : 0; k <= last; ++k) {
    const std::int64_t from = std::max(begin, k * hop.period + hop.from_byte);
    const std::int64_t to = std::min(end, k * hop.period + hop.to_byte);
    if (from >= to) continue;
    ByteRange below;
    if (hop.divide_by > 1) {
      below.from = from / hop.divide_by * hop.multiply_by + hop.add;
      below.to = ((to - 1) / hop.divide_by + 1) * hop.multiply_by + hop.add;
    } else {
      const std::int64_t shift = hop.add + (recurs ? k * hop.multiply_by - k * hop.period - hop.from_byte : 0);
      below.from = from + shift;
      below.to = to + shift;
    }
    below.in_tree = range.in_tree + from - range.from;
    out.push_back(below);
  }
}

/// Ranges that touch become one, so that many paths to the same blocks count once. Those of a tree only where they lie
/// alike in it.
static void join(std::vector<ByteRange>& ranges) {
  const auto begins = [](const ByteRange& of) { return of.in_tree - of.from; };
  std::sort(ranges.begin(), ranges.end(), [&](const ByteRange& a, const ByteRange& b) {
    return std::pair(begins(a), a.from) < std::pair(begins(b), b.from);
  });
  std::vector<ByteRange> joined;
  for (const ByteRange& range : ranges) {
    if (!joined.empty() && begins(joined.back()) == begins(range) && range.from <= joined.back().to) {
      joined.back().to = std::max(joined.back().to, range.to);
    } else {
      joined.push_back(range);
    }
  }
  ranges = std::move(joined);
}

bool has_block_in(const PlacedFault& fault, std::int64_t from, std::int64_t to) {
  if (from >= to) return false;
  if (fault.all_blocks) return true;
  if (fault.every > 0) {
    const std::int64_t first = (from / fault_block_bytes + fault.every - 1) / fault.every * fault.every;
    return first * fault_block_bytes < to;
  }
  return std::any_of(fault.blocks.begin(), fault.blocks.end(), [&](std::int64_t block) {
    return block * fault_block_bytes < to && from < (block + 1) * fault_block_bytes;
  });
}

std::vector<bool> faults_met(const std::vector<PlacedFault>& faults, const FaultPlan& plan, const ByteRange& request) {
  std::vector<bool> met(faults.size(), false);
  std::vector<std::vector<ByteRange>> ranges(plan.places.size());
  if (!ranges.empty()) ranges.front() = {request};
  for (std::size_t i = 0; i < plan.places.size(); ++i) {
    const FaultPlace& place = plan.places[i];
    if (!place.of_tree) {
      for (ByteRange& range : ranges[i]) range.in_tree = range.from;
    }
    if (ranges[i].size() > 1) join(ranges[i]);
    for (const ByteRange& range : ranges[i]) {
      const std::int64_t from = place.of_tree ? range.in_tree : range.from;
      for (const std::int32_t fault : place.faults) {
        const auto id = static_cast<std::size_t>(fault);
        met[id] = met[id] || has_block_in(faults[id], from, from + range.to - range.from);
      }
      for (const FaultPlace::Way& way : place.ways) {
        std::vector<ByteRange>& below = ranges[static_cast<std::size_t>(way.to)];
        const std::size_t first = below.size();
        follow(way.hop, range, below);
        if (way.area_begin < 0) continue;
        for (std::size_t k = first; k < below.size(); ++k) below[k].in_tree = below[k].from - way.area_begin;
      }
    }
  }
  return met;
}

}  // namespace dmstall::models
