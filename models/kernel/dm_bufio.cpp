#include "models/kernel/dm_bufio.hpp"

#include <fmt/format.h>

#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/sizes.hpp"
#include "models/kernel/steps.hpp"

namespace dmstall::models {

namespace {

constexpr FlowRole parked_read_by_bio{"prefetch in ->submit_bio: a read with a bio from kmalloc"};
constexpr FlowRole parked_read_by_client{"prefetch in ->submit_bio: a read through the dm_io client"};

// dm_bufio_retain_bytes (256 KiB) of 4 KiB blocks: what a client keeps when the shrinker asks.
constexpr int retained_buffers = 64;

constexpr const char* release = "dm_bufio_release";

// keep: the reserve is not for prefetch, only what the allocator gives at once.
constexpr std::int32_t never_the_reserve = 1 << 20;

}  // namespace

BufioClient bufio_client(Stack& stack, DeviceIndex device, const std::string& prefix, int reserved_buffers,
                         std::int32_t block_bytes) {
  stack.uses(dm_bufio_part());
  const Device& of = stack.device(device);
  Resource buffers;
  buffers.kind = ResourceKind::buffer_pool;
  buffers.capacity = reserved_buffers;
  buffers.soft = true;
  buffers.poll = stack.has(Change::bufio_timed_wait);
  // Under an adversary the cache may have been shrunk at any moment; in a timed shortage released buffers stay.
  const MemorySettings& memory = stack.scenario().memory;
  const bool shrunk = memory.allocator == AllocatorMode::adversary || memory.allocator == AllocatorMode::accounted;
  buffers.retained = memory.allocator_given && !shrunk ? retained_buffers : 0;
  buffers.memory = MemoryClass::page;
  buffers.reserves = {{part(structure("struct dm_buffer")), part_of_bytes(structure("buffer data"), block_bytes)}};
  buffers.wait_function =
      buffers.poll ? "io_schedule_timeout < __wait_for_free_buffer" : "io_schedule < __wait_for_free_buffer";
  Resource lock;
  lock.name = of.name + "." + prefix + "bufio_lock";
  lock.kind = ResourceKind::mutex;
  lock.capacity = 1;
  lock.wait_function = "mutex_lock";
  Resource bio;
  bio.name = of.name + "." + prefix + "bufio_bio (kmalloc)";
  bio.kind = ResourceKind::mempool;
  bio.soft = true;
  bio.memory = MemoryClass::slab;
  bio.pool = prefix + "bufio_bio";
  bio.owner = of.name;
  bio.wait_function = "bio_kmalloc";
  return {dm_io_client(stack, device, prefix + "bufio_client", vectors_of(stack, block_bytes)), stack.resource(lock),
          stack.pool(device, prefix + "bufio_buffers", buffers), stack.resource(bio)};
}

void add_reserves(DeviceReserves& reserves, const BufioClient& client) {
  add_reserves(reserves, client.io);
  reserves.pools.push_back(client.buffers);
  reserves.fixed.push_back(part(structure("struct dm_bufio_client")));
}

Steps bufio_release(const BufioClient& client) {
  return give(client.buffers, release);
}

Steps bufio_new(const BufioClient& client, const std::string& caller) {
  const std::string made = "new_read < dm_bufio_new < " + caller;
  return seq({take(client.lock, "dm_bufio_lock < " + made), give(client.lock, "dm_bufio_unlock < " + made),
              take(client.buffers, "__alloc_buffer_wait < __bufio_new < " + made)});
}

Steps bufio_read(const BufioClient& client, FlowId lower, const std::string& caller, const OnStatus& then) {
  const std::string read = "new_read < dm_bufio_read < " + caller;
  const auto after = [&](const Steps& first) {
    return OnStatus{.ok = seq({first, then.ok}), .bad = seq({first, then.bad}), .error = seq({first, then.error})};
  };
  const Steps by_client =
      dm_io_awaited(client.io, lower, "use_dmio < submit_io < " + read, "wait_on_bit_io < " + read, after({}));
  const OnStatus by_bio = after(give(client.bio, "bio_complete"));
  CallOptions options;
  options.context = CallContext::sync;
  const Steps use_bio =
      call(lower, "wait_on_bit_io < " + read,
           {branch("ok", by_bio.ok), branch("bad", by_bio.bad), branch("error", by_bio.error)}, options);
  return seq({take(client.lock, "dm_bufio_lock < " + read), give(client.lock, "dm_bufio_unlock < " + read),
              take_by_source(client.buffers, "__alloc_buffer_wait < __bufio_new < " + read,
                             try_take(client.bio, "use_bio < submit_io < " + read, use_bio, by_client), by_client)});
}

Steps bufio_read(const BufioClient& client, FlowId lower, const std::string& caller, const Steps& use) {
  const auto held = [&](Status status) { return seq({bufio_release(client), finish(status)}); };
  return bufio_read(
      client, lower, caller,
      OnStatus{.ok = seq({use, held(Status::ok)}), .bad = seq({use, held(Status::bad)}), .error = held(Status::error)});
}

Steps bufio_prefetch_parked(Stack& stack, DeviceIndex device, const BufioClient& client, FlowId lower,
                            const std::string& caller, const Steps& arrived, AddressMap address) {
  const std::string function = "dm_bufio_prefetch < " + caller, by_dm_io = "use_dmio < submit_io < " + function;
  const Steps read = seq({arrived, give(client.buffers, release), finish(Status::ok)});
  const Steps failed = seq({give(client.buffers, release), finish(Status::error)});
  const auto called = [&](const char* what) {
    return [&, what] { return fmt::format("{} of {}: {}", what, stack.device(device).name, stack.label(lower)); };
  };
  const FlowId by_bio =
      stack.flow({.role = &parked_read_by_bio, .device = device, .lower = lower}, called("prefetch by bio"), [&] {
        const Steps back = give(client.bio, "bio_complete");
        return call(lower, "use_bio < submit_io < " + function,
                    {branch("ok", seq({back, read})), branch("bad", seq({back, failed})),
                     branch("error", seq({back, failed}))});
      });
  const FlowId by_client = stack.flow(
      {.role = &parked_read_by_client, .device = device, .lower = lower}, called("prefetch by dm_io"),
      [&] { return dm_io_served(client.io, lower, by_dm_io, {.ok = read, .bad = failed, .error = failed}); });
  Steps with_bio =
      spawn(by_bio, "submit_bio < use_bio < submit_io < " + function, true, {{client.buffers, 1}, {client.bio, 1}});
  with_bio[0].address = address;
  const Steps with_client = dm_io_parked(client.io, by_client, by_dm_io, {{client.buffers, 1}}, address);
  return seq({take(client.lock, "dm_bufio_lock < " + function), give(client.lock, "dm_bufio_unlock < " + function),
              try_take(client.buffers, "__alloc_buffer_wait < __bufio_new < " + function,
                       try_take(client.bio, "use_bio < submit_io < " + function, with_bio, with_client), {},
                       never_the_reserve)});
}

Steps bufio_prefetch(const BufioClient& client, FlowId lower, const std::string& caller,
                     const std::vector<GiveBack>& after_detach, const Steps& leave, const Steps& arrived) {
  const std::string function = "dm_bufio_prefetch < " + caller;
  const auto done = [&](const Steps& first) {
    return seq({first, arrived, give(client.buffers, release), finish(Status::ok)});
  };
  const auto failed = [&](const Steps& first) {
    return seq({first, give(client.buffers, release), finish(Status::error)});
  };
  const Steps bio_back = give(client.bio, "bio_complete");
  const Steps by_client = dm_io_async(client.io, lower, "use_dmio < submit_io < " + function, after_detach,
                                      {.ok = done({}), .bad = failed({}), .error = failed({})});
  CallOptions options;
  options.context = CallContext::async;
  options.after_detach = after_detach;
  const Steps by_bio =
      call(lower, "use_bio < submit_io < " + function,
           {branch("ok", done(bio_back)), branch("bad", failed(bio_back)), branch("error", failed(bio_back))}, options);
  return try_take(client.buffers, "__alloc_buffer_wait < __bufio_new < " + function,
                  try_take(client.bio, "use_bio < submit_io < " + function, by_bio, by_client),
                  seq({leave, finish(Status::ok)}), never_the_reserve);
}

}  // namespace dmstall::models
