#include "analysis/engines/explore/store.hpp"

#include <algorithm>
#include <cstring>

namespace dmstall::analysis {

StateStore::StateStore() : table_(std::size_t{1} << 12U, empty) {}

std::uint64_t StateStore::hash(std::string_view bytes) {
  std::uint64_t value = 0x9e3779b97f4a7c15u ^ bytes.size();
  while (bytes.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    value = (value ^ word) * 0xff51afd7ed558ccdu;
    value ^= value >> 32U;
    bytes.remove_prefix(8);
  }
  for (const char byte : bytes) value = (value ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
  value ^= value >> 29U;
  value *= 0xc4ceb9fe1a85ec53u;
  return value ^ (value >> 32U);
}

const char* StateStore::keep(const std::string& bytes) {
  if (blocks_.empty() || used_ + bytes.size() > last_block_bytes_) {
    last_block_bytes_ = std::max(block_bytes, bytes.size());
    blocks_.push_back(std::make_unique<char[]>(last_block_bytes_));
    used_ = 0;
  }
  char* place = blocks_.back().get() + used_;
  std::memcpy(place, bytes.data(), bytes.size());
  used_ += bytes.size();
  return place;
}

void StateStore::grow() {
  std::vector<StateIndex> larger(table_.size() * 2, empty);
  const std::size_t mask = larger.size() - 1;
  for (const StateIndex index : table_) {
    if (index == empty) continue;
    std::size_t slot = hash(view(index)) & mask;
    while (larger[slot] != empty) slot = (slot + 1) & mask;
    larger[slot] = index;
  }
  table_ = std::move(larger);
}

std::pair<StateIndex, bool> StateStore::insert(const std::string& bytes) {
  if (places_.size() * 10 > table_.size() * 7) grow();
  const std::size_t mask = table_.size() - 1;
  std::size_t slot = hash(bytes) & mask;
  for (; table_[slot] != empty; slot = (slot + 1) & mask) {
    if (view(table_[slot]) == bytes) return {table_[slot], false};
  }
  const auto index = static_cast<StateIndex>(places_.size());
  places_.push_back(keep(bytes));
  lengths_.push_back(static_cast<std::uint32_t>(bytes.size()));
  table_[slot] = index;
  return {index, true};
}

std::size_t StateStore::memory() const {
  return blocks_.size() * block_bytes + places_.capacity() * sizeof(const char*) +
         lengths_.capacity() * sizeof(std::uint32_t) + table_.capacity() * sizeof(StateIndex);
}

}  // namespace dmstall::analysis
