#include "analysis/engines/explore/store.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace dmstall::analysis {

namespace {

constexpr std::size_t most_length_bytes = 10;

char* put_length(char* out, std::size_t length) {
  for (; length >= 0x80U; length >>= 7U) *out++ = static_cast<char>(length | 0x80U);
  *out++ = static_cast<char>(length);
  return out;
}

/// The bytes whose length is written at `place`.
std::string_view kept_at(const char* place) {
  std::size_t length = static_cast<unsigned char>(*place++);
  if (length >= 0x80U) {
    length &= 0x7fU;
    for (unsigned shift = 7;; shift += 7) {
      const auto byte = static_cast<unsigned char>(*place++);
      length |= static_cast<std::size_t>(byte & 0x7fU) << shift;
      if (byte < 0x80U) break;
    }
  }
  return {place, length};
}

}  // namespace

StateStore::StateStore() : table_(std::size_t{1} << 12U) {}

std::uint32_t StateStore::hash(std::string_view bytes) {
  std::uint64_t value = 0x9e3779b97f4a7c15u ^ bytes.size();
  const auto mix = [&](std::size_t count) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), count);
    value = (value ^ word) * 0xff51afd7ed558ccdu;
    value ^= value >> 32U;
    bytes.remove_prefix(count);
  };
  while (bytes.size() >= sizeof(std::uint64_t)) mix(sizeof(std::uint64_t));
  mix(bytes.size());
  value *= 0xc4ceb9fe1a85ec53u;
  return static_cast<std::uint32_t>(value ^ (value >> 32U));
}

std::string_view StateStore::bytes(StateIndex index) const {
  std::string_view state = kept_at(places_[index / per_place]);
  for (StateIndex before = index % per_place; before > 0; --before) state = kept_at(state.data() + state.size());
  return state;
}

void StateStore::keep(std::string_view bytes) {
  const std::size_t most = most_length_bytes + bytes.size();
  const bool first = size_ % per_place == 0;
  if (first) places_.emplace_back();
  const char*& place = places_[places_.size() - 1];
  if (static_cast<std::size_t>(end_ - free_) < most) {
    // Those that lie before it move with it; where they were is given up.
    const std::size_t before = first ? 0 : static_cast<std::size_t>(free_ - place);
    const std::size_t size = std::max(block_bytes, before + most);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    bytes_of_blocks_ += size;
    char* const block = blocks_.back().get();
    if (before > 0) std::memcpy(block, place, before);
    if (!first) place = block;
    free_ = block + before;
    end_ = block + size;
  }
  if (first) place = free_;
  free_ = put_length(free_, bytes.size());
  std::memcpy(free_, bytes.data(), bytes.size());
  free_ += bytes.size();
  ++size_;
}

void StateStore::grow() {
  std::vector<Slot> larger(table_.size() * 2);
  const std::size_t mask = larger.size() - 1;
  for (const Slot& kept : table_) {
    if (kept.index == empty) continue;
    std::size_t slot = kept.hash & mask;
    while (larger[slot].index != empty) slot = (slot + 1) & mask;
    larger[slot] = kept;
  }
  table_ = std::move(larger);
}

std::uint32_t StateStore::look_ahead(std::string_view bytes) const {
  const std::uint32_t key = hash(bytes);
  __builtin_prefetch(&table_[key & (table_.size() - 1)]);
  return key;
}

std::pair<StateIndex, bool> StateStore::insert(std::string_view bytes, std::uint32_t key) {
  if (size_ * 4 >= table_.size() * 3) grow();
  const std::size_t mask = table_.size() - 1;
  std::size_t slot = key & mask;
  for (; table_[slot].index != empty; slot = (slot + 1) & mask) {
    if (table_[slot].hash == key && this->bytes(table_[slot].index) == bytes) return {table_[slot].index, false};
  }
  assert(size_ < empty);
  const auto index = static_cast<StateIndex>(size_);
  keep(bytes);
  table_[slot] = {key, index};
  return {index, true};
}

std::size_t StateStore::memory() const {
  return bytes_of_blocks_ + places_.size() * sizeof(const char*) + table_.capacity() * sizeof(Slot);
}

}  // namespace dmstall::analysis
