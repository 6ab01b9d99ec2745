// Values kept once and named by a number, so that states can be compared quickly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace dmstall::analysis::checking {

/// Number 0 is the default value. References stay valid.
template <class Value, class Hash>
class Interned {
 public:
  Interned() { (void)number(Value{}); }
  [[nodiscard]] std::int32_t number(const Value& value) {
    const auto [known, fresh] = numbers_.emplace(value, static_cast<std::int32_t>(values_.size()));
    if (fresh) values_.push_back(&known->first);
    return known->second;
  }
  [[nodiscard]] const Value& operator[](std::int32_t number) const {
    return *values_[static_cast<std::size_t>(number)];
  }

 private:
  std::unordered_map<Value, std::int32_t, Hash> numbers_;  ///< nodes do not move: values_ may point to the keys
  std::vector<const Value*> values_;
};

class Mixer {
 public:
  Mixer& operator<<(std::int64_t value) {
    mixed_ = (mixed_ ^ static_cast<std::uint64_t>(value)) * 0x9e3779b97f4a7c15ULL;
    mixed_ ^= mixed_ >> 29;
    return *this;
  }
  [[nodiscard]] std::size_t value() const { return static_cast<std::size_t>(mixed_); }

 private:
  std::uint64_t mixed_ = 0x243f6a8885a308d3ULL;
};

}  // namespace dmstall::analysis::checking
