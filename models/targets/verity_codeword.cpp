// The hash blocks that dm-verity comes to while it reads a codeword, and those of them that do not match.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm-verity-fec.c (fec_read_bufs, fec_interleave), dm-verity-target.c
// (verity_hash_for_block, verity_verify_level, verity_handle_err). For every data block of a codeword, in both
// attempts, fec_read_bufs walks through the tree. No second decoding begins inside the first, so a block that does not
// match is told to udev, and restarts the machine where that is asked for, while the worker holds everything that
// decoding holds. Only a block that is hashed can do so, not one that the first look skips because it is unverified.
// Whatever the walk ends with, decoding goes on.
#include <fmt/format.h>

#include <algorithm>

#include "models/kernel/delivered.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/unpooled.hpp"
#include "models/targets/verity_parts.hpp"

namespace dmstall::models::verity {

namespace {

constexpr FlowRole hashes_in_a_codeword{"FEC: the hash blocks that a data block of the codeword needs"};
constexpr FlowRole mismatch_in_a_codeword{"FEC: a hash block of those that does not match"};

/// Which hash blocks that do not match the walks for a codeword can come to.
struct BadNeighbours {
  bool itself = false;   ///< the hash block that is decoded, held meanwhile
  bool another = false;  ///< one that has to be read
  double share = 0;      ///< of the codewords, 0 to 1, for timed runs; 0: none
};

/// A block of the hash tree.
struct HashBlock {
  std::int64_t codeword;            ///< its codewords: those of data blocks with this remainder by `rounds`
  std::int64_t first_data, behind;  ///< the data blocks under it
};

/// `position`: from the beginning of the tree, in blocks.
HashBlock hash_block(const Verity& verity, std::int64_t position) {
  const HashTree& tree = verity.tree;
  int level = tree.levels - 1;
  while (position >= tree.first_block_of(level) + tree.blocks_of(level)) --level;
  const std::int64_t covered = tree.covered_blocks(level);
  const std::int64_t first = (position - tree.first_block_of(level)) * covered;
  return {(tree.data_blocks + position) % rounds(verity), first, std::min(first + covered, tree.data_blocks)};
}

/// Whether the block's codewords have a data block that is under `bad`.
bool comes_to(const Verity& verity, const HashBlock& block, const HashBlock& bad) {
  const std::int64_t apart = rounds(verity);
  const std::int64_t ahead = (block.codeword - bad.first_data % apart + apart) % apart;
  return bad.first_data + ahead < bad.behind;
}

/// The hash blocks that the faults spoil; empty: any may be, or more than are worth a comparison.
std::vector<HashBlock> listed_hash_blocks(const Verity& verity, const FaultSet& faults) {
  constexpr std::size_t most_compared = 64;
  const std::int64_t in_one = fault_block_bytes / verity.tree.block_bytes;
  std::vector<HashBlock> all;
  for (const std::int32_t id : faults) {
    const PlacedFault& fault = verity.stack.program().faults[static_cast<std::size_t>(id)];
    if (fault.seeded || fault.all_blocks || fault.every > 0 || fault.blocks.size() > most_compared) return {};
    for (const std::int64_t listed : fault.blocks) {
      for (std::int64_t k = 0; k < in_one; ++k) {
        if (const std::int64_t position = listed * in_one + k; position < verity.tree.blocks())
          all.push_back(hash_block(verity, position));
      }
    }
  }
  return all;
}

/// fec_read_bufs walks through the tree for every data block of a codeword. Decoding a hash block it comes to that
/// block itself where one of these data blocks is under it. Decoding a data block it may come to any bad one, also to
/// one that was repaired before and has been dropped from the cache.
BadNeighbours bad_neighbours(const Verity& verity, const FaultSet& faults, FecBlock block) {
  const FaultSet bad = bad_hash_faults(verity, faults);
  if (bad.empty() || verity.tree.blocks() == 0) return {};
  const auto apart = static_cast<double>(rounds(verity));
  const double under_one = std::min(1.0, static_cast<double>(verity.tree.covered_blocks(0)) / apart);
  if (block == FecBlock::data) return {.itself = false, .another = true, .share = under_one};
  const std::vector<HashBlock> listed = listed_hash_blocks(verity, bad);
  if (listed.empty()) {
    const bool one = bad.size() == 1 && verity.stack.program().faults[static_cast<std::size_t>(bad[0])].seeded &&
                     verity.tree.block_bytes == fault_block_bytes;
    return {.itself = true, .another = !one && verity.tree.blocks() > 1, .share = under_one};
  }
  BadNeighbours found;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    bool comes = false;
    for (std::size_t k = 0; k < listed.size(); ++k) {
      if (!comes_to(verity, listed[i], listed[k])) continue;
      comes = true;
      (i == k ? found.itself : found.another) = true;
    }
    if (comes) found.share += 1 / static_cast<double>(listed.size());
  }
  return found;
}

/// What tells walks for codewords apart: whose faults they meet, and which of the blocks.
FlowKey codeword_key(const Verity& verity, const FlowRole& role, const Io& io, const BadNeighbours& bad,
                     HashesFor whom) {
  return {.role = &role,
          .device = verity.index,
          .asked = {verity.stack.asked(verity.index, io)},
          .number = (bad.itself ? 1 : 0) + (bad.another ? 2 : 0) + (whom == HashesFor::fec_of_hash ? 4 : 0)};
}
std::string codeword_label(const Verity& verity, const char* what, const FlowKey& key, HashesFor whom) {
  return fmt::format("{} in a codeword of a {} block of {} for {}{}{}", what,
                     whom == HashesFor::fec_of_hash ? "hash" : "data", verity.device.name,
                     verity.stack.describe(key.asked.front()), (key.number & 1) != 0 ? ", the decoded one" : "",
                     (key.number & 2) != 0 ? ", another one" : "");
}

/// A level of a walk for a codeword whose block does not match. No second decoding begins inside the first, so
/// verity_handle_err comes next, and the outer decoding goes on whatever it answers.
FlowId mismatch_in_codeword(const Verity& verity, const Io& io, const BadNeighbours& bad, HashesFor whom) {
  const FlowKey key = codeword_key(verity, mismatch_in_a_codeword, io, bad, whom);
  const auto label = [&] { return codeword_label(verity, "bad hash block", key, whom); };
  return verity.stack.flow(key, label, [&] {
    const std::string caller = "verity_verify_level < verity_hash_for_block < " + walker(whom);
    const BufioClient client = hash_client(verity);
    const Steps ends = stop_on_corruption(verity, caller);
    const Steps told =
        seq({hashing(verity.tree.block_bytes, caller), corruption_found(verity, caller, Possible::yes), ends});
    const Steps goes_on = finish(Status::ok), released = seq({bufio_release(client), goes_on});
    // The block that is decoded is held, so it is found in the cache, without a buffer for it.
    const Steps itself = ends.empty() ? seq({told, goes_on}) : told;
    if (!bad.another) return itself;
    const OnStatus held{.ok = released, .bad = ends.empty() ? seq({told, released}) : told, .error = released};
    const FlowId lower = verity.stack.flow(verity.hash, hash_read(verity, io));
    const Steps another =
        lookup(cached_hash_blocks(verity),
               {branch("cached", goes_on), branch("not cached", bufio_read(client, lower, caller, held))},
               "dm_bufio_read < " + caller);
    if (!bad.itself) return another;
    Step which;
    which.kind = StepKind::choose;
    which.function = caller;
    which.branches = {branch("the hash block that is decoded", itself), branch("another hash block", another)};
    return Steps{which};
  });
}

}  // namespace

