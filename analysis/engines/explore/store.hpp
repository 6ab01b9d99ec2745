// The states a search has seen, packed: bytes in large blocks, found through an open-addressing table of indices.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dmstall::analysis {

using StateIndex = std::uint32_t;

class StateStore {
 public:
  StateStore();
  /// The state's index, and whether it is new.
  std::pair<StateIndex, bool> insert(const std::string& bytes);
  [[nodiscard]] const char* bytes(StateIndex index) const { return places_[index]; }
  [[nodiscard]] std::size_t size() const { return places_.size(); }
  /// Bytes of memory in use.
  [[nodiscard]] std::size_t memory() const;

 private:
  static constexpr std::size_t block_bytes = std::size_t{1} << 20U;
  static constexpr StateIndex empty = UINT32_MAX;

  [[nodiscard]] static std::uint64_t hash(std::string_view bytes);
  [[nodiscard]] std::string_view view(StateIndex index) const { return {places_[index], lengths_[index]}; }
  void grow();
  const char* keep(const std::string& bytes);

  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t used_ = 0, last_block_bytes_ = 0;
  std::vector<const char*> places_;
  std::vector<std::uint32_t> lengths_;
  std::vector<StateIndex> table_;
};

}  // namespace dmstall::analysis
