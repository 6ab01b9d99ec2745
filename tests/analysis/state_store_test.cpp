// The store of the search against std::map: any bytes, found again, where a block ends and where the table grows.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "analysis/engines/explore/store.hpp"

namespace dmstall::analysis {
namespace {

class Compared {
 public:
  void insert(const std::string& bytes) {
    const auto [known, fresh] = index_of_.emplace(bytes, static_cast<StateIndex>(index_of_.size()));
    ASSERT_EQ(store_.insert(bytes), std::pair(known->second, fresh));
  }
  /// Everything inserted so far is still there, and nothing else.
  void check() {
    ASSERT_EQ(store_.size(), index_of_.size());
    for (const auto& [bytes, index] : index_of_) {
      ASSERT_EQ(store_.bytes(index), bytes);
      ASSERT_EQ(store_.insert(bytes), std::pair(index, false));
    }
  }
  [[nodiscard]] const StateStore& store() const { return store_; }

 private:
  StateStore store_;
  std::map<std::string, StateIndex> index_of_;
};

TEST(StateStore, FindsWhatWasInserted) {
  Compared compared;
  std::mt19937 random(7);
  for (int i = 0; i < 60'000; ++i) {
    // Few letters, so that states come again; lengths on both sides of what one byte of length can say.
    std::string bytes(random() % 4 == 0 ? random() % 300 : random() % 12, 'a');
    for (char& byte : bytes) byte = static_cast<char>('a' + random() % 2);
    compared.insert(bytes);
  }
  compared.check();
}

TEST(StateStore, StatesOfAnySizeLieAcrossTheEndsOfBlocks) {
  Compared compared;
  std::mt19937 random(11);
  constexpr std::size_t block = std::size_t{1} << 20U;
  for (const std::size_t size : {block / 3, block - 11, block - 10, block - 9, block, block + 1, 3 * block}) {
    for (int i = 0; i < 11; ++i) {
      compared.insert(std::string(size, static_cast<char>('a' + i)));
      compared.insert(std::string(random() % 100, static_cast<char>('a' + i)));
    }
  }
  compared.insert("");
  compared.check();
}

TEST(StateStore, StatesWithOneHashAreToldApartByTheirBytes) {
  // 400,000 states and 32 bits of hash: 18 pairs of equal hashes are to be expected (n²/2³³).
  Compared compared;
  for (std::uint64_t i = 0; i < 400'000; ++i) compared.insert(std::to_string(i * 0x9e3779b97f4a7c15U));
  compared.check();
}

TEST(StateStore, MemoryIsWhatIsAllocated) {
  Compared compared;
  constexpr std::size_t states = 100'000, bytes = 24;
  for (std::size_t i = 0; i < states; ++i) {
    std::string state = std::to_string(i);
    state.resize(bytes, ' ');
    compared.insert(state);
  }
  // The bytes and a length each; a table of 2^18 slots of 8 bytes (100,000 are more than three quarters of 2^17); a
  // place of 8 bytes for every eighth state; and what the last block has left.
  const std::size_t least = states * (bytes + 1) + (std::size_t{1} << 18U) * 8 + states;
  EXPECT_GE(compared.store().memory(), least);
  EXPECT_LT(compared.store().memory(), least + (std::size_t{1} << 20U) + 1024);
}

}  // namespace
}  // namespace dmstall::analysis
