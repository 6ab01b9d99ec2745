#include "models/kernel/accounted_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/kernel/page.hpp"
#include "models/kernel/sizes.hpp"

namespace dmstall::models {

namespace {

constexpr std::int64_t kib_per_page = page_bytes / 1024;
constexpr std::int64_t least_min_free_kib = 128, most_min_free_kib = 262144;
constexpr std::int64_t watermark_scale_factor = 10;  // of 10,000 parts of the zone

constexpr std::int64_t thread_bytes = structure("kernel stack").bytes() + structure("struct task_struct").bytes();
constexpr std::int64_t unknown_object_bytes = 256;  // an object of kmalloc: what a task's mempool holds is not said

constexpr double default_dirty_ratio_percent = 20, default_background_ratio_percent = 10;

constexpr std::int64_t swap_cluster_max = 32, max_reclaim_retries = 16;
constexpr std::int64_t dirty_poll_thresh = 32;  // DIRTY_POLL_THRESH: 128 KiB
constexpr double max_pause_s = 0.2;             // MAX_PAUSE: HZ/5
constexpr double throttle_writeback_s = 0.1;    // VMSCAN_THROTTLE_WRITEBACK: HZ/10
constexpr double dirty_writeback_interval_s = 5, dirty_expire_interval_s = 30;
constexpr double create_cooldown_s = 1;  // CREATE_COOLDOWN: HZ
/// Not from the source: kswapd drops clean pages at about 1 GiB/s.
constexpr std::int64_t kswapd_pages_per_ms = 256;

std::int64_t pages_of_mib(const std::optional<std::int64_t>& mib) {
  return mib.value_or(0) * pages_per_mib;
}

std::int64_t min_free_kib(const MemorySettings& memory) {
  return memory.min_free_kib.value_or(derived_min_free_kib(memory.total_mib.value_or(0) * 1024));
}

/// The object that an allocation makes: the first kind of a reserve.
std::int64_t object_bytes(const Resource& resource) {
  const MemoryPart& part = resource.reserves[0];
  return part.what != nullptr && part.per_element && part.bytes > 0 ? part.bytes : unknown_object_bytes;
}

/// The pages that are dirty at the start, divided among the devices by weight; the first ones get what is left over.
std::vector<std::int64_t> divide(std::int64_t pages, const std::vector<std::int64_t>& weights) {
  std::vector<std::int64_t> shares(weights.size(), 0);
  const std::int64_t all = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
  if (all == 0) return shares;
  std::int64_t left = pages;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    shares[i] = static_cast<std::int64_t>(static_cast<double>(pages) * static_cast<double>(weights[i]) /
                                          static_cast<double>(all));
    left -= shares[i];
  }
  for (std::size_t i = 0; left > 0; i = (i + 1) % shares.size()) {
    if (weights[i] == 0) continue;
    ++shares[i];
    --left;
  }
  return shares;
}

std::size_t backing(PageMemory& memory, const std::string& device) {
  auto& known = memory.backings;
  const auto found = std::find(known.begin(), known.end(), device);
  if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
  known.push_back(device);
  return known.size() - 1;
}

std::int64_t pages_of_request(const WorkloadItem& item) {
  return std::max<std::int64_t>(1, item.write_kib / kib_per_page);
}

/// The thread that a class's requests take: the first thread or workers of its flow.
ResourceId submitter(const Machine& machine, const RequestClass& of) {
  for (NodeId at = machine.flow_entry[static_cast<std::size_t>(of.flow)]; at != no_node;) {
    const Node& node = machine.nodes[static_cast<std::size_t>(at)];
    if (node.kind != NodeKind::take) return no_resource;
    const ResourceKind kind = machine.resources[static_cast<std::size_t>(node.resource)].kind;
    if (kind == ResourceKind::thread || kind == ResourceKind::workers) return node.resource;
    at = node.next;
  }
  return no_resource;
}

PageTraffic traffic_of(const Scenario& scenario, const Machine& machine, const RequestClass& of, PageMemory& memory) {
  PageTraffic traffic;
  if (of.device.empty()) return traffic;  // a task
  traffic.thread = submitter(machine, of);
  traffic.pages = 1;
  if (of.name == kswapd_class(of.device)) {
    traffic.use = PageUse::reclaims_file;
    traffic.backing = static_cast<std::int32_t>(backing(memory, of.device));
    return traffic;
  }
  if (of.name == flusher_class(of.device)) {
    traffic.use = PageUse::writes_back;
    traffic.backing = static_cast<std::int32_t>(backing(memory, of.device));
    return traffic;
  }
  const auto item = std::find_if(scenario.workload.begin(), scenario.workload.end(),
                                 [&](const WorkloadItem& each) { return each.name == of.name; });
  if (item == scenario.workload.end()) return traffic;
  traffic.pages = pages_of_request(*item);
  traffic.threads = item->threads;
  if (item->verb == WorkloadVerb::writeback) traffic.use = PageUse::writes_back;
  if (item->verb == WorkloadVerb::write && !item->direct) traffic.use = PageUse::dirties;
  if (item->verb == WorkloadVerb::swap_out) traffic.use = PageUse::swaps_out;
  if (traffic.use == PageUse::writes_back || traffic.use == PageUse::dirties) {
    traffic.backing = static_cast<std::int32_t>(backing(memory, of.device));
  }
  return traffic;
}

}  // namespace

