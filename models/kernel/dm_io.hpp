// dm-io: a client with a pool of struct io and a bio_set, both reserved_bio_based_ios large.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm-io.c (dm_io_client_create, sync_io, async_io, do_region, endio,
// complete_io). Order: struct io, then bio; both are back before the caller (sync) or its callback (async) runs again.
// Sizes are sampled when the client is created and never change. The memory of the vectors counts: 256 per element,
// though one block of 4 KiB never needs more than the 4 inline ones.
#pragma once

#include "models/kernel/device_reserves.hpp"
#include "models/kernel/stack.hpp"

namespace dmstall::models {

struct DmIoClient {
  ResourceId pool = no_resource;  ///< struct io
  ResourceId bios = no_resource;  ///< struct bio (+ biovecs)
};

/// How many vectors the bios of a client have: a block or two fit into the inline ones, and the reserve of full sets of
/// 256 is never touched (bio_alloc_bioset); copies and metadata areas need more.
enum class BioVectors : std::uint8_t { few, many };

/// Of I/O of so many bytes at most, in whole pages: do_region asks for a vector for each page, and for one more with
/// the change dm_io_vec_plus_one.
[[nodiscard]] BioVectors vectors_of(const Stack& stack, std::int64_t bytes);

/// The device's client of that pool name ("io_client", "bufio_client", "fec_bufio_client", "kcopyd_client", …).
[[nodiscard]] DmIoClient dm_io_client(Stack& stack, DeviceIndex device, std::string_view pool_name,
                                      BioVectors vectors = BioVectors::many);

/// Both pools of a client, for what a device reserves.
void add_reserves(DeviceReserves& reserves, const DmIoClient& client);

/// What the caller does when the I/O is over, by its status; elements are already back then.
struct OnStatus {
  Steps ok, bad, error;
};

/// sync_io: one region of one bio; the caller sleeps in wait_for_completion_io with whatever it holds.
/// `caller` names the functions above dm_io, innermost first.
[[nodiscard]] Steps dm_io_sync(const DmIoClient& client, FlowId lower, const std::string& caller, OnStatus then,
                               AddressMap address = {});

/// async_io by a thread that is in ->submit_bio: it may sleep for elements; the bio lies on its bio_list with them, and
/// with what else is given back at its end, until the thread returns. `served`: the flow of the bio, made of
/// dm_io_served.
[[nodiscard]] Steps dm_io_parked(const DmIoClient& client, FlowId served, const std::string& caller,
                                 std::vector<GiveBack> with, AddressMap address = {});
[[nodiscard]] Steps dm_io_served(const DmIoClient& client, FlowId lower, const std::string& caller,
                                 const OnStatus& then);

/// async_io, whose caller sleeps until it is done all the same, with whatever it holds, in `waits`: functions,
/// innermost first (drivers/md/dm-bufio.c:use_dmio, new_read).
[[nodiscard]] Steps dm_io_awaited(const DmIoClient& client, FlowId lower, const std::string& caller,
                                  const std::string& waits, OnStatus then);

/// async_io: the calling thread may sleep for elements and in the lower device's ->submit_bio, then gives back
/// `after_detach` (its own thread) and is gone; `then` runs at completion, in no thread.
[[nodiscard]] Steps dm_io_async(const DmIoClient& client, FlowId lower, const std::string& caller,
                                std::vector<GiveBack> after_detach, OnStatus then, AddressMap address = {});

}  // namespace dmstall::models
