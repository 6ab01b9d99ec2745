// dm-bufio: a block cache with a reserved buffer, its own dm_io client and waits that nobody polls.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm-bufio.c (new_read, __alloc_buffer_wait_no_callback, __wait_for_free_buffer,
// submit_io, use_bio, use_dmio, dm_bufio_release, alloc_buffer_data). A reader asks under the client's lock: a fresh
// buffer (GFP_NOWAIT), the reserved one, an unheld one of the cache; else it drops the lock and sleeps until a buffer
// of *this client* is released: memory that returns wakes nobody (with bufio_timed_wait he asks again every 5 s). A
// fresh buffer is read with a bio from kmalloc if there is one, else through the client; the reserved buffer is
// vmalloced and always goes through the client.
#pragma once

#include <functional>

#include "models/kernel/dm_io.hpp"

namespace dmstall::models {

struct BufioClient {
  DmIoClient io;
  ResourceId lock =
      no_resource;  ///< c->lock; dropped before a wait for a buffer or for memory (dm-bufio.eviction-under-lock)
  ResourceId buffers = no_resource;  ///< reserved buffers + what the cache keeps; no poll
  ResourceId bio = no_resource;      ///< bio_kmalloc(GFP_NOWAIT): no reserve at all
};

/// A client of the device: pools <prefix>bufio_client and <prefix>bufio_buffers ("" for verity's hash device, "fec_"
/// and "fec_data_" for its forward error correction). `block_bytes`: of one buffer, up to 4096.
[[nodiscard]] BufioClient bufio_client(Stack& stack, DeviceIndex device, const std::string& prefix,
                                       int reserved_buffers, std::int32_t block_bytes);

/// The client's buffers, its dm_io client and struct dm_bufio_client, which stays the device's own where the dm_io
/// client is shared.
void add_reserves(DeviceReserves& reserves, const BufioClient& client);

/// dm_bufio_read of a block that is not cached, release of the buffer included; runs in a worker. `use` is what
/// the caller does with the block while it holds the buffer; every path of the result ends in finish(ok/bad/error).
[[nodiscard]] Steps bufio_read(const BufioClient& client, FlowId lower, const std::string& caller, const Steps& use);

/// The same with other ends: each of `then` runs while the buffer is held, returns it (bufio_release) and ends in
/// finish.
[[nodiscard]] Steps bufio_read(const BufioClient& client, FlowId lower, const std::string& caller,
                               const OnStatus& then);
[[nodiscard]] Steps bufio_release(const BufioClient& client);
/// dm_bufio_new: a buffer without a read.
[[nodiscard]] Steps bufio_new(const BufioClient& client, const std::string& caller);

/// dm_bufio_prefetch of one block by a worker that does not wait for the read: gives up without a fresh buffer, may
/// wait in the client's pools while it holds one. `after_detach`: the worker's thread and slot.
[[nodiscard]] Steps bufio_prefetch(const BufioClient& client, FlowId lower, const std::string& caller,
                                   const std::vector<GiveBack>& after_detach, const Steps& leave, const Steps& arrived);

/// The same by a thread that is in ->submit_bio: what it reads lies on its bio_list until it returns, and it may wait
/// in the client's pools meanwhile. Requires: inside of submit_bio_block.
[[nodiscard]] Steps bufio_prefetch_parked(Stack& stack, DeviceIndex device, const BufioClient& client, FlowId lower,
                                          const std::string& caller, const Steps& arrived, AddressMap address);

}  // namespace dmstall::models