/// verity_handle_err changes nothing where nobody waits for memory in it and it does not end the machine.
bool corruption_shows(const Verity& verity) {
  return unpooled_may_fail(verity.stack) || !stop_on_corruption(verity, "").empty();
}

FlowId bad_hashes_in_codeword(const Verity& verity, const Io& io, FecBlock block) {
  const HashesFor whom = block == FecBlock::data ? HashesFor::fec_of_data : HashesFor::fec_of_hash;
  BadNeighbours bad = bad_neighbours(verity, io.faults, block);
  Io hit;
  hit.bytes = verity.tree.block_bytes;
  hit.faults = bad_hash_faults(verity, io.faults);
  if (hit.faults.empty() || bad.share <= 0 || !corruption_shows(verity)) return no_flow;
  const Delivered arrives = delivered(verity.stack.program(), verity.stack.flow(verity.hash, hash_read(verity, hit)));
  // A block that could not be read is decoded into a fresh buffer, which does not match until it is repaired.
  const bool fresh = arrives.error && verity.stack.has(Change::verity_fec_after_read_error);
  bad.itself = bad.itself && (arrives.bad || fresh);
  bad.another = bad.another && arrives.bad;
  if (!bad.itself && !bad.another) return no_flow;
  const std::vector<bool> levels = bad_levels(verity, hit.faults);
  const int level = static_cast<int>(std::find(levels.begin(), levels.end(), true) - levels.begin());
  if (level == verity.tree.levels) return no_flow;  // all listed blocks lie behind the tree
  const FlowKey key = codeword_key(verity, hashes_in_a_codeword, hit, bad, whom);
  const auto label = [&] { return codeword_label(verity, "hashes of another data block", key, whom); };
  return verity.stack.flow(key, label, [&] {
    Io clean = hit;
    clean.faults.clear();
    const std::string function = "verity_hash_for_block < " + walker(whom);
    const FlowId good_level = hash_level(verity, clean, whom);
    const auto look_at = [&](int l, FlowId flow) {
      CallOptions options;
      options.address = verity.tree.address(l);
      options.note = fmt::format("hash level {}", l);
      return call(flow, function, {}, options);
    };
    // The first look, unless it is at the bad block, which it skips; then from the root down to that block.
    Steps walk = level > 0 ? look_at(0, good_level) : Steps{};
    for (int l = verity.tree.levels - 1; l > level; --l) walk = seq({walk, look_at(l, good_level)});
    walk = seq({walk, look_at(level, mismatch_in_codeword(verity, hit, bad, whom))});
    // With a single hash block the one that every data block needs is at hand.
    const Steps match = verity.tree.blocks() > 1 ? call(hash_for_block(verity, clean, whom), function, {}) : Steps{};
    Step which;
    which.kind = StepKind::choose;
    which.function = function;
    which.branches = {branch("its hash block is good", match), branch("its hash block does not match", walk)};
    which.branches[0].weight = 1 - bad.share;
    which.branches[1].weight = bad.share;
    return seq({Steps{which}, finish(Status::ok)});
  });
}

}  // namespace dmstall::models::verity
