// How many of what: sparse, sorted by what is held. Zeros are not kept, so equal holdings compare equal.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "analysis/engines/prove/things.hpp"

namespace dmstall::analysis {

class Holdings {
 public:
  using Entries = std::vector<std::pair<HoldId, std::int32_t>>;

  [[nodiscard]] std::int32_t of(HoldId hold) const {
    const auto found = find(hold);
    return found != entries_.end() && found->first == hold ? found->second : 0;
  }

  void add(HoldId hold, std::int32_t n) {
    if (n == 0) return;
    const auto found = entries_.begin() + (find(hold) - entries_.begin());
    if (found == entries_.end() || found->first != hold) {
      entries_.insert(found, {hold, n});
    } else if ((found->second += n) == 0) {
      entries_.erase(found);
    }
  }

  void add(const Holdings& other) {
    for (const auto& [hold, n] : other.entries_) add(hold, n);
  }

  void set(HoldId hold, std::int32_t n) { add(hold, n - of(hold)); }

  /// What is below zero: taken from whoever called.
  [[nodiscard]] Holdings owed() const {
    Holdings result;
    for (const auto& [hold, n] : entries_) {
      if (n < 0) result.entries_.emplace_back(hold, n);
    }
    return result;
  }

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] const Entries& entries() const { return entries_; }
  auto operator<=>(const Holdings&) const = default;

  [[nodiscard]] std::size_t hash() const {
    std::uint64_t h = 0x9e3779b97f4a7c15U;
    for (const auto& [hold, n] : entries_) {
      h = (h ^ static_cast<std::uint64_t>(hold)) * 0x100000001b3U;
      h = (h ^ static_cast<std::uint64_t>(static_cast<std::uint32_t>(n))) * 0x100000001b3U;
      h ^= h >> 29U;
    }
    return static_cast<std::size_t>(h);
  }

 private:
  [[nodiscard]] Entries::const_iterator find(HoldId hold) const {
    return std::lower_bound(entries_.begin(), entries_.end(), hold,
                            [](const auto& entry, HoldId wanted) { return entry.first < wanted; });
  }

  Entries entries_;
};

}  // namespace dmstall::analysis
