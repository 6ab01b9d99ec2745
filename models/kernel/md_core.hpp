// Core of the md driver: the bio_sets of an array, the clone of each bio that a personality maps, and flushes.
//
// Linux 6.1.192 and 6.12.117: drivers/md/md.c (md_submit_bio, md_handle_request, md_account_bio, md_end_io_acct,
// md_clone_bio, md_end_clone_io, md_flush_request, submit_flushes, md_end_flush, md_submit_flush_data, md_run, md_init,
// mddev_init), include/linux/bio.h (BIO_POOL_SIZE). An array has no bio_set of device-mapper. bio_set (2) serves splits
// and the flushes of members, io_acct_set (2; 6.12: io_clone_set) a clone for each bio that goes on to a member, held
// until that ends. None of them has a rescuer, and all are asked with GFP_NOIO in ->submit_bio, where what was
// submitted before lies on the submitter's bio_list.
//   Without the change md_flush_by_submitter an array handles one flush at a time (mddev->flush_bio): who comes later
// sleeps in ->submit_bio until it is over. A work item of md_wq, the workqueue of all arrays, sends the flush of each
// member, and one more is queued when they are over; data of the same bio is sent by that one. With the change the
// submitter sends them himself, each with an element of bio_set that it keeps on the bio_list, and the data right
// behind.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/kernel/device_reserves.hpp"
#include "models/kernel/stack.hpp"

namespace dmstall::models {

struct MdArray {
  Stack* stack = nullptr;
  DeviceIndex index = -1;
  std::vector<DeviceIndex> members;
  ResourceId bio_set = no_resource;
  ResourceId clones = no_resource;     ///< io_acct_set; no_resource: bios are not cloned
  ResourceId bio_split = no_resource;  ///< of the gendisk
};

/// `statistics`: /sys/block/mdX/queue/iostats.
[[nodiscard]] MdArray md_array(Stack& stack, DeviceIndex index, std::vector<DeviceIndex> members, bool statistics);
/// The sets of an array, used by a request or not, and that of its gendisk.
[[nodiscard]] DeviceReserves md_reserves(const MdArray& array);
[[nodiscard]] std::vector<PoolDescription> md_pools();
/// What a description says that the reserves do not count.
[[nodiscard]] const char* md_not_counted();

/// Who sends bios to the members: a thread in ->submit_bio, whose bios wait until it returns, or a work item, whose
/// bios go down one by one.
enum class MdSender : std::uint8_t { submitter, worker };

/// A bio that a personality sends on. `io`: what is asked of `member`. `holds_split`: it is the front of a bio_split
/// from bio_set and gives that element back at its end. `caller`: the functions above md_account_bio.
[[nodiscard]] Steps md_send(const MdArray& array, DeviceIndex member, const Io& io, AddressMap address,
                            bool holds_split, const std::string& caller, MdSender sender);

/// What the personality sends of one bio, through md_send.
using MdData = std::function<Steps(MdSender)>;
/// How the bio ends, by its status.
using MdEnd = std::function<Steps(Status)>;

/// md_submit_bio of a bio without REQ_PREFLUSH that takes more than one bio of a member, or none.
[[nodiscard]] Steps md_request(const MdArray& array, const Steps& sends, const std::string& caller, const MdEnd& end);
/// The same of a bio that goes to one member as a whole.
[[nodiscard]] Steps md_remap(const MdArray& array, FlowId lower, AddressMap address, const std::string& caller,
                             const MdEnd& end);
/// md_submit_bio of a bio with REQ_PREFLUSH. `data`: nullptr where it is empty. `faults`: of the bio.
[[nodiscard]] Steps md_flush(const MdArray& array, const FaultSet& faults, const MdData& data,
                             const std::string& caller, const MdEnd& end);

}  // namespace dmstall::models
