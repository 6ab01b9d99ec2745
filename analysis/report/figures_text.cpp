#include "analysis/report/figures_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <vector>

namespace dmstall::analysis {

namespace {

constexpr std::size_t pools_shown = 16;
constexpr std::size_t devices_shown = 12;

std::string time_us(double us) {
  if (us < 1000) return fmt::format("{:.1f} us", us);
  if (us < 1e6) return fmt::format("{:.2f} ms", us / 1e3);
  return fmt::format("{:.2f} s", us / 1e6);
}

void add_requests(const sim::Result& run, std::string& out) {
  out += fmt::format("\n  {:<28} {:>12} {:>8} {:>12} {:>10} {:>10} {:>10}\n", "requests", "finished", "errors", "MiB/s",
                     "p50", "p99", "max");
  for (const sim::ClassMetrics& of : run.classes) {
    // Rate and latency are of requests without an error; of none there is nothing to say.
    const bool some_ok = of.latency.count > 0;
    const auto time_of = [&](double us) { return some_ok ? time_us(us) : std::string("-"); };
    out += fmt::format("  {:<28} {:>12} {:>8} {:>12} {:>10} {:>10} {:>10}\n", of.name,
                       fmt::format("{}/{}", of.finished, of.total), of.failed,
                       some_ok ? fmt::format("{:.2f}", of.mib_per_s) : "-", time_of(of.latency.p50_us),
                       time_of(of.latency.p99_us), time_of(of.latency.max_us));
    for (const auto& [cause, count] : of.failed_by)
      out += fmt::format("    ended in an error: {} by {}\n", count, cause);
  }
}

void add_devices(const sim::Result& run, std::string& out) {
  if (run.services.empty()) return;
  out += fmt::format("  {:<28} {:>12} {:>8} {:>12} {:>10} {:>10} {:>10}\n", "devices", "I/Os", "", "", "p50", "p99",
                     "max");
  for (std::size_t i = 0; i < std::min(run.services.size(), devices_shown); ++i) {
    const sim::ServiceMetrics& service = run.services[i];
    out += fmt::format("  {:<28} {:>12} {:>8} {:>12} {:>10} {:>10} {:>10}\n", service.device, service.latency.count, "",
                       "", time_us(service.latency.p50_us), time_us(service.latency.p99_us),
                       time_us(service.latency.max_us));
  }
  if (run.services.size() > devices_shown)
    out += fmt::format("  … and {} more devices (--format json lists all)\n", run.services.size() - devices_shown);
}

void add_disks(const sim::Result& run, std::string& out) {
  if (run.devices.empty()) return;
  out += fmt::format("  {:<28} {:>12} {:>8} {:>12} {:>10} {:>10} {:>10}\n", "disks", "reads", "writes", "MiB", "p50",
                     "p99", "max");
  for (const sim::DeviceMetrics& device : run.devices) {
    if (device.reads + device.writes + device.flushes == 0) continue;
    out += fmt::format("  {:<28} {:>12} {:>8} {:>12.2f} {:>10} {:>10} {:>10}\n", device.name, device.reads,
                       device.writes, static_cast<double>(device.bytes) / (1024.0 * 1024.0),
                       time_us(device.latency.p50_us), time_us(device.latency.p99_us), time_us(device.latency.max_us));
  }
}

/// Pools that ran low or made somebody wait come first; the rest is in the JSON.
std::vector<const sim::ResourceMetrics*> pools_by_want(const RunReport& report) {
  std::vector<const sim::ResourceMetrics*> pools;
  for (const sim::ResourceMetrics& metrics : report.simulation.resources) {
    const models::Resource& resource = report.machine.resources[static_cast<std::size_t>(metrics.resource)];
    const bool pool =
        resource.soft && resource.kind != models::ResourceKind::thread && resource.capacity + resource.retained > 0;
    if ((pool && metrics.takes > 0) || metrics.waits > 0) pools.push_back(&metrics);
  }
  std::stable_sort(pools.begin(), pools.end(), [](const auto* a, const auto* b) {
    return std::tuple(-a->polls, -a->waits, -a->from_reserve) < std::tuple(-b->polls, -b->waits, -b->from_reserve);
  });
  return pools;
}

void add_pools(const RunReport& report, std::string& out) {
  const std::vector<const sim::ResourceMetrics*> pools = pools_by_want(report);
  if (pools.empty()) return;
  out += fmt::format("  {:<36} {:>6} {:>8} {:>10} {:>10} {:>8} {:>8} {:>10}\n", "pools", "size", "lowest", "takes",
                     "reserve", "waits", "polls", "longest");
  for (std::size_t i = 0; i < std::min(pools.size(), pools_shown); ++i) {
    const sim::ResourceMetrics& pool = *pools[i];
    out += fmt::format("  {:<36} {:>6} {:>8} {:>10} {:>10} {:>8} {:>8} {:>10}\n", pool.name, pool.capacity,
                       pool.lowest_free, pool.takes, pool.from_reserve, pool.waits, pool.polls,
                       time_us(pool.longest_wait_s * 1e6));
  }
  if (pools.size() > pools_shown)
    out += fmt::format("  … and {} more pools (--format json lists all)\n", pools.size() - pools_shown);
}

std::string mib(std::int64_t pages) {
  return fmt::format("{:.2f} MiB", static_cast<double>(pages) / 256);
}

/// Accounted memory: how short it was, and what was done about it.
void add_memory(const RunReport& report, std::string& out) {
  if (!report.simulation.memory) return;
  const sim::MemoryMetrics& memory = *report.simulation.memory;
  out += fmt::format("  longest request: {}\n", time_us(report.simulation.longest_request_s * 1e6));
  out +=
      fmt::format("  memory: lowest free {} (min {}); {:.3f} s at or below min; attempts refused: {}; OOM kills: {}\n",
                  mib(memory.lowest_free), mib(memory.marks.min), memory.below_min_s, memory.refused, memory.oom_kills);
  out += fmt::format("          reclaimed: {} directly, {} by kswapd; dirtied {}, written back {}, swapped {}\n",
                     mib(memory.reclaimed_directly), mib(memory.reclaimed_by_kswapd), mib(memory.dirtied),
                     mib(memory.written), mib(memory.swapped));
  if (memory.throttled_s > 0 || memory.waited_for_memory_s > 0) {
    out += fmt::format("          writers slept {:.3f} s above the dirty limits, {:.3f} s for want of memory\n",
                       memory.throttled_s, memory.waited_for_memory_s);
  }
  const models::PageCounts& end = memory.at_end;
  out += fmt::format(
      "          at the end: {} free, {} clean, {} dirty, {} under writeback, {} of the hog, {} of pools, {} "
      "unreclaimable\n",
      mib(end.free), mib(end.clean), mib(end.all_dirty()), mib(end.writeback), mib(end.hog), mib(end.pools),
      mib(end.unreclaimable));
}

}  // namespace

std::string figures_text(const RunReport& report) {
  const sim::Result& run = report.simulation;
  std::string out;
  add_requests(run, out);
  add_devices(run, out);
  add_disks(run, out);
  add_pools(report, out);
  out += fmt::format(
      "  simulated {:.6f} s in {} steps; 5 s polls: {}; kernel threads at once: {}. Throughput is relative, not a "
      "forecast.\n",
      run.sim_time_s, run.steps, run.polls, run.most_threads);
  add_memory(report, out);
  return out;
}

}  // namespace dmstall::analysis