std::string flusher_class(const std::string& device) {
  return "flusher/" + device;
}

std::string kswapd_class(const std::string& device) {
  return "kswapd/" + device;
}

std::int64_t derived_min_free_kib(std::int64_t total_kib) {
  const auto root = static_cast<std::int64_t>(std::floor(std::sqrt(static_cast<double>(total_kib * 16))));
  return std::clamp(root, least_min_free_kib, most_min_free_kib);
}

Watermarks watermarks(std::int64_t total_pages, std::int64_t min_free_kib) {
  Watermarks marks;
  marks.min = min_free_kib / kib_per_page;
  const std::int64_t gap = std::max(marks.min / 4, total_pages * watermark_scale_factor / 10000);
  marks.low = marks.min + gap;
  marks.high = marks.low + gap;
  return marks;
}

ElementCost element_cost(const Resource& resource) {
  ElementCost cost;
  switch (resource.memory) {
    case MemoryClass::thread:
      cost.pages = pages_of(thread_bytes);
      cost.kept = true;  // an idle worker stays for IDLE_WORKER_TIMEOUT, 300 s
      cost.asking = Asking::may_kill;
      return cost;
    case MemoryClass::unpooled:
    case MemoryClass::slab: {
      const std::int64_t bytes = object_bytes(resource);
      cost.per_slab = std::max<std::int64_t>(1, page_bytes / bytes);
      cost.pages = pages_of(bytes);
      break;
    }
    default:
      break;  // a page, of kcopyd or of verity's recheck pool; a buffer of dm-bufio
  }
  if (resource.calls_oom_killer) cost.asking = Asking::may_kill;
  if (resource.kind == ResourceKind::page_pool)
    cost.asking = Asking::never_reclaims;  // __GFP_NOWARN | __GFP_NORETRY | __GFP_KSWAPD_RECLAIM
  if (resource.kind == ResourceKind::buffer_pool)
    cost.asking = Asking::reclaim_then_reserve;  // GFP_NOWAIT, then GFP_NOIO, then the reserve
  return cost;
}

