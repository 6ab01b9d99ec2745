#include "models/kernel/submitter.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/kernel/bio_row.hpp"
#include "models/kernel/machine_bio_sets.hpp"
#include "models/kernel/steps.hpp"

namespace dmstall::models {

namespace {

constexpr FlowRole submitted_row{"a request as the bios of its submitter"};

/// Several requests of one thread at the same time: the thread cannot sleep in any of them.
bool is_asynchronous(const WorkloadItem& item) {
  return item.aio || item.threads < item.in_flight;
}

BioRow direct_row(Stack& stack, const WorkloadItem& item, const Io& io) {
  BioRow row;
  row.bios = bios_of(io.bytes, largest_bio_bytes, no_resource, "bio_alloc < __blkdev_direct_IO");
  row.put = "bio_put < blkdev_bio_end_io";
  row.submitted = "submit_bio < __blkdev_direct_IO";
  const bool several = row.bios.size() > 1;
  if (!several && !is_asynchronous(item)) {
    row.submitted = "submit_bio_wait < __blkdev_direct_IO_simple";
    return row;
  }
  OwnBio& first = row.bios.front();
  first.set = blkdev_dio_pool(stack);
  first.held_to_the_end = several;
  if (several) {
    first.taken = "bio_alloc_bioset < __blkdev_direct_IO";
    for (std::size_t i = 1; i < row.bios.size(); ++i) row.bios[i].set = fs_bio_set(stack);
    return row;
  }
  first.taken = "bio_alloc_bioset < __blkdev_direct_IO_async";
  row.submitted = "submit_bio < __blkdev_direct_IO_async";
  row.put = "bio_put < blkdev_bio_end_io_async";
  return row;
}

BioRow range_row(Stack& stack, const WorkloadItem& item, const Io& io) {
  const DeviceIndex device = stack.index_of(item.device);
  const ResourceId set = fs_bio_set(stack);
  BioRow row;
  row.next_before_submit = true;
  row.put = "bio_put < __bio_chain_endio";
  switch (io.op) {
    case IoOp::discard:
      row.submitted = "blk_next_bio < __blkdev_issue_discard";
      row.waited = "submit_bio_wait < blkdev_issue_discard";
      row.bios = discard_bios(io.bytes, target_discard_granularity(stack, device), set, "bio_alloc < " + row.submitted);
      break;
    case IoOp::write_zeroes:
      row.submitted = "blk_next_bio < __blkdev_issue_write_zeroes";
      row.waited = "submit_bio_wait < blkdev_issue_zeroout";
      row.bios = bios_of(io.bytes, target_write_zeroes_bytes(stack, device), set, "bio_alloc < " + row.submitted);
      break;
    default:
      row.submitted = "blk_next_bio < __blkdev_issue_zero_pages";
      row.waited = "submit_bio_wait < blkdev_issue_zeroout";
      row.bios = bios_of(io.bytes, largest_bio_bytes, set, "bio_alloc < " + row.submitted);
  }
  // The caller waits for the last one, in which all before it end, and puts it.
  row.bios.back().held_to_the_end = true;
  return row;
}

BioRow row_of(Stack& stack, const WorkloadItem& item, const Io& io, bool by_kswapd) {
  const auto of_fs_bio_set = [&](const std::string& taken, const std::string& submitted, const std::string& put) {
    BioRow row;
    row.bios = bios_of(io.bytes, largest_bio_bytes, fs_bio_set(stack), taken);
    row.submitted = submitted;
    row.put = put;
    return row;
  };
  const std::string by_page = "bio_put < end_bio_bh_io_sync";
  if (by_kswapd && item.verb == WorkloadVerb::writeback) {
    const std::string path = "blkdev_writepage < pageout < shrink_folio_list < kswapd";
    return of_fs_bio_set("bio_alloc < submit_bh_wbc < " + path, "submit_bio < " + path, by_page);
  }
  switch (item.verb) {
    case WorkloadVerb::writeback:
      return of_fs_bio_set("bio_alloc < submit_bh_wbc < do_writepages < wb_workfn",
                           "submit_bio < do_writepages < wb_workfn", by_page);
    case WorkloadVerb::swap_in:
      return of_fs_bio_set("bio_alloc < swap_readpage < do_swap_page", "submit_bio < swap_readpage < do_swap_page",
                           "bio_put < end_swap_bio_read");
    case WorkloadVerb::discard:
    case WorkloadVerb::zero_out:
      return range_row(stack, item, io);
    case WorkloadVerb::swap_out:
      return of_fs_bio_set("bio_alloc < __swap_writepage < shrink_folio_list < kswapd",
                           "submit_bio < __swap_writepage < shrink_folio_list < kswapd",
                           "bio_put < end_swap_bio_write");
    case WorkloadVerb::read:
      if (item.direct) break;
      return of_fs_bio_set("bio_alloc < mpage_readahead < blkdev_readahead < filemap_read",
                           "submit_bio < mpage_readahead < filemap_read", "bio_put < mpage_end_io");
    case WorkloadVerb::write:
      if (item.direct) break;
      return of_fs_bio_set("bio_alloc < submit_bh_wbc < blkdev_writepage < do_writepages",
                           "submit_bio < submit_bh_wbc < do_writepages", by_page);
    default:
      break;
  }
  return direct_row(stack, item, io);
}

}  // namespace

std::vector<OwnBio> discard_bios(std::int64_t bytes, std::int64_t granularity, ResourceId set,
                                 const std::string& taken) {
  constexpr std::int64_t most = UINT32_MAX;  // rounded down to the unit: blk-lib.c:bio_discard_limit
  const std::int64_t unit = granularity == 0 ? sector_bytes : granularity;
  std::vector<OwnBio> bios;
  // A range that begins within a unit is first cut where the unit ends.
  const bool unaligned = granularity == 0 || bytes % unit != 0;
  if (unaligned && bytes > sector_bytes) {
    const std::int64_t first = std::min(bytes - sector_bytes, std::max<std::int64_t>(sector_bytes, unit / 2));
    bios.push_back({set, first, taken});
    bytes -= first;
  }
  const std::vector<OwnBio> rest = bios_of(bytes, most / unit * unit, set, taken);
  bios.insert(bios.end(), rest.begin(), rest.end());
  return bios;
}

FlowId submission(Stack& stack, const WorkloadItem& item, const Io& io, bool by_kswapd) {
  const DeviceIndex device = stack.index_of(item.device);
  if (io.op == IoOp::flush) return stack.flow(device, io);
  const BioRow row = row_of(stack, item, io, by_kswapd);
  if (row.bios.size() == 1 && row.bios.front().set == no_resource) return stack.flow(device, io);
  const AskedIo asked = stack.asked(device, io);
  return stack.flow(
      {.role = &submitted_row, .device = device, .asked = {asked}, .function = stack.function_id(row.submitted)},
      [&] { return fmt::format("{}: {}", row.submitted, stack.describe(asked)); },
      [&] { return submit_row(stack, device, io, row, [](Status status) { return finish(status); }); });
}

}  // namespace dmstall::models
