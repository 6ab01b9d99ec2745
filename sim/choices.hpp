// Which branch a choose step takes in a timed run: by weight, by the placed faults, by what a table has seen, by
// address.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>
#include <vector>

#include "models/machine/world.hpp"
#include "sim/random.hpp"

namespace dmstall::sim {

/// The addresses a device has seen (verity's cached hash blocks, a snapshot's exceptions); the least recently used
/// one leaves above the capacity. An entry that somebody looked up in vain is pending until it is remembered.
class AddressTable {
 public:
  explicit AddressTable(const models::Table& table);

  [[nodiscard]] std::int64_t entry_of(std::int64_t address) const { return address / granularity_; }
  /// Whether the entry is present; a present one becomes the most recently used.
  bool look_up(std::int64_t entry);
  void remember(std::int64_t entry);

  /// Serial of the token that has looked it up in vain and not remembered it yet, or -1.
  [[nodiscard]] std::int64_t pending(std::int64_t entry) const;
  void set_pending(std::int64_t entry, std::int64_t serial) { pending_[entry] = serial; }
  /// The token has ended without remembering the entry.
  void drop_pending(std::int64_t entry, std::int64_t serial);

 private:
  std::int64_t granularity_, capacity_, present_below_;
  std::list<std::int64_t> recent_;  ///< most recently used first; unused while the table is unbounded
  std::unordered_map<std::int64_t, std::list<std::int64_t>::iterator> present_;
  std::unordered_map<std::int64_t, std::int64_t> pending_;
};

class Choices {
 public:
  Choices(const models::Machine& machine, std::uint64_t seed);

  /// Branch for the token, which stands at a choose step.
  std::int32_t choose(const models::World& world, models::TokenId id);
  /// The token, which stood at `node`, has gone past a remember step at `address`.
  void remember(const models::Node& node, std::int64_t address);
  /// The token has finished: what it was about to remember is no longer pending.
  void forget(std::int64_t serial);
  /// From now on requests meet no faults.
  void no_more_faults() { faults_end_ = true; }

 private:
  std::int32_t by_weight(const models::Node& node);
  std::int32_t by_faults(const models::Node& node, const models::Token& token);
  std::int32_t by_table(const models::Node& node, const models::Token& token);
  std::int32_t by_address(const models::Node& node, const models::Token& token);

  struct Pending {
    models::TableId table;
    std::int64_t entry;
  };

  const models::Machine* machine_;
  Random weights_, faults_;
  std::vector<AddressTable> tables_;
  std::vector<std::int64_t> hits_left_;                                ///< per placed fault, -1: no limit
  std::unordered_map<std::int64_t, std::vector<Pending>> pending_of_;  ///< per token serial
  bool faults_end_ = false;
};

}  // namespace dmstall::sim