PageMemory accounted_memory(const Scenario& scenario, const Machine& machine) {
  const MemorySettings& memory = scenario.memory;
  PageMemory result;
  std::vector<std::int64_t> weights;
  for (const WorkloadItem& item : scenario.workload) {
    if (item.verb != WorkloadVerb::writeback) continue;
    const std::size_t at = backing(result, item.device);
    weights.resize(result.backings.size(), 0);
    weights[at] += item.requests() * pages_of_request(item);
  }
  for (std::size_t i = 0; i < machine.resources.size(); ++i) {
    if (machine.resources[i].name == kswapd_thread) result.kswapd = static_cast<ResourceId>(i);
    result.costs.push_back(element_cost(machine.resources[i]));
  }
  for (const RequestClass& of : machine.classes) result.traffic.push_back(traffic_of(scenario, machine, of, result));
  for (const Node& node : machine.nodes) {
    if (node.kind != NodeKind::spend || node.spend != SpendKind::dirty_bytes) continue;
    backing(result, scenario.devices[static_cast<std::size_t>(node.device)].name);
  }
  for (const Device& device : scenario.devices) {
    const auto found = std::find(result.backings.begin(), result.backings.end(), device.name);
    result.backing_of.push_back(
        found == result.backings.end() ? -1 : static_cast<std::int32_t>(found - result.backings.begin()));
  }
  weights.resize(result.backings.size(), 0);
  const std::int64_t total = pages_of_mib(memory.total_mib);
  PageCounts& counts = result.at_start;
  counts.unreclaimable = pages_of_mib(memory.unreclaimable_mib);
  counts.clean = pages_of_mib(memory.clean_mib);
  counts.dirty = divide(pages_of_mib(memory.dirty_mib), weights);
  counts.free = total - counts.sum();
  result.marks = watermarks(total, min_free_kib(memory));
  result.dirty_ratio = memory.dirty_ratio_percent.value_or(default_dirty_ratio_percent) / 100;
  result.background_ratio = memory.background_ratio_percent.value_or(default_background_ratio_percent) / 100;
  if (memory.hog) {
    const HogSettings& hog = *memory.hog;
    MemoryHog made;
    if (hog.mib) made.most = *hog.mib * pages_per_mib;
    made.pages_per_s = static_cast<std::int64_t>(hog.mib_per_s * pages_per_mib);
    made.start_s = hog.start_s;
    made.killable = hog.oom_kill;
    made.kill_s = hog.kill_ms / 1000;
    made.again_after_s = hog.again_after_s;
    result.hog = made;
  }
  result.reclaim_batch = swap_cluster_max;
  result.kswapd_pages_per_ms = kswapd_pages_per_ms;
  result.pages_between_pauses = dirty_poll_thresh;
  result.longest_pause_s = max_pause_s;
  result.reclaim_pause_s = throttle_writeback_s;
  result.reclaim_retries = max_reclaim_retries;
  result.flush_interval_s = dirty_writeback_interval_s;
  result.expire_s = dirty_expire_interval_s;
  result.thread_retry_s = create_cooldown_s;
  return result;
}

std::string describe_accounted(const MemorySettings& memory) {
  const Watermarks marks = watermarks(pages_of_mib(memory.total_mib), min_free_kib(memory));
  std::string text = fmt::format(
      "accounted: {} MiB, of it {} unreclaimable, {} dirty, {} clean; watermarks {}/{}/{} KiB",
      memory.total_mib.value_or(0), memory.unreclaimable_mib.value_or(0), memory.dirty_mib.value_or(0),
      memory.clean_mib.value_or(0), marks.min * kib_per_page, marks.low * kib_per_page, marks.high * kib_per_page);
  if (!memory.hog) return text;
  const HogSettings& hog = *memory.hog;
  text += fmt::format("; a hog of {} at {} MiB/s", hog.mib ? fmt::format("{} MiB", *hog.mib) : "all there is",
                      hog.mib_per_s);
  text += hog.oom_kill ? ", OOM-killed" : ", never killed";
  if (hog.oom_kill && hog.again_after_s) text += fmt::format(", back after {} s", *hog.again_after_s);
  return text;
}

}  // namespace dmstall::models
