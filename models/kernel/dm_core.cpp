#include "models/kernel/dm_core.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/sizes.hpp"
#include "models/kernel/steps.hpp"

namespace dmstall::models {

namespace {

constexpr FlowRole split_part{"one part of a split bio"};

constexpr int default_reserved_ios = 16;  // dm.c:RESERVED_BIO_BASED_IOS
constexpr int max_reserved_ios = 1024;    // dm-core.h:DM_RESERVED_MAX_IOS

constexpr std::int32_t pad_alignment = 8;  // of struct dm_io and struct dm_target_io

constexpr const char* alloc_io = "alloc_io < dm_submit_bio";

Resource bio_set(int size, const Structure& of, std::int32_t bytes) {
  Resource set;
  set.kind = ResourceKind::bio_set;
  set.capacity = size;
  set.soft = true;
  set.memory = MemoryClass::slab;
  set.reserves = {{part_of_bytes(of, bytes), part(structure("mempool slots"))}};
  set.wait_function = "mempool_alloc < bio_alloc_bioset";
  return set;
}

/// max(reserved, max num_flush_bios): a maximum over the table's targets, not a sum.
int core_pool_size(const Stack& stack, DeviceIndex device) {
  if (!stack.has(Change::reserve_fits_one_flush)) return stack.reserved_ios();
  return std::max(stack.reserved_ios(), stack.max_flush_bios(device));
}

}  // namespace

const std::vector<PoolDescription>& common_pools() {
  static const std::vector<PoolDescription> pools = {
      {.name = "io_bs",
       .holds = "struct dm_io with its first clone",
       .sized_by = "reserved_bio_based_ios, at least num_flush_bios",
       .one_without = Change::private_bio_sets,
       .one_called = "dm"},
      {.name = "bs",
       .holds = "struct dm_target_io, a further clone",
       .sized_by = "reserved_bio_based_ios, at least num_flush_bios",
       .one_without = Change::private_bio_sets,
       .one_called = "dm"},
      {.name = "bio_split", .holds = "struct bio", .sized_by = "2"},
  };
  return pools;
}

int effective_reserved_ios(int written) {
  return written == 0 ? default_reserved_ios : std::min(written, max_reserved_ios);
}

std::int32_t core_bio_bytes(std::int64_t per_io_data, std::int32_t bio_offset) {
  const auto front_pad =
      static_cast<std::int32_t>((per_io_data + pad_alignment - 1) / pad_alignment * pad_alignment) + bio_offset;
  return bio_slab_object(front_pad, 0);
}

ResourceId io_bs(Stack& stack, DeviceIndex device) {
  stack.uses(dm_core_part());
  return stack.pool(device, "io_bs",
                    bio_set(core_pool_size(stack, device), structure("bio with struct dm_io"),
                            core_bio_bytes(target_per_io_data(stack, device), compiled::dm_io_to_bio)));
}

ResourceId bs(Stack& stack, DeviceIndex device) {
  return stack.pool(device, "bs",
                    bio_set(core_pool_size(stack, device), structure("bio with struct dm_target_io"),
                            core_bio_bytes(target_per_io_data(stack, device), compiled::dm_target_io_to_bio)));
}

DeviceReserves core_reserves(Stack& stack, DeviceIndex device) {
  return {{io_bs(stack, device), bs(stack, device)}, {part(structure("struct dm_md_mempools"))}, 1};
}

namespace {

/// alloc_io. `refused`: what becomes of a bio that must not wait, where the kernel asks for it so.
Steps element_for(Stack& stack, DeviceIndex device, bool nowait, Steps inner, Steps refused) {
  const ResourceId element = io_bs(stack, device);
  if (nowait && stack.has(Change::nowait_in_alloc_io))
    return try_take(element, alloc_io, std::move(inner), std::move(refused));
  return seq({take(element, alloc_io), std::move(inner)});
}

}  // namespace

Steps one_clone(Stack& stack, DeviceIndex device, Steps inner, bool nowait) {
  return element_for(stack, device, nowait, std::move(inner),
                     seq({detach("bio_wouldblock_error < dm_submit_bio"), finish(Status::error)}));
}

Steps end_io(Stack& stack, DeviceIndex device, Status status) {
  return seq({give(io_bs(stack, device), "__dm_io_complete < clone_endio"), finish(status)});
}

Steps remap(Stack& stack, DeviceIndex device, FlowId lower, AddressMap address, bool nowait) {
  CallOptions options;
  options.address = address;
  return one_clone(
      stack, device,
      call(lower, "__map_bio < dm_submit_bio",
           {branch("ok", end_io(stack, device, Status::ok)), branch("bad", end_io(stack, device, Status::bad)),
            branch("error", end_io(stack, device, Status::error))},
           options),
      nowait);
}

Steps split_bio(Stack& stack, DeviceIndex device, const std::vector<Part>& parts, bool nowait) {
  const auto flow_of = [&](const Part& of) {
    CallOptions options;
    options.address = of.address;
    return stack.flow(
        {.role = &split_part, .device = device, .lower = of.lower, .number = of.address.add},
        [&] {
          return fmt::format("part of a split bio on {} as {} at {}", stack.device(device).name, stack.label(of.lower),
                             of.address.add);
        },
        [&] {
          return call(
              of.lower, "__map_bio < dm_submit_bio",
              {branch("ok", end_io(stack, device, Status::ok)), branch("bad", end_io(stack, device, Status::bad)),
               branch("error", end_io(stack, device, Status::error))},
              options);
        });
  };
  const ResourceId element = io_bs(stack, device);
  const std::string function = "submit_bio_noacct < __map_bio < dm_submit_bio";
  const bool depth_first = stack.has(Change::bio_list_depth_first);
  const auto over = [&](const Steps& well) {
    return seq({detach("dm_submit_bio"),
                await_children({branch("bad", finish(Status::bad)), branch("error", finish(Status::error))},
                               "bio_chain_endio"),
                well});
  };
  // Without an element for a part that must not wait the bio fails when the parts before it are over.
  const Steps refused = over(finish(Status::error));
  Steps submission = depth_first ? over({}) : Steps{};
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    Steps one = spawn(flow_of(*part), function, true, {{element, 1}});
    // Consequence of the order lower, same, older: the remainder asks for its element when the first part is on its
    // way. (In the older order it waits for it in any case: alloc_io came to ask for REQ_NOWAIT seven years later.)
    if (depth_first) one = submit_bio_block(std::move(one), function);
    submission =
        element_for(stack, device, nowait && depth_first, seq({std::move(one), std::move(submission)}), refused);
  }
  if (depth_first) return submission;
  return seq({submit_bio_block(std::move(submission), function), over({})});
}

}  // namespace dmstall::models
