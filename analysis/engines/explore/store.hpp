// The states a search has seen, packed: bytes in large blocks, found through an open-addressing table of indices.
//
// A slot of the table has 32 bits of the state's hash beside its index: a probe reads no state unless these agree, and
// the table grows without hashing anything again. A state's length stands before its bytes. Where a state lies is kept
// for every eighth one only; those up to the next lie behind it.
//
// The table probes linearly (D. E. Knuth, "The Art of Computer Programming" 3, section 6.4). A packed state holds
// numbers of shapes and cells that are kept once each, as in the COLLAPSE mode of SPIN: G. J. Holzmann, "State
// compression in SPIN: recursive indexing and compression training runs", SPIN 1997. All bytes are compared: no state
// is taken for another because their hashes agree, as in hash compaction.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "models/machine/stable_vector.hpp"

namespace dmstall::analysis {

using StateIndex = std::uint32_t;

class StateStore {
 public:
  StateStore();
  /// The state's index, and whether it is new.
  /// Requires: fewer than UINT32_MAX states are kept.
  std::pair<StateIndex, bool> insert(std::string_view bytes) { return insert(bytes, hash(bytes)); }
  /// The same in two steps, for whoever has several states at hand: memory is asked for the slots of all of them before
  /// it is waited for the first.
  [[nodiscard]] std::uint32_t look_ahead(std::string_view bytes) const;
  std::pair<StateIndex, bool> insert(std::string_view bytes, std::uint32_t looked_ahead);
  /// Those of a state that is kept; valid as long as the store.
  [[nodiscard]] std::string_view bytes(StateIndex index) const;
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Bytes of memory in use.
  [[nodiscard]] std::size_t memory() const;

 private:
  struct Slot {
    std::uint32_t hash = 0;
    StateIndex index = empty;
  };
  static constexpr std::size_t block_bytes = std::size_t{1} << 20U;
  static constexpr StateIndex empty = UINT32_MAX;
  static constexpr StateIndex per_place = 8;

  [[nodiscard]] static std::uint32_t hash(std::string_view bytes);
  void grow();
  void keep(std::string_view bytes);

  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t bytes_of_blocks_ = 0;
  char *free_ = nullptr, *end_ = nullptr;  ///< of the last block
  models::StableVector<const char*> places_;
  std::size_t size_ = 0;
  std::vector<Slot> table_;
};

}  // namespace dmstall::analysis
