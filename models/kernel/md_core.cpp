#include "models/kernel/md_core.hpp"

#include <fmt/format.h>

#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/sizes.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/workqueue.hpp"

namespace dmstall::models {

namespace {

constexpr FlowRole member_flush{"the flush of a member of an array"};
constexpr FlowRole mapped_bio{"a bio that an array sends to a member"};

constexpr int md_pool_size = 2;  // include/linux/bio.h:BIO_POOL_SIZE

constexpr const char* md_submit = "md_submit_bio";

Resource md_bio_set(const MemoryParts& reserves) {
  Resource set;
  set.kind = ResourceKind::bio_set;
  set.capacity = md_pool_size;
  set.soft = true;
  set.memory = MemoryClass::slab;
  set.reserves = reserves;
  set.wait_function = "mempool_alloc < bio_alloc_bioset";
  return set;
}

/// bioset_init with BIOSET_NEED_BVECS; bios without data and clones have no vectors of their own.
MemoryParts with_unused_vectors() {
  return {part(structure("bio")), part(structure(unused_biovecs)), part(structure("mempool slots"), 2)};
}

ResourceId sync_set(const MdArray& array) {
  return array.stack->pool(array.index, "sync_set", md_bio_set(with_unused_vectors()));
}

std::vector<Branch> md_by_status(const MdEnd& end) {
  return {branch("ok", end(Status::ok)), branch("bad", end(Status::bad)), branch("error", end(Status::error))};
}

/// md_end_io_acct, md_end_clone_io, bio_chain_endio.
Steps gives_of_bio(const MdArray& array, bool holds_split) {
  const char* ended =
      array.stack->has(Change::md_clones_every_bio) ? "bio_put < md_end_clone_io" : "bio_put < md_end_io_acct";
  return seq({array.clones == no_resource ? Steps{} : give(array.clones, ended),
              holds_split ? give(array.bio_set, "bio_put < bio_chain_endio") : Steps{}});
}

Steps take_clone(const MdArray& array, const std::string& caller) {
  if (array.clones == no_resource) return {};
  return take(array.clones, "bio_alloc_clone < md_account_bio < " + caller);
}

Steps sent_by(MdSender sender, Steps one, const std::string& function) {
  return sender == MdSender::worker ? submit_bio_block(std::move(one), function) : one;
}

/// One for each member. Whatever becomes of it, the bio that it belongs to does not hear of it (md_end_flush).
Steps flushes(const MdArray& array, const FaultSet& faults, const std::string& caller, MdSender sender) {
  Stack& stack = *array.stack;
  Io io;
  io.op = IoOp::flush;
  io.bytes = 0;
  io.faults = faults;
  Steps all;
  for (const DeviceIndex member : array.members) {
    const Steps taken = take(array.bio_set, "bio_alloc_bioset < " + caller);
    if (!stack.has_write_cache(member)) {
      all = seq({all, taken, give(array.bio_set, "bio_put < md_end_flush < submit_bio_noacct (no write cache below)")});
      continue;
    }
    const FlowId served = stack.flow(member, io);
    const AskedIo asked = stack.asked(member, io);
    const FlowId flow = stack.flow(
        {.role = &member_flush, .device = array.index, .asked = {asked}},
        [&] { return fmt::format("flush of {} to {}", stack.device(array.index).name, stack.describe(asked)); },
        [&] {
          const Steps over = seq({give(array.bio_set, "bio_put < md_end_flush"), finish(Status::ok)});
          return call(served, "submit_bio < " + caller,
                      {branch("ok", over), branch("bad", over), branch("error", over)});
        });
    all = seq(
        {all, taken,
         sent_by(sender, spawn(flow, "submit_bio < " + caller, true, {{array.bio_set, 1}}), "submit_bio < " + caller)});
  }
  return all;
}

Steps awaited(const MdEnd& end) {
  return await_children(md_by_status(end), "bio_endio < bio_chain_endio");
}

/// submit_flushes and md_submit_flush_data, in md_wq.
Steps flush_by_worker(const MdArray& array, const FaultSet& faults, const MdData& data, const std::string& caller,
                      const MdEnd& end) {
  Stack& stack = *array.stack;
  Resource slot;
  slot.name = stack.device(array.index).name + ".flush_bio";
  slot.kind = ResourceKind::mutex;
  slot.capacity = 1;
  slot.wait_function = "wait_event_lock_irq";
  const ResourceId flush_bio = stack.resource(slot);
  const Workqueue md_wq = machine_workqueue(stack, "md_wq", default_max_active);
  const std::string first = "submit_flushes", second = "md_submit_flush_data";
  const Steps sends = data == nullptr ? Steps{} : data(MdSender::worker);
  return seq({take(flush_bio, "md_flush_request < " + caller), detach("md_flush_request < " + caller),
              enter(md_wq, first), flushes(array, faults, first, MdSender::worker), leave(md_wq, first),
              await_children({}, "md_end_flush"), enter(md_wq, second), give(flush_bio, second), sends,
              leave(md_wq, second), data == nullptr ? end(Status::ok) : awaited(end)});
}

}  // namespace

MdArray md_array(Stack& stack, DeviceIndex index, std::vector<DeviceIndex> members, bool statistics) {
  stack.uses(md_core_part());
  MdArray array{&stack, index, std::move(members)};
  array.bio_set = stack.pool(index, "bio_set", md_bio_set(with_unused_vectors()));
  if (statistics || stack.has(Change::md_clones_every_bio)) {
    array.clones =
        stack.pool(index, "io_acct_set",
                   md_bio_set({{part(structure("bio with struct md_io_acct")), part(structure("mempool slots"))}}));
  }
  // __alloc_disk_node: bioset_init(&disk->bio_split, BIO_POOL_SIZE, 0, 0)
  array.bio_split = stack.pool(
      index, "bio_split",
      md_bio_set({part_of_bytes(structure("bio"), bio_slab_object(0, 0)), part(structure("mempool slots"))}));
  return array;
}

DeviceReserves md_reserves(const MdArray& array) {
  DeviceReserves all{{array.bio_set, sync_set(array), array.bio_split}, {}, 0};
  // md_run makes the set whatever the statistics are.
  const MdArray with_clones = md_array(*array.stack, array.index, array.members, true);
  all.pools.push_back(with_clones.clones);
  return all;
}

std::vector<PoolDescription> md_pools() {
  return {{.name = "bio_set", .holds = "struct bio", .sized_by = "2"},
          {.name = "io_acct_set", .holds = "struct md_io_acct with its bio; 6.12: md_io_clone", .sized_by = "2"},
          {.name = "sync_set", .holds = "struct bio", .sized_by = "2"},
          {.name = "bio_split", .holds = "struct bio", .sized_by = "2"}};
}

const char* md_not_counted() {
  return "struct mddev and what the personality keeps of its members; md_wq and its rescuer, which all arrays share";
}

Steps md_send(const MdArray& array, DeviceIndex member, const Io& io, AddressMap address, bool holds_split,
              const std::string& caller, MdSender sender) {
  Stack& stack = *array.stack;
  const FlowId lower = stack.flow(member, io);
  const FlowKey key{.role = &mapped_bio, .device = array.index, .lower = lower, .number = holds_split ? 1 : 0};
  const auto label = [&] {
    return fmt::format("bio of {} as {}{}", stack.device(array.index).name, stack.label(lower),
                       holds_split ? ", split off" : "");
  };
  const FlowId flow = stack.flow(key, label, [&] {
    const auto end = [&](Status status) { return seq({gives_of_bio(array, holds_split), finish(status)}); };
    return call(lower, "submit_bio_noacct < " + caller, md_by_status(end));
  });
  std::vector<GiveBack> with;
  if (array.clones != no_resource) with.push_back({array.clones, 1});
  if (holds_split) with.push_back({array.bio_set, 1});
  Steps one = spawn(flow, "submit_bio_noacct < " + caller, true, with);
  one[0].address = address;
  return seq({take_clone(array, caller), sent_by(sender, std::move(one), "submit_bio_noacct < " + caller)});
}

Steps md_request(const MdArray&, const Steps& sends, const std::string& caller, const MdEnd& end) {
  return seq({submit_bio_block(sends, caller), detach(md_submit), awaited(end)});
}

Steps md_remap(const MdArray& array, FlowId lower, AddressMap address, const std::string& caller, const MdEnd& end) {
  CallOptions options;
  options.address = address;
  const auto over = [&](Status status) { return seq({gives_of_bio(array, false), end(status)}); };
  return seq({take_clone(array, caller), call(lower, "submit_bio_noacct < " + caller, md_by_status(over), options)});
}

Steps md_flush(const MdArray& array, const FaultSet& faults, const MdData& data, const std::string& caller,
               const MdEnd& end) {
  if (!array.stack->has(Change::md_flush_by_submitter)) return flush_by_worker(array, faults, data, caller, end);
  const Steps sends = data == nullptr ? Steps{} : data(MdSender::submitter);
  return md_request(array, seq({flushes(array, faults, "md_flush_request < " + caller, MdSender::submitter), sends}),
                    caller, end);
}

}  // namespace dmstall::models
