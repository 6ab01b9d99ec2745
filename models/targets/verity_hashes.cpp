// dm-verity's hash tree as a request meets it: level by level through dm-bufio, and read ahead.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm-verity-target.c (verity_hash_for_block, verity_verify_level,
// verity_handle_err, verity_prefetch_io, verity_submit_prefetch). A block of the tree that does not verify ends the
// walk at the first level where the fault has a block; one that error correction decodes stands for those of the levels
// above. A walk that error correction makes itself (bad_hashes_in_codeword) decodes nothing: a block that does not
// match is told to udev, and restarts the machine where that is asked for, with everything held that decoding holds.
// Only a block that is hashed can do so, not one that the first look skips because it is unverified. Where the tree
// lies: verity_tree.hpp.
#include <fmt/format.h>

#include <algorithm>

#include "models/kernel/delivered.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/uevent.hpp"
#include "models/kernel/unpooled.hpp"
#include "models/targets/verity_parts.hpp"

namespace dmstall::models::verity {

namespace {

constexpr FlowRole level_of_tree{"a hash block, by a walk down the tree"};
constexpr FlowRole walk_of_tree{"the hash blocks that a data block needs"};
constexpr FlowRole prefetch_work{"prefetch: its work item"};
constexpr FlowRole prefetched_block{"prefetch: one hash block"};

constexpr const char* work = work_function;
constexpr int bufio_reserved_buffers = 1;  // verity_ctr: dm_bufio_client_create(..., 1, ...)

}  // namespace

BufioClient hash_client(const Verity& verity) {
  return bufio_client(verity.stack, verity.index, "", bufio_reserved_buffers,
                      static_cast<std::int32_t>(verity.tree.block_bytes));
}

Steps hashing(std::int64_t bytes, const std::string& caller) {
  return spend(SpendKind::cpu_bytes, bytes, "verity_hash < " + caller);
}

bool meets_bad_hash(const Verity& verity, const FaultSet& faults) {
  return !bad_hash_faults(verity, faults).empty();
}

FaultSet bad_hash_faults(const Verity& verity, const FaultSet& faults) {
  // A block that cannot be read is no bad one, unless error correction is asked for it, too.
  const bool unreadable = verity.fec != nullptr && verity.stack.has(Change::verity_fec_after_read_error);
  FaultSet bad;
  std::copy_if(faults.begin(), faults.end(), std::back_inserter(bad), [&](std::int32_t id) {
    return (unreadable || verity.stack.fault_kind(id) != FaultKind::io_error) &&
           verity.stack.has_hash_fault({id}, verity.index);
  });
  return bad;
}

FaultSet without_hash_faults(const Verity& verity, const FaultSet& faults) {
  FaultSet others;
  std::copy_if(faults.begin(), faults.end(), std::back_inserter(others),
               [&](std::int32_t id) { return !verity.stack.has_hash_fault({id}, verity.index); });
  return others;
}

Io hash_read(const Verity& verity, const Io& io) {
  Io read;
  read.bytes = verity.tree.block_bytes;
  read.faults = io.faults;
  read.hash_of = verity.index;
  return read;
}

std::int64_t cached_blocks(const Verity& verity) {
  const MemorySettings& memory = verity.stack.scenario().memory;
  return memory.allocator_given && memory.allocator == AllocatorMode::plentiful ? 0 : 65;
}

TableId cached_hash_blocks(const Verity& verity) {
  return verity.stack.table({verity.device.name + " hash blocks", verity.tree.block_bytes, cached_blocks(verity), 0});
}

Steps corruption_found(const Verity& verity, const std::string& caller, Possible possible) {
  if (possible == Possible::no) return {};
  return send_uevent(verity.stack, verity.index, "verity_handle_err < " + caller);
}

Steps stop_on_corruption(const Verity& verity, const std::string& caller) {
  const std::string& mode = verity.device.text("on_corruption");
  if (mode == "restart") return stop("kernel_restart < verity_handle_err < " + caller, mode);
  if (mode == "panic") return stop("panic < verity_handle_err < " + caller, mode);
  return {};
}

namespace {

/// How a level ends when its block does not verify, the buffer still held.
Steps hash_block_mismatches(const Verity& verity, const Io& io, const std::string& caller, Possible possible) {
  const BufioClient client = hash_client(verity);
  const bool fec = verity.fec != nullptr;
  const Steps told = corruption_found(verity, caller, possible);
  const Steps ends = stop_on_corruption(verity, caller);
  Steps stays = seq({told, ends});
  if (ends.empty()) {
    stays = seq({told, bufio_release(client),
                 verity.ignores() ? Steps{}
                 : fec            ? fec_finish_io(verity)
                                  : Steps{},
                 finish(verity.ignores() ? Status::bad : Status::error)});
  }
  if (!fec) return stays;
  const Steps repaired =
      seq({remember(cached_hash_blocks(verity), "dm_bufio_read"), bufio_release(client), finish(Status::bad)});
  return call(fec_decode(verity, io, FecBlock::hash, false, false), "verity_fec_decode < " + caller,
              {branch("ok", repaired), branch("error", stays)});
}

/// How a level ends whose block cannot be read; what was read of it is released. With the change
/// verity_fec_after_read_error a fresh buffer is held while the block is decoded into it; a block that is not repaired
/// is an error of the device in every mode, and no corruption.
Steps hash_block_unreadable(const Verity& verity, const Io& io, const std::string& caller) {
  const BufioClient client = hash_client(verity);
  const Steps failed = seq({bufio_release(client), finish(Status::error)});
  const bool decodes = verity.fec != nullptr && verity.stack.has(Change::verity_fec_after_read_error) &&
                       meets_bad_hash(verity, io.faults);
  if (!decodes) return failed;
  const Steps repaired =
      seq({remember(cached_hash_blocks(verity), "dm_bufio_new"), bufio_release(client), finish(Status::bad)});
  return seq({bufio_release(client), bufio_new(client, caller),
              call(fec_decode(verity, io, FecBlock::hash, false, false), "verity_fec_decode < " + caller,
                   {branch("ok", repaired),
                    branch("error", seq({bufio_release(client), fec_finish_io(verity), finish(Status::error)}))})});
}

}  // namespace

std::string walker(HashesFor whom) {
  switch (whom) {
    case HashesFor::request:
      return work;
    case HashesFor::fec_of_data:
      return codeword_function;
    case HashesFor::fec_of_hash:
      break;
  }
  return std::string(codeword_function) + " < verity_verify_level";
}

FlowId hash_level(const Verity& verity, const Io& io, HashesFor whom) {
  const Io read = hash_read(verity, io);
  const FlowId lower = verity.stack.flow(verity.hash, read);
  // What becomes of a bad block depends on faults that its own read does not meet: of the parity, of data in the
  // codeword.
  const bool decoded = verity.fec != nullptr && meets_bad_hash(verity, io.faults);
  FlowKey key{.role = &level_of_tree, .device = verity.index, .lower = lower};
  if (decoded) key.asked = {verity.stack.asked(verity.index, io)};
  if (!decoded) key.number = static_cast<std::int64_t>(whom);
  const std::string walked_by = walker(whom);
  const auto label = [&] {
    return fmt::format("hash block of {} via {}{}", verity.device.name, verity.stack.label(lower),
                       decoded                      ? " for " + verity.stack.describe(key.asked.front())
                       : whom != HashesFor::request ? " in " + walked_by
                                                    : "");
  };
  return verity.stack.flow(key, label, [&] {
    const std::string caller = "verity_verify_level < verity_hash_for_block < " + walked_by;
    const TableId cached = cached_hash_blocks(verity);
    const Steps hash = hashing(verity.tree.block_bytes, caller);
    const BufioClient client = hash_client(verity);
    const Steps good = seq({hash, remember(cached, "dm_bufio_read"), bufio_release(client), finish(Status::ok)});
    // Without a fault the block below is never bad; what happens then is left to those who have one.
    const bool may_mismatch = verity.fec == nullptr || decoded;
    const Possible corrupt = delivered(verity.stack.program(), lower).bad ? Possible::yes : Possible::no;
    const Steps bad = may_mismatch ? seq({hash, hash_block_mismatches(verity, io, caller, corrupt)}) : good;
    const Steps miss = bufio_read(client, lower, caller,
                                  OnStatus{.ok = good, .bad = bad, .error = hash_block_unreadable(verity, io, caller)});
    // A block that is bad on the disk never verifies: the cache may have it, but it does not help.
    if (!decoded && verity.stack.has_hash_fault(io.faults, verity.index)) return miss;
    return lookup(cached, {branch("cached", finish(Status::ok)), branch("not cached", miss)},
                  "dm_bufio_read < " + caller);
  });
}

std::vector<bool> bad_levels(const Verity& verity, const FaultSet& faults) {
  std::vector<bool> bad(static_cast<std::size_t>(verity.tree.levels), false);
  for (const std::int32_t id : faults) {
    if (!verity.stack.has_hash_fault({id}, verity.index)) continue;
    const PlacedFault& fault = verity.stack.program().faults[static_cast<std::size_t>(id)];
    for (int l = 0; l < verity.tree.levels; ++l) {
      if (fault.seeded || verity.tree.has_block_of(fault, l)) bad[static_cast<std::size_t>(l)] = true;
      if (verity.fec != nullptr && bad[static_cast<std::size_t>(l)]) break;
    }
  }
  return bad;
}

namespace {

/// verity_prefetch_io begins below the root: a tree of one level is never read ahead.
bool reads_ahead(const Verity& verity) {
  return verity.device.flag("prefetch") && !verity.warm() && verity.tree.levels >= 2;
}

/// The faults without those that hit nothing of the tree but its root.
FaultSet met_ahead(const Verity& verity, const FaultSet& faults) {
  FaultSet met;
  std::copy_if(faults.begin(), faults.end(), std::back_inserter(met), [&](std::int32_t id) {
    const PlacedFault& fault = verity.stack.program().faults[static_cast<std::size_t>(id)];
    bool below_root = fault.seeded || !verity.stack.has_hash_fault({id}, verity.index);
    for (int l = 0; l < verity.tree.levels - 1 && !below_root; ++l) below_root = verity.tree.has_block_of(fault, l);
    return below_root;
  });
  return met;
}

/// The request may have a data block decoded, whose codeword has hash blocks that it needs for nothing else.
bool comes_to_other_hashes(const Verity& verity, const FaultSet& faults) {
  const bool decodes_data = std::any_of(faults.begin(), faults.end(), [&](std::int32_t id) {
    return !verity.stack.has_hash_fault({id}, verity.index) && !verity.stack.has_parity_fault({id}, verity.index);
  });
  return verity.fec != nullptr && decodes_data && verity.tree.blocks() > 1 && meets_bad_hash(verity, faults) &&
         corruption_shows(verity);
}

}  // namespace

FlowId hash_for_block(const Verity& verity, const Io& io, HashesFor whom) {
  const std::vector<bool> bad = bad_levels(verity, io.faults);
  const bool any_bad = std::find(bad.begin(), bad.end(), true) != bad.end();
  Io clean = io;
  clean.faults = without_hash_faults(verity, io.faults);
  const FlowId good_level = hash_level(verity, clean, whom);
  const FlowId bad_level = any_bad ? hash_level(verity, io, whom) : good_level;
  FlowKey key{.role = &walk_of_tree, .device = verity.index, .lower = bad_level};
  for (std::size_t l = 0; any_bad && l < bad.size(); ++l) {
    if (!bad[l]) key.number |= std::int64_t{1} << l;  // a tree has at most 63 levels: DM_VERITY_MAX_LEVELS
  }
  const auto label = [&] {
    std::string name = fmt::format("hashes for a block of {} by {}", verity.device.name, verity.stack.label(bad_level));
    for (std::size_t l = 0; any_bad && l < bad.size(); ++l) {
      if (!bad[l]) name += fmt::format(", level {} good", l);
    }
    return name;
  };
  return verity.stack.flow(key, label, [&] {
    const std::string function = "verity_hash_for_block < " + walker(whom);
    const TableId verified =
        verity.stack.table({verity.device.name + " verified level 0",
                            verity.tree.block_bytes * verity.tree.hashes_per_block(), cached_blocks(verity), 0});
    Steps walk;
    for (int l = verity.tree.levels - 1; l >= 0; --l) {
      CallOptions options;
      options.address = verity.tree.address(l);
      options.note = fmt::format("hash level {}", l);
      walk = seq({walk, call(bad[static_cast<std::size_t>(l)] ? bad_level : good_level, function,
                             {branch("error", finish(Status::error)), branch("bad", finish(Status::bad))}, options)});
    }
    walk = seq({walk, remember(verified, function), finish(Status::ok)});
    const bool never_verifies =
        any_bad && !(verity.fec != nullptr && meets_bad_hash(verity, io.faults));  // it is bad on the disk
    Steps own =
        never_verifies
            ? walk
            : lookup(verified, {branch("verified", finish(Status::ok)), branch("not verified", walk)}, function);
    const bool ahead = whom == HashesFor::request && reads_ahead(verity) &&
                       verity.stack.has_hash_fault(met_ahead(verity, io.faults), verity.index);
    const bool beside = whom == HashesFor::request && comes_to_other_hashes(verity, io.faults);
    if (!ahead && !beside) return own;
    // verity_prefetch_io reads a cluster of hash blocks, and error correction those of all blocks of a codeword: the
    // bad one may be another than those that the block needs.
    Step which;
    which.kind = StepKind::choose;
    which.function = function;
    which.branches = {branch("its own hash block is bad", std::move(own)),
                      branch(ahead ? "one is bad that was only read ahead" : "one is bad that only a codeword has",
                             call(hash_for_block(verity, clean, whom), function,
                                  {branch("error", finish(Status::error)), branch("bad", finish(Status::bad))}))};
    which.branches[1].weight = 0;  // timed runs place the fault on the blocks of the request
    return Steps{which};
  });
}

namespace {

/// The prefetch work of verity_map: one hash block, from a worker that does not wait for it.
FlowId prefetch(const Verity& verity, const Io& io) {
  Io ahead = io;
  ahead.faults = met_ahead(verity, io.faults);
  const FlowId lower = verity.stack.flow(verity.hash, hash_read(verity, ahead));
  const auto called = [&](const char* what) {
    return [&verity, lower, what] {
      return fmt::format("{} {} of {}", what, verity.device.name, verity.stack.label(lower));
    };
  };
  const auto key = [&](const FlowRole& role) { return FlowKey{.role = &role, .device = verity.index, .lower = lower}; };
  return verity.stack.flow(key(prefetch_work), called("prefetch for"), [&] {
    const std::string caller = "verity_prefetch_io";
    const TableId cached = cached_hash_blocks(verity);
    const FlowId body = verity.stack.flow(key(prefetched_block), called("prefetched block of"), [&] {
      return lookup(cached,
                    {branch("cached", seq({leave(verity.kverityd, caller), finish(Status::ok)})),
                     branch("not cached", bufio_prefetch(hash_client(verity), lower, caller,
                                                         {{verity.kverityd.thread, 1}, {verity.kverityd.slot, 1}},
                                                         leave(verity.kverityd, caller), remember(cached, caller)))},
                    "dm_bufio_prefetch < " + caller);
    });
    CallOptions options;
    options.address = verity.tree.address(0);
    return seq({enter(verity.kverityd, caller), call(body, caller, {}, options)});
  });
}

/// verity_prefetch_io in verity_map itself: a cluster of the leaves (dm_verity_prefetch_cluster) and one block of each
/// level between them and the root, all of them on the submitter's bio_list until the map returns. Of the cluster there
/// are no more here than one above the elements of the client: the submitter waits for that one, if for any.
Steps prefetch_in_map(const Verity& verity, const Io& io) {
  constexpr std::int64_t cluster_bytes = 262144;  // DM_VERITY_DEFAULT_PREFETCH_SIZE
  const std::string caller = "verity_prefetch_io < verity_map";
  const BufioClient client = hash_client(verity);
  const Resource& elements = verity.stack.program().resources[static_cast<std::size_t>(client.io.pool)];
  const std::int64_t cluster = std::min(cluster_bytes / verity.tree.block_bytes, verity.tree.blocks_of(0));
  const std::int64_t leaves = std::min<std::int64_t>(cluster, elements.capacity + std::int64_t{1});
  Io ahead = io;
  ahead.faults = met_ahead(verity, io.faults);
  const FlowId lower = verity.stack.flow(verity.hash, hash_read(verity, ahead));
  const TableId cached = cached_hash_blocks(verity);
  Steps all;
  const auto one = [&](int level, std::int64_t behind) {
    AddressMap address = verity.tree.address(level);
    address.add += behind * verity.tree.block_bytes;
    all = seq({all, lookup(cached,
                           {branch("cached", {}),
                            branch("not cached", bufio_prefetch_parked(verity.stack, verity.index, client, lower,
                                                                       caller, remember(cached, caller), address))},
                           "dm_bufio_prefetch < " + caller)});
  };
  for (int level = verity.tree.levels - 2; level > 0; --level) one(level, 0);
  for (std::int64_t leaf = 0; leaf < leaves; ++leaf) one(0, leaf);
  return submit_bio_block(all, caller);
}

}  // namespace

Steps submit_prefetch(const Verity& verity, const Io& io) {
  if (!reads_ahead(verity)) return {};
  if (!verity.stack.has(Change::verity_prefetch_in_worker)) return prefetch_in_map(verity, io);
  Resource item;
  item.name = verity.device.name + ".prefetch_work (kmalloc)";
  item.kind = ResourceKind::mempool;
  item.soft = true;
  item.memory = MemoryClass::slab;
  item.pool = "prefetch_work";
  item.owner = verity.device.name;
  item.wait_function = "kmalloc";
  const ResourceId work_item = verity.stack.resource(item);
  const TableId verified =
      verity.stack.table({verity.device.name + " verified level 0",
                          verity.tree.block_bytes * verity.tree.hashes_per_block(), cached_blocks(verity), 0});
  const std::string function = "verity_submit_prefetch < verity_map";
  return lookup(
      verified,
      {branch("verified", {}), branch("not verified", try_take(work_item, function,
                                                               seq({give(work_item, "kfree < verity_prefetch_io"),
                                                                    spawn(prefetch(verity, io), function)}),
                                                               {}))},
      function);
}

}  // namespace dmstall::models::verity
