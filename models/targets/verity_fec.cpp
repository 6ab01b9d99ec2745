// dm-verity's forward error correction: a block that does not verify is decoded from the other blocks of its codeword
// and parity.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm-verity-fec.c (verity_fec_decode, fec_decode_rsb, fec_alloc_bufs,
// fec_read_bufs, fec_decode_bufs, verity_fec_finish_io, verity_fec_ctr).
//   rs_control -> buffer -> output, each from a mempool of num_online_cpus(), kept until the bio ends, whatever it
//   meets after that; then block by block of the codeword: data through a bufio client of its own, and its hashes
//   through the hash client while that buffer is held; hash blocks through the hash client; at last parity through a
//   third client. One buffer of each client is in reserve.
// Decoding a hash block, verity_verify_level holds that block's buffer all the while: with one buffer to be had, the
// first data block of the codeword waits for a second one, untimed. With a tree of one block its digest is in the block
// that is held; but error correction may cover more of the hash device than the tree (fec_blocks), and the codeword
// then has a block from behind it.
//
// A codeword has 255 - roots blocks; here one of each kind is read: the block itself (it is part of its codeword, with
// what is wrong with it), another data block, a hash block, parity. That loses no deadlock: each of these reads takes,
// waits and gives back everything it took, so before the second read of a kind a request holds what it held before the
// first, and whoever waits in a later one can as well wait in the first. Any of them may be found in the cache. The
// second attempt, with erasures, reads the same blocks again.
//
// What is repaired: a codeword stands for one byte of each of its blocks, so one bad block is one error in it. With
// roots parity bytes errors are found and corrected where 2 * errors + erasures <= roots; a bad data block is an
// erasure (its hash tells), a bad hash block an error. Bad blocks of the same codeword lie a multiple of `rounds`
// blocks apart. Parity that is bad repairs nothing. Listed faults count by their worst codeword. The level counter of
// verity_fec_decode lets no second decode begin inside the first (it returns -EIO at once): a hash block that is bad,
// too, makes its data block count as good. But it is reported as corrupt then and there (bad_hashes_in_codeword), with
// the elements, the data block's buffer and its own in the worker's hands. That happens as well to the very block that
// is decoded, where its codeword has a data block under it.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "models/kernel/sizes.hpp"
#include "models/kernel/steps.hpp"
#include "models/targets/verity_parts.hpp"

