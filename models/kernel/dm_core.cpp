#include "models/kernel/dm_core.hpp"

#include "models/kernel/bio_slab.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/workqueue.hpp"

#include <algorithm>

namespace dmstall::models {

namespace {

constexpr int default_reserved_ios = 16;    // dm.c:RESERVED_BIO_BASED_IOS
constexpr int max_reserved_ios = 1024;      // dm-core.h:DM_RESERVED_MAX_IOS

// Compiled sizes on Debian's amd64 6.1: where the bio lies in struct dm_io and dm_target_io, and what they are aligned to.
constexpr std::int32_t dm_io_bio_offset = 120;       // dm-core.h:DM_IO_BIO_OFFSET
constexpr std::int32_t dm_target_io_bio_offset = 40; // dm-core.h:DM_TARGET_IO_BIO_OFFSET
constexpr std::int32_t pad_alignment = 8;
constexpr std::int32_t md_mempools_bytes = 1024;     // struct dm_md_mempools, 784 B from kmalloc-1k

constexpr const char* alloc_io = "alloc_io < dm_submit_bio";
constexpr const char* alloc_tio = "alloc_tio < __send_duplicate_bios < __send_empty_flush < dm_submit_bio";

/// dm_table_alloc_md_mempools: the target's data and the structure come before the bio.
Resource bio_set(int size, const char* what, std::int32_t per_io_data, std::int32_t bio_offset) {
  const std::int32_t front_pad = (per_io_data + pad_alignment - 1) / pad_alignment * pad_alignment + bio_offset;
  Resource set;
  set.kind = ResourceKind::bio_set;
  set.capacity = size;
  set.soft = true;
  set.memory = MemoryClass::slab;
  set.reserves = {{{what, bio_slab_object(front_pad, 0)}, {"mempool slots", mempool_slot_bytes}}};
  set.wait_function = "mempool_alloc < bio_alloc_bioset";
  return set;
}

/// max(reserved, max num_flush_bios): a maximum over the table's targets, not a sum.
int core_pool_size(const Stack& stack, DeviceIndex device) {
  return std::max(stack.reserved_ios(), stack.max_flush_bios(device));
}

}  // namespace

int effective_reserved_ios(int written) {
  return written == 0 ? default_reserved_ios : std::min(written, max_reserved_ios);
}

ResourceId io_bs(Stack& stack, DeviceIndex device) {
  return stack.pool(device, "io_bs", bio_set(core_pool_size(stack, device), "bio with struct dm_io",
                                              target_per_io_data(stack, device), dm_io_bio_offset));
}

ResourceId bs(Stack& stack, DeviceIndex device) {
  return stack.pool(device, "bs", bio_set(core_pool_size(stack, device), "bio with struct dm_target_io",
                                           target_per_io_data(stack, device), dm_target_io_bio_offset));
}

DeviceReserves core_reserves(Stack& stack, DeviceIndex device) {
  return {{io_bs(stack, device), bs(stack, device)}, {{"struct dm_md_mempools", md_mempools_bytes}}, 1};
}

Steps one_clone(Stack& stack, DeviceIndex device, Steps inner) {
  return seq({take(io_bs(stack, device), alloc_io), std::move(inner)});
}

Steps end_io(Stack& stack, DeviceIndex device, Status status) {
  return seq({give(io_bs(stack, device), "__dm_io_complete < clone_endio"), finish(status)});
}

Steps remap(Stack& stack, DeviceIndex device, FlowId lower, AddressMap address) {
  CallOptions options;
  options.address = address;
  return one_clone(stack, device,
                   call(lower, "__map_bio < dm_submit_bio",
                        {branch("ok", end_io(stack, device, Status::ok)), branch("bad", end_io(stack, device, Status::bad)),
                         branch("error", end_io(stack, device, Status::error))},
                        options));
}

Steps empty_flush(Stack& stack, DeviceIndex device, const std::vector<DeviceIndex>& targets) {
  Io io;
  io.op = IoOp::flush;
  io.bytes = 0;
  // The first clone lives in the io_bs element; each later one takes an element of bs at its turn, and all that are
  // parked keep theirs until the task returns from ->submit_bio.
  Steps clones;
  bool first = true;
  const std::string name = stack.device(device).name;
  for (const DeviceIndex target : targets) {
    if (!first) clones = seq({clones, take(bs(stack, device), alloc_tio)});
    if (stack.has_write_cache(target)) {
      const FlowId lower = stack.flow(target, io);
      const bool embedded = first;
      const FlowId clone = stack.flow(
          "flush clone " + name + " to " + stack.device(target).name + (embedded ? " (embedded)" : ""), device, [&] {
            const auto end = [&](Status status) {
              return embedded ? finish(status) : seq({give(bs(stack, device), "free_tio < clone_endio"), finish(status)});
            };
            return call(lower, "__map_bio < __send_empty_flush", {branch("ok", end(Status::ok)), branch("bad", end(Status::ok)),
                                                                   branch("error", end(Status::error))});
          });
      std::vector<GiveBack> with;
      if (!embedded) with.push_back({bs(stack, device), 1});
      clones = seq({clones, spawn(clone, "submit_bio_noacct < __send_empty_flush", true, with)});
    } else if (!first) {
      clones = seq({clones, give(bs(stack, device), "free_tio < clone_endio (no write cache below)")});
    }
    first = false;
  }
  return one_clone(stack, device,
                   seq({submit_bio_block(clones, "__send_empty_flush < dm_submit_bio"), detach("dm_submit_bio"),
                        await_children({branch("ok", end_io(stack, device, Status::ok)), branch("bad", end_io(stack, device, Status::ok)),
                                        branch("error", end_io(stack, device, Status::error))},
                                       "dm_io_dec_pending")}));
}

FlowId write_after_flush(Stack& stack, DeviceIndex device, Io write) {
  write.op = IoOp::write;
  const FlowId data = stack.flow(device, write);
  if (!stack.has_write_cache(device)) return data;
  Io flush;
  flush.op = IoOp::flush;
  flush.bytes = 0;
  return stack.flow("flush, then " + stack.describe(device, write), device, [&] {
    const std::vector<Branch> end{branch("ok", finish(Status::ok)), branch("bad", finish(Status::ok)), branch("error", finish(Status::error))};
    Steps then = call(data, "submit_bio_noacct < dm_wq_work", end);
    if (!stack.lower(device).empty()) {
      const ResourceId worker = stack.resource(single_thread("kdmflush/" + stack.device(device).name));
      CallOptions options;
      options.context = CallContext::async;
      options.after_detach = {{worker, 1}};
      then = seq({take(worker, "queue_io < dm_io_complete"), call(data, "submit_bio_noacct < dm_wq_work", end, options)});
    }
    return seq({call(stack.flow(device, flush), "__send_empty_flush < dm_submit_bio", {branch("error", finish(Status::error))}), then});
  });
}

Steps split_in_two(Stack& stack, DeviceIndex device, const Part& first, const Part& second) {
  const std::string name = stack.device(device).name;
  const auto part = [&](const Part& of) {
    CallOptions options;
    options.address = of.address;
    return stack.flow("part of a split bio on " + name + " as " + stack.program().flows[static_cast<std::size_t>(of.lower)].name + " at " +
                          std::to_string(of.address.add),
                      device, [&] {
                        return call(of.lower, "__map_bio < dm_submit_bio",
                                    {branch("ok", end_io(stack, device, Status::ok)), branch("bad", end_io(stack, device, Status::bad)),
                                     branch("error", end_io(stack, device, Status::error))},
                                    options);
                      });
  };
  const ResourceId element = io_bs(stack, device);
  const std::string function = "submit_bio_noacct < __map_bio < dm_submit_bio";
  const auto start = [&](FlowId flow) { return spawn(flow, function, true, {{element, 1}}); };
  Steps submission;
  if (stack.scenario().kernel.bio_list_order == BioListOrder::depth_first) {
    // Consequence of the order lower, same, older: the remainder asks for its element when the first part is on its way.
    submission = seq({take(element, alloc_io), submit_bio_block(start(part(first)), function),
                      take(element, alloc_io), submit_bio_block(start(part(second)), function)});
  } else {
    submission = submit_bio_block(
        seq({take(element, alloc_io), start(part(first)), take(element, alloc_io), start(part(second))}), function);
  }
  return seq({submission, detach("dm_submit_bio"),
              await_children({branch("bad", finish(Status::bad)), branch("error", finish(Status::error))},
                             "bio_chain_endio")});
}

}  // namespace dmstall::models
