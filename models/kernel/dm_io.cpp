#include "models/kernel/dm_io.hpp"

#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/sizes.hpp"
#include "models/kernel/steps.hpp"

namespace dmstall::models {

namespace {

Steps io_call(const DmIoClient& client, FlowId lower, const std::string& function, const OnStatus& then,
              CallOptions options) {
  // endio: bio_put returns the bio; complete_io returns the struct io, then wakes the caller or runs its callback.
  const auto completed = [&](const Steps& after) {
    return seq({give(client.bios, "bio_put < endio"), give(client.pool, "complete_io < dec_count < endio"), after});
  };
  return call(
      lower, function,
      {branch("ok", completed(then.ok)), branch("bad", completed(then.bad)), branch("error", completed(then.error))},
      std::move(options));
}

Steps elements(const DmIoClient& client, const std::string& io_function, const std::string& caller) {
  return seq({take(client.pool, io_function + " < dm_io < " + caller),
              take(client.bios, "do_region < dispatch_io < " + io_function + " < dm_io < " + caller)});
}

}  // namespace

BioVectors vectors_of(const Stack& stack, std::int64_t bytes) {
  const std::int64_t page = stack.layout().page_bytes(), pages = (bytes + page - 1) / page;
  const std::int64_t asked = pages + (stack.has(Change::dm_io_vec_plus_one) ? 1 : 0);
  return asked <= compiled::bio_inline_vecs ? BioVectors::few : BioVectors::many;
}

DmIoClient dm_io_client(Stack& stack, DeviceIndex device, std::string_view pool_name, BioVectors vectors) {
  stack.uses(dm_io_part());
  Resource pool;
  pool.kind = ResourceKind::mempool;
  pool.capacity = stack.reserved_ios();
  pool.soft = true;
  pool.memory = MemoryClass::slab;
  pool.reserves = {{part(structure("struct io")), part(structure("mempool slots")),
                    part(structure("struct dm_io_client"), 1, false)}};
  pool.wait_function = "mempool_alloc";
  Resource bios = pool;
  bios.kind = ResourceKind::bio_set;
  // bioset_init with BIOSET_NEED_BVECS: two mempools, of bios and of full vectors.
  bios.reserves = {{part(structure("bio")),
                    part(vectors == BioVectors::few ? structure(unused_biovecs) : structure("biovecs")),
                    part(structure("mempool slots"), 2)}};
  bios.wait_function = "mempool_alloc < bio_alloc_bioset";
  return {stack.pool(device, pool_name, pool, ".pool"), stack.pool(device, pool_name, bios, ".bios")};
}

void add_reserves(DeviceReserves& reserves, const DmIoClient& client) {
  reserves.pools.insert(reserves.pools.end(), {client.pool, client.bios});
}

Steps dm_io_sync(const DmIoClient& client, FlowId lower, const std::string& caller, OnStatus then, AddressMap address) {
  CallOptions options;
  options.context = CallContext::sync;
  options.address = address;
  return seq(
      {elements(client, "sync_io", caller), io_call(client, lower, "sync_io < dm_io < " + caller, then, options)});
}

Steps dm_io_parked(const DmIoClient& client, FlowId served, const std::string& caller, std::vector<GiveBack> with,
                   AddressMap address) {
  with.insert(with.end(), {{client.pool, 1}, {client.bios, 1}});
  Steps parked = spawn(served, "submit_bio < async_io < dm_io < " + caller, true, with);
  parked[0].address = address;
  return seq({elements(client, "async_io", caller), parked});
}

Steps dm_io_served(const DmIoClient& client, FlowId lower, const std::string& caller, const OnStatus& then) {
  return io_call(client, lower, "async_io < dm_io < " + caller, then, {});
}

Steps dm_io_awaited(const DmIoClient& client, FlowId lower, const std::string& caller, const std::string& waits,
                    OnStatus then) {
  CallOptions options;
  options.context = CallContext::sync;
  return seq({elements(client, "async_io", caller), io_call(client, lower, waits, then, options)});
}

Steps dm_io_async(const DmIoClient& client, FlowId lower, const std::string& caller, std::vector<GiveBack> after_detach,
                  OnStatus then, AddressMap address) {
  CallOptions options;
  options.context = CallContext::async;
  options.after_detach = std::move(after_detach);
  options.address = address;
  return seq(
      {elements(client, "async_io", caller), io_call(client, lower, "async_io < dm_io < " + caller, then, options)});
}

}  // namespace dmstall::models