namespace dmstall::models::verity {

const ModelPart& fec_part() {
  static const ModelPart part{
      "verity-fec",
      "drivers/md/dm-verity-fec.c, Linux 6.1 and 6.12",
      {
          {"verity-fec.extra-pool", "drivers/md/dm-verity-fec.c:fec_alloc_bufs",
           "the extra buffers (a pool of none, GFP_NOWAIT)", Effect::none,
           "nobody waits for one; who gets none reads the codeword more often"},
          {"verity-fec.codeword", "drivers/md/dm-verity-fec.c:fec_read_bufs",
           "255 - roots blocks are read; here one of each kind is: the block itself, another data block, a hash block, "
           "parity",
           Effect::none,
           "each of these reads takes, waits and gives back all that it took, so who waits in a later one could wait "
           "in the first of its kind"},
          {"verity-fec.neighbours", "drivers/md/dm-verity-fec.c:fec_read_bufs",
           "reads of the codeword that fail, and hash blocks of it that cannot be read", Effect::none,
           "a read that fails takes no more: its block counts as an erasure, or its digest is not compared. Hash "
           "blocks "
           "that do not match are modelled: they are reported"},
          {"verity-fec.false-erasures", "drivers/md/dm-verity-fec.c:fec_is_erasure",
           "on_corruption ignore: a hash block that does not match makes good data blocks of the codeword count as "
           "erasures",
           Effect::none,
           "only the second attempt sees them, and whether it repairs decides between two ends that both give "
           "everything back; the mismatch was reported before either"},
          {"verity-fec.rs-elements", "lib/reed_solomon/reed_solomon.c:init_rs_internal",
           "an element of fec_rs is several allocations (GFP_NOWAIT)", Effect::none,
           "where one fails the element fails, and the pool goes on to its reserve"},
          {"verity-fec.rs-list-lock", "lib/reed_solomon/reed_solomon.c:init_rs_internal, free_rs",
           "the mutex over all codecs of the machine, taken with an element of fec_rs", Effect::none,
           "who has it looks for a codec that the device's own elements keep in the list, and waits for nobody"},
          {"verity-fec.two-attempts", "drivers/md/dm-verity-fec.c:verity_fec_decode",
           "the second attempt, with erasures, reads the same blocks again", Effect::none,
           "it takes what the first attempt took, after that is back"},
          {"verity-fec.time", "drivers/md/dm-verity-fec.c:fec_read_bufs", "the time of the reads that stand for all",
           Effect::none, "only figures of a timed run differ"},
      }};
  return part;
}

namespace {

constexpr FlowRole block_itself{"FEC: the block to repair is read again"};
constexpr FlowRole other_data_block{"FEC: a data block of the codeword"};
constexpr FlowRole other_hash_block{"FEC: a hash block of the codeword"};
constexpr FlowRole parity_block{"FEC: a block of parity"};
constexpr FlowRole decode_block{"FEC: a block is decoded"};

constexpr int reserved_buffers = 1;       // verity_fec_ctr: dm_bufio_client_create(..., 1, ...), twice
constexpr int codeword_bytes = 255;       // DM_VERITY_FEC_RSM
constexpr int codewords_per_buffer = 16;  // 1 << DM_VERITY_FEC_BUF_RS_BITS
constexpr const char* decode = decode_function;

std::int64_t codeword_blocks(const Verity& verity) {
  return codeword_bytes - verity.fec->roots;
}

}  // namespace

std::int64_t covered_hash_blocks(const Verity& verity) {
  return verity.fec->blocks == 0 ? verity.tree.blocks() : verity.fec->blocks - verity.tree.data_blocks;
}

std::int64_t rounds(const Verity& verity) {
  const std::int64_t blocks = verity.tree.data_blocks + covered_hash_blocks(verity);
  return (blocks + codeword_blocks(verity) - 1) / codeword_blocks(verity);
}

namespace {

/// Blocks that error correction covers, one behind the other: `first` of them, and how many.
struct CoveredBlocks {
  std::int64_t first, count;
};

/// Whether a codeword has a block of `some` and another one of `others`: blocks of a codeword are a multiple of
/// `rounds` apart.
bool meet_in_a_codeword(const Verity& verity, const CoveredBlocks& some, const CoveredBlocks& others) {
  if (some.count <= 0 || others.count <= 0) return false;
  const std::int64_t apart = rounds(verity);
  // The distances between a block of the one and a block of the other: all from the least to the most.
  const std::int64_t least = others.first - (some.first + some.count - 1);
  const std::int64_t most = others.first + others.count - 1 - some.first;
  const auto has_multiple = [apart](std::int64_t from, std::int64_t to) {
    return to >= apart && to / apart * apart >= from;
  };
  return has_multiple(least, most) || has_multiple(-most, -least);
}

/// Decoding reads a block of the hash device that is not at hand. With a tree of one block that can be a block behind
/// it alone.
bool reads_other_hash_blocks(const Verity& verity, FecBlock block) {
  const std::int64_t data = verity.tree.data_blocks, tree = verity.tree.blocks(), all = covered_hash_blocks(verity);
  if (tree > 1 && !verity.warm()) return true;
  if (block == FecBlock::hash) return meet_in_a_codeword(verity, {data, tree}, {data + tree, all - tree});
  return meet_in_a_codeword(verity, {0, data}, {data + tree, all - tree});
}

/// Where such a block lies on the hash device.
AddressMap other_hash_block_at(const Verity& verity) {
  AddressMap address = verity.tree.address(0);
  if (verity.tree.blocks() > 1) {
    address.add += rounds(verity) * verity.tree.block_bytes;
  } else {
    address.add += std::min(rounds(verity), covered_hash_blocks(verity) - 1) * verity.tree.block_bytes;
  }
  return address;
}

/// How many blocks of an area of `blocks` the fault spoils in one codeword, at worst. A listed block may hold several
/// of the device's, one behind the other.
std::int64_t bad_in_a_codeword(const Verity& verity, const PlacedFault& fault, std::int64_t blocks) {
  const std::int64_t apart = rounds(verity), in_one = fault_block_bytes / verity.tree.block_bytes;
  if (fault.seeded) return (in_one + apart - 1) / apart;
  if (fault.all_blocks) return (blocks + apart - 1) / apart;
  if (fault.every > 0) {
    const std::int64_t step = fault.every * in_one, same = std::gcd(apart, step), both = std::lcm(apart, step);
    return ((in_one + same - 1) / same) * ((blocks + both - 1) / both);
  }
  std::map<std::int64_t, std::int64_t> in_codeword;
  std::int64_t worst = 0;
  for (const std::int64_t block : fault.blocks) {
    for (std::int64_t k = 0; k < in_one; ++k) worst = std::max(worst, ++in_codeword[(block * in_one + k) % apart]);
  }
  return worst;
}

/// Of the faults of a request those that lie in other data blocks, too.
FaultSet elsewhere_in_data(const Verity& verity, const FaultSet& faults) {
  FaultSet several;
  std::copy_if(faults.begin(), faults.end(), std::back_inserter(several), [&](std::int32_t id) {
    const PlacedFault& fault = verity.stack.program().faults[static_cast<std::size_t>(id)];
    return verity.stack.is_data_fault(id) && !fault.seeded &&
           (fault.all_blocks || fault.every > 0 || fault.blocks.size() > 1);
  });
  return several;
}

/// A mempool of one element per CPU.
ResourceId pool(const Verity& verity, const char* name, const Structure& of, std::int64_t bytes) {
  Resource elements;
  elements.kind = ResourceKind::mempool;
  elements.capacity = verity.stack.scenario().kernel.cpus;
  elements.soft = true;
  elements.memory = MemoryClass::slab;
  elements.reserves = {{part_of_bytes(of, bytes), part(structure("mempool slots"))}};
  elements.wait_function = "mempool_alloc";
  return verity.stack.pool(verity.index, name, elements);
}

struct Elements {
  ResourceId io, rs, prealloc, output;  ///< io: no_resource where it lies in the bio
};

/// kmalloc of the structure and a pointer for each buffer.
constexpr std::int64_t fec_io_element_bytes = 4096;

Elements elements(const Verity& verity) {
  const ResourceId io = verity.stack.has(Change::verity_fec_pool)
                            ? pool(verity, "fec_io", structure("pooled dm_verity_fec_io"), fec_io_element_bytes)
                            : no_resource;
  return {io, pool(verity, "fec_rs", structure("struct rs_control"), rs_control_bytes(verity.fec->roots)),
          pool(verity, "fec_prealloc", structure("decode buffer"), codeword_blocks(verity) * codewords_per_buffer),
          pool(verity, "fec_output", structure("output block"), verity.tree.block_bytes)};
}

BufioClient client(const Verity& verity, const char* prefix) {
  return bufio_client(verity.stack, verity.index, prefix, reserved_buffers,
                      static_cast<std::int32_t>(verity.tree.block_bytes));
}
BufioClient parity_client(const Verity& verity) {
  return client(verity, "fec_");
}
BufioClient data_client(const Verity& verity) {
  return client(verity, "fec_data_");
}

/// A block that a codeword needs.
struct CodewordBlock {
  const FlowRole& role;
  const char* called;
  FlowId lower;                       ///< reads it
  FlowId hashes = no_flow;            ///< the walk to its digest, where that can come to a bad hash block
  FecBlock decoded = FecBlock::data;  ///< whose codeword it is, where that tells who walks
};

/// One dm_bufio_read of the codeword, unless the cache has the block. What comes next is done with either. However it
/// ends, the caller goes on.
FlowId codeword_read(const Verity& verity, const BufioClient& from, TableId cached, const CodewordBlock& block,
                     const std::string& caller, const Steps& use) {
  const FlowId lower = block.lower;
  return verity.stack.flow(
      {.role = &block.role,
       .device = verity.index,
       .lower = lower,
       .then = block.hashes,
       .number = block.decoded == FecBlock::hash ? 1 : 0},
      [&] {
        return fmt::format("{} for FEC of {}{}, {}{}", block.called,
                           block.decoded == FecBlock::hash ? "a hash block of " : "", verity.device.name,
                           verity.stack.label(lower),
                           block.hashes == no_flow ? "" : ", with " + verity.stack.label(block.hashes));
      },
      [&] {
        const Steps used = seq({use, bufio_release(from), finish(Status::ok)});
        const Steps miss = bufio_read(from, lower, caller,
                                      OnStatus{.ok = seq({remember(cached, "dm_bufio_read"), used}),
                                               .bad = used,
                                               .error = seq({bufio_release(from), finish(Status::ok)})});
        return lookup(cached, {branch("cached", seq({use, finish(Status::ok)})), branch("not cached", miss)},
                      "dm_bufio_read < " + caller);
      });
}

/// Blocks of the codeword in the order of fec_read_bufs: data first, then hash blocks.
Steps read_codeword(const Verity& verity, const Io& io, FecBlock block) {
  const std::string caller = codeword_function;
  const TableId cached = verity.stack.table(
      {verity.device.name + " data blocks for FEC", verity.tree.block_bytes, cached_blocks(verity), 0});
  const BufioClient data = data_client(verity);
  Steps steps;
  if (block == FecBlock::data) {
    Io itself = io;
    itself.reread = true;
    itself.seen = Status::error;  // what the first read delivered is not known here: no page cache answers
    itself.rewritten = false;
    itself.bytes = verity.tree.block_bytes;
    const Steps hashed = hashing(verity.tree.block_bytes, "fec_is_erasure < " + caller);
    steps =
        call(codeword_read(verity, data, cached,
                           {block_itself, "the block itself", verity.stack.flow(verity.data, itself)}, caller, hashed),
             caller, {});
  }
  CallOptions elsewhere;
  elsewhere.address.add = rounds(verity) * verity.tree.block_bytes;
  Io clean;
  clean.bytes = verity.tree.block_bytes;
  clean.faults = elsewhere_in_data(verity, io.faults);
  // With a single hash block the one that every data block needs is at hand: held, or verified a moment ago.
  const bool walks_further = verity.tree.blocks() > 1 && !verity.warm();
  const HashesFor whom = block == FecBlock::data ? HashesFor::fec_of_data : HashesFor::fec_of_hash;
  const FlowId bad_hashes = verity.warm() ? no_flow : bad_hashes_in_codeword(verity, io, block);
  Steps verified;
  if (bad_hashes != no_flow) {
    verified = call(bad_hashes, caller, {});
  } else if (walks_further) {
    verified = call(hash_for_block(verity, clean, whom), caller, {});
  }
  verified = seq({verified, hashing(verity.tree.block_bytes, "fec_is_erasure < " + caller)});
  steps = seq({steps, call(codeword_read(verity, data, cached,
                                         {other_data_block, "another data block", verity.stack.flow(verity.data, clean),
                                          bad_hashes, walks_further ? block : FecBlock::data},
                                         caller, verified),
                           caller, {}, elsewhere)});
  if (reads_other_hash_blocks(verity, block)) {
    elsewhere.address = other_hash_block_at(verity);
    const FlowId lower = verity.stack.flow(verity.hash, hash_read(verity, clean));
    steps = seq({steps, call(codeword_read(verity, hash_client(verity), cached_hash_blocks(verity),
                                           {other_hash_block, "a hash block", lower}, caller, {}),
                             caller, {}, elsewhere)});
  }
  return steps;
}

/// fec_decode_bufs: parity is held while the codeword is decoded.
Steps read_parity(const Verity& verity, const Io& io) {
  const std::string caller = std::string("fec_read_parity < fec_decode_bufs < ") + decode;
  const TableId cached =
      verity.stack.table({verity.device.name + " parity blocks", verity.tree.block_bytes, cached_blocks(verity), 0});
  Io parity;
  parity.bytes = verity.tree.block_bytes;
  parity.faults = io.faults;
  parity.parity_of = verity.index;
  const FlowId lower = verity.stack.flow(verity.stack.index_of(verity.fec->device), parity);
  return call(codeword_read(verity, parity_client(verity), cached, {parity_block, "parity", lower}, caller,
                            hashing(verity.tree.block_bytes, caller)),
              caller, {});
}

}  // namespace

bool fec_repairs(const Verity& verity, const FaultSet& faults) {
  if (verity.stack.has_parity_fault(faults, verity.index)) return false;
  std::int64_t erasures = 0, errors = 0;
  for (const std::int32_t id : faults) {
    const PlacedFault& fault = verity.stack.program().faults[static_cast<std::size_t>(id)];
    if (verity.stack.is_data_fault(id)) erasures += bad_in_a_codeword(verity, fault, verity.tree.data_blocks);
    if (meets_bad_hash(verity, {id})) errors += bad_in_a_codeword(verity, fault, covered_hash_blocks(verity));
  }
  return 2 * errors + erasures <= verity.fec->roots;
}

FlowId fec_decode(const Verity& verity, const Io& io, FecBlock block, bool has_elements, bool hopeless) {
  verity.stack.uses(fec_part());
  Io relevant = io;
  relevant.rewritten = false;
  const bool repaired = !hopeless && fec_repairs(verity, io.faults);
  const AskedIo asked = verity.stack.asked(verity.index, relevant);
  const FlowKey key{.role = &decode_block,
                    .device = verity.index,
                    .asked = {asked},
                    .number = (block == FecBlock::data ? 0 : 1) + (has_elements ? 2 : 0) + (repaired ? 4 : 0)};
  const auto label = [&] {
    return fmt::format("FEC of a {} block of {} for {}{}{}", block == FecBlock::data ? "data" : "hash",
                       verity.device.name, verity.stack.describe(asked), has_elements ? ", elements at hand" : "",
                       repaired ? "" : ", in vain");
  };
  return verity.stack.flow(key, label, [&] {
    Steps alloc;
    if (!has_elements) {
      const Elements all = elements(verity);
      const std::string function = std::string("fec_alloc_bufs < ") + decode;
      const Steps state = all.io == no_resource ? Steps{} : take(all.io, "fec_alloc_and_init_io < verity_fec_decode");
      alloc = seq({state, take(all.rs, function), take(all.prealloc, function), take(all.output, function)});
    }
    return seq({alloc, read_codeword(verity, relevant, block), read_parity(verity, relevant),
                hashing(verity.tree.block_bytes, decode), finish(repaired ? Status::ok : Status::error)});
  });
}

Steps fec_finish_io(const Verity& verity) {
  const Elements all = elements(verity);
  const std::string function = "verity_fec_finish_io < verity_finish_io";
  const Steps io = all.io == no_resource ? Steps{} : give(all.io, function);
  return seq({give(all.rs, function), give(all.prealloc, function), give(all.output, function), io});
}

void add_fec_reserves(const Verity& verity, DeviceReserves& reserves) {
  if (verity.fec == nullptr) return;
  const Elements all = elements(verity);
  if (all.io != no_resource) reserves.pools.push_back(all.io);
  reserves.pools.insert(reserves.pools.end(), {all.rs, all.prealloc, all.output});
  add_reserves(reserves, parity_client(verity));
  add_reserves(reserves, data_client(verity));
  reserves.fixed.push_back(part(structure("struct dm_verity_fec")));
}

std::int64_t fec_per_io_data(const Stack& stack, DeviceIndex device, const MemoryLayout& layout) {
  if (fec_of(stack.device(device)) == nullptr || stack.has(Change::verity_fec_pool)) return 0;
  return bytes_on(structure("struct dm_verity_fec_io"), layout);
}

}  // namespace dmstall::models::verity
