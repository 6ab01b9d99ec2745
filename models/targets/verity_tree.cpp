#include "models/targets/verity_tree.hpp"

#include <algorithm>

#include "models/machine/byte_ranges.hpp"
#include "models/scenario/fec.hpp"

namespace dmstall::models::verity {

namespace {

/// verity_ctr: as many levels as it takes until one block holds all digests.
int derived_levels(const HashTree& tree) {
  int levels = 0;
  for (std::int64_t blocks = tree.data_blocks; blocks > 1; ++levels) {
    blocks = (blocks + tree.hashes_per_block() - 1) / tree.hashes_per_block();
  }
  return levels;
}

}  // namespace

std::int64_t HashTree::covered_blocks(int level) const {
  std::int64_t covered = 1;
  for (int l = 0; l <= level; ++l) {
    if (covered >= data_blocks) return covered;
    covered *= hashes_per_block();
  }
  return covered;
}

std::int64_t HashTree::blocks_of(int level) const {
  const std::int64_t covered = covered_blocks(level);
  return (data_blocks + covered - 1) / covered;
}

std::int64_t HashTree::first_block_of(int level) const {
  std::int64_t before = 0;
  for (int l = levels - 1; l > level; --l) before += blocks_of(l);
  return before;
}

std::int64_t HashTree::blocks() const {
  return first_block_of(-1);
}

AddressMap HashTree::address(int level) const {
  AddressMap address;
  address.divide_by = covered_blocks(level) * block_bytes;
  address.multiply_by = block_bytes;
  address.add = area_begin + first_block_of(level) * block_bytes;
  return address;
}

bool HashTree::has_block_of(const PlacedFault& fault, int level) const {
  const std::int64_t first = first_block_of(level);
  return has_block_in(fault, first * block_bytes, (first + blocks_of(level)) * block_bytes);
}

HashTree hash_tree(const Device& device) {
  HashTree tree;
  tree.data_blocks = device.integer("data_blocks");
  tree.block_bytes = device.integer("block_bytes");
  tree.levels = static_cast<int>(device.integer("hash_levels"));
  if (tree.levels == 0) tree.levels = derived_levels(tree);
  if (device.text("data") == device.text("hash")) tree.area_begin = tree.data_blocks * tree.block_bytes;
  return tree;
}

std::vector<Region> regions(const Stack& stack, DeviceIndex index, IoOp op) {
  if (op != IoOp::read) return {};
  const Device& device = stack.device(index);
  const HashTree tree = hash_tree(device);
  Region data = same_addresses(stack.index_of(device.text("data")), IoOp::read);
  data.hop.to_byte = tree.data_blocks * tree.block_bytes;
  std::vector<Region> all{data};
  const bool cached = device.text("hash_cache") == "warm";
  for (int level = tree.levels - 1; level >= 0 && !cached; --level) {
    Region hash = data;
    hash.device = stack.index_of(device.text("hash"));
    hash.area = FaultArea::hash;
    hash.area_begin = tree.area_begin;
    const AddressMap address = tree.address(level);
    hash.hop.divide_by = address.divide_by;
    hash.hop.multiply_by = address.multiply_by;
    hash.hop.add = address.add;
    all.push_back(hash);
  }
  if (const FecSettings* fec = fec_of(device)) {
    Region parity = data;
    parity.device = stack.index_of(fec->device);
    parity.area = FaultArea::fec;
    all.push_back(parity);
  }
  return all;
}

}  // namespace dmstall::models::verity
