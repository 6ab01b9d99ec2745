#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/digest.hpp"
#include "analysis/report/omissions_text.hpp"
#include "analysis/report/proof_text.hpp"
#include "analysis/report/run_report.hpp"
#include "analysis/verdict/expectations.hpp"
#include "analysis/verdict/result_line.hpp"

namespace dmstall::analysis {

namespace {

constexpr std::size_t threads_shown = 10;
constexpr std::size_t pools_shown = 16;
constexpr std::size_t devices_shown = 12;

/// Whether the stuck who would take what an allocator gives all want a kernel thread.
bool wants_threads_only(const RunReport& report) {
  bool threads = false;
  for (const models::BlockedThread& each : report.stuck.threads) {
    if (each.resource < 0 || static_cast<std::size_t>(each.resource) >= report.machine.resources.size()) continue;
    const models::Resource& wanted = report.machine.resources[static_cast<std::size_t>(each.resource)];
    if (!wanted.soft) continue;
    if (wanted.memory != models::MemoryClass::thread) return false;
    threads = true;
  }
  return threads;
}

std::string headline(const RunReport& report) {
  if (report.error) return "ERROR";
  if (report.verdict == models::VerdictKind::deadlock) {
    if (!report.relieved_by_memory) return "DEADLOCK";
    return wants_threads_only(report) ? "DEADLOCK (while kernel threads cannot be made)"
                                      : "DEADLOCK (while allocations keep failing)";
  }
  return std::string(to_string(report.verdict));
}

const char* colour_of(const RunReport& report) {
  if (report.error) return "\x1b[1;31m";
  switch (report.verdict) {
    case models::VerdictKind::progress:
      return "\x1b[1;32m";
    case models::VerdictKind::inconclusive:
      return "\x1b[1;33m";
    default:
      return "\x1b[1;31m";
  }
}

std::string time_us(double us) {
  if (us < 1000) return fmt::format("{:.1f} us", us);
  if (us < 1e6) return fmt::format("{:.2f} ms", us / 1e3);
  return fmt::format("{:.2f} s", us / 1e6);
}

void add_threads(const RunReport& report, std::string& out) {
  const auto& threads = report.stuck.threads;
  std::size_t width = 0;
  for (std::size_t i = 0; i < std::min(threads.size(), threads_shown); ++i)
    width = std::max(width, threads[i].who.size());
  for (std::size_t i = 0; i < std::min(threads.size(), threads_shown); ++i) {
    const models::BlockedThread& thread = threads[i];
    std::string line = fmt::format("  {:<{}}  waits for  {}", thread.who, width, thread.waits_for);
    if (thread.resource != models::no_resource && thread.capacity > 0)
      line += fmt::format(" ({} of {} free)", thread.available, thread.capacity);
    if (thread.alike > 1) line += fmt::format("   [and {} more like it]", thread.alike - 1);
    out += line + "\n";
    const std::string indent(width + 4, ' ');
    if (!thread.holds.empty()) out += fmt::format("{}holds      {}\n", indent, fmt::join(thread.holds, ", "));
    if (!thread.bio_holds.empty())
      out += fmt::format("{}for        {}, which holds {}\n", indent, thread.bio, fmt::join(thread.bio_holds, ", "));
    if (!thread.held_by.empty()) out += fmt::format("{}held by    {}\n", indent, fmt::join(thread.held_by, ", "));
    if (!thread.functions.empty()) out += fmt::format("{}in         {}\n", indent, thread.functions);
  }
  if (threads.size() > threads_shown)
    out += fmt::format("  … and {} more (--format json lists all)\n", threads.size() - threads_shown);
}

std::string some(std::int64_t n, const char* what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

/// What the witness of the search needs: at least, or where less is not excluded at most.
void add_least(const RunReport& report, std::string& out) {
  const Exploration& search = *report.exploration;
  out += fmt::format("  needs: {}{} in flight{}, {}{}, {}; {}{}\n", search.fewest_requests ? "" : "at most ",
                     some(search.requests, "request"), search.fewest_requests ? "" : " (fewer not excluded)",
                     search.least || !search.fewest_requests ? "" : "at most ", some(search.faults, "fault"),
                     some(search.failures, "failed allocation"), some(search.steps, "step"),
                     search.least ? "" : " (less not excluded)");
  if (search.no_return) {
    const auto step = std::find_if(report.narrative.begin(), report.narrative.end(),
                                   [&](const NarratedStep& each) { return each.number >= *search.no_return; });
    if (step != report.narrative.end())
      out += fmt::format("  point of no return: {}{}\n", search.no_return_exact ? "" : "at or before ", to_text(*step));
  } else {
    out += "  point of no return: with these faults there was never a way for all to complete\n";
  }
  out += fmt::format("  stuck: {}\n", some(report.stuck.requests, "request"));
  out += fmt::format("  relieved by memory: {}\n", report.relieved_by_memory ? "yes" : "no");
  for (const Repair& repair : report.repairs)
    out += fmt::format("  repair, re-checked: {}: {}   [{}]\n", repair.change, repair.outcome, repair.possible);
  if (report.repairs_cut) out += "  further repairs were not looked at: that would take longer than the verdict did\n";
}

void add_search(const RunReport& report, std::string& out) {
  const Exploration& search = *report.exploration;
  // How long it took stands in the JSON: the same question gives the same text.
  out += fmt::format("  searched: {} in {}\n", some(static_cast<std::int64_t>(search.states), "state"),
                     search.searches == 1 ? "1 search" : fmt::format("{} searches", search.searches));
  if (const auto off = switched_off(search.reductions); !off.empty())
    out += fmt::format("  reductions switched off: {}\n", fmt::join(off, ", "));
}

void add_deadlock(const RunReport& report, std::string& out) {
  add_threads(report, out);
  if (!report.stuck.circle.empty())
    out +=
        fmt::format("  circle: {}   kind: {}\n", fmt::join(report.stuck.circle, " -> "), to_string(report.stuck.kind));
  if (report.stuck.circle.empty())
    out += fmt::format("  waited for: {}   kind: {}\n", fmt::join(report.stuck.waited_for, ", "),
                       to_string(report.stuck.kind));
  if (report.exploration && report.exploration->verdict == models::VerdictKind::deadlock) return add_least(report, out);
  if (!report.simulated) {
    out += fmt::format("  stuck: {}\n  relieved by memory: {}\n", some(report.stuck.requests, "request"),
                       report.relieved_by_memory ? "yes" : "no");
    return;
  }
  std::int64_t unfinished = 0, total = 0;
  for (const sim::ClassMetrics& of : report.simulation.classes) {
    unfinished += of.total - of.finished;
    total += of.total;
  }
  out += fmt::format("  stuck: {} request{} at {:.6f} s; {} of {} requests had not finished\n", report.stuck.requests,
                     report.stuck.requests == 1 ? "" : "s", report.simulation.stuck_at_s, unfinished, total);
  out += fmt::format("  relieved by memory: {}\n", report.relieved_by_memory ? "yes" : "no");
}

void add_stalls(const RunReport& report, std::string& out) {
  for (std::size_t i = 0; i < std::min<std::size_t>(report.simulation.stalls.size(), 8); ++i) {
    const sim::Stall& stall = report.simulation.stalls[i];
    out += fmt::format("  stalled from {:.6f} s to {:.6f} s ({:.1f} s, 5 s polls: {}) on {}, then memory came back\n",
                       stall.from_s, stall.to_s, stall.to_s - stall.from_s, stall.polls, stall.resource);
  }
  if (report.simulation.stalls.size() > 8)
    out += fmt::format("  … and {} more stalls\n", report.simulation.stalls.size() - 8);
}

void add_figures(const RunReport& report, std::string& out) {
  const sim::Result& run = report.simulation;
  out += fmt::format("\n  {:<28} {:>12} {:>8} {:>12} {:>10} {:>10} {:>10}\n", "requests", "finished", "errors", "MiB/s",
                     "p50", "p99", "max");
  for (const sim::ClassMetrics& of : run.classes) {
    // Rate and latency are of requests without an error; of none there is nothing to say.
    const bool some_ok = of.latency.count > 0 || of.failed == 0;
    const auto time_of = [&](double us) { return some_ok ? time_us(us) : std::string("-"); };
    out += fmt::format("  {:<28} {:>12} {:>8} {:>12} {:>10} {:>10} {:>10}\n", of.name,
                       fmt::format("{}/{}", of.finished, of.total), of.failed,
                       some_ok ? fmt::format("{:.2f}", of.mib_per_s) : "-", time_of(of.latency.p50_us),
                       time_of(of.latency.p99_us), time_of(of.latency.max_us));
    for (const auto& [cause, count] : of.failed_by)
      out += fmt::format("    ended in an error: {} by {}\n", count, cause);
  }
  if (!run.services.empty()) {
    out += fmt::format("  {:<28} {:>12} {:>8} {:>12} {:>10} {:>10} {:>10}\n", "devices", "I/Os", "", "", "p50", "p99",
                       "max");
    for (std::size_t i = 0; i < std::min(run.services.size(), devices_shown); ++i) {
      const sim::ServiceMetrics& service = run.services[i];
      out += fmt::format("  {:<28} {:>12} {:>8} {:>12} {:>10} {:>10} {:>10}\n", service.device, service.latency.count,
                         "", "", time_us(service.latency.p50_us), time_us(service.latency.p99_us),
                         time_us(service.latency.max_us));
    }
    if (run.services.size() > devices_shown)
      out += fmt::format("  … and {} more devices (--format json lists all)\n", run.services.size() - devices_shown);
  }
  if (!run.devices.empty()) {
    out += fmt::format("  {:<28} {:>12} {:>8} {:>12} {:>10} {:>10} {:>10}\n", "disks", "reads", "writes", "MiB", "p50",
                       "p99", "max");
    for (const sim::DeviceMetrics& device : run.devices) {
      if (device.reads + device.writes + device.flushes == 0) continue;
      out +=
          fmt::format("  {:<28} {:>12} {:>8} {:>12.2f} {:>10} {:>10} {:>10}\n", device.name, device.reads,
                      device.writes, static_cast<double>(device.bytes) / (1024.0 * 1024.0),
                      time_us(device.latency.p50_us), time_us(device.latency.p99_us), time_us(device.latency.max_us));
    }
  }
  // Pools that ran low or made somebody wait come first; the rest is in the JSON.
  std::vector<const sim::ResourceMetrics*> pools;
  for (const sim::ResourceMetrics& metrics : run.resources) {
    const models::Resource& resource = report.machine.resources[static_cast<std::size_t>(metrics.resource)];
    const bool pool =
        resource.soft && resource.kind != models::ResourceKind::thread && resource.capacity + resource.retained > 0;
    if ((pool && metrics.takes > 0) || metrics.waits > 0) pools.push_back(&metrics);
  }
  std::stable_sort(pools.begin(), pools.end(), [](const auto* a, const auto* b) {
    return std::tuple(-a->polls, -a->waits, -a->from_reserve) < std::tuple(-b->polls, -b->waits, -b->from_reserve);
  });
  if (!pools.empty()) {
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
  out += fmt::format(
      "  simulated {:.6f} s in {} steps; 5 s polls: {}; kernel threads at once: {}. Throughput is relative, not a "
      "forecast.\n",
      run.sim_time_s, run.steps, run.polls, run.most_threads);
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

std::string with_faults(const RunReport& report) {
  return report.proof && report.proof->proved && report.verdict == models::VerdictKind::progress
             ? "PROVED"
             : std::string(to_string(report.verdict));
}

}  // namespace

std::string witness_text(const RunReport& report) {
  std::string out;
  std::size_t width = 0;
  for (const NarratedStep& step : report.narrative) width = std::max(width, step.who.size());
  for (const NarratedStep& step : report.narrative) {
    out += fmt::format("  {:>5}  {:<{}}  {}{}\n", step.number, step.who, width, step.what,
                       step.functions.empty() ? "" : fmt::format("   [{}]", step.functions));
  }
  return out.empty() ? out : "\n  witness, step by step\n" + out;
}

std::string run_report_text(const RunReport& report, bool colour) {
  const std::string verdict = headline(report);
  std::string out = colour ? fmt::format("{}{}\x1b[0m  {}\n", colour_of(report), verdict, report.file)
                           : fmt::format("{}  {}\n", verdict, report.file);
  if (report.error) {
    out += fmt::format("  {}\n", *report.error);
    return out + result_line(report) + "\n";
  }
  for (const std::string& assumption : report.assumptions) out += fmt::format("  {}\n", assumption);
  const bool search_is_stuck =
      report.exploration && report.verdict != models::VerdictKind::progress && !report.stuck.threads.empty();
  const bool goes_on =
      report.verdict == models::VerdictKind::livelock || report.verdict == models::VerdictKind::starvation;
  if (report.verdict == models::VerdictKind::deadlock || (search_is_stuck && !goes_on)) add_deadlock(report, out);
  if (goes_on) add_threads(report, out);
  if (!report.simulation.stalls.empty()) add_stalls(report, out);
  out += fmt::format("  {}\n", report.reason);
  if (!report.without_faults.empty()) {
    out += fmt::format("  with these faults: {}   without faults: {}\n", with_faults(report), report.without_faults);
  }
  const auto unmet = unmet_expectations(report);
  if (report.expect) out += unmet.empty() ? "  as the scenario expects\n" : "";
  if (const auto unchecked = unchecked_expectations(report); !unchecked.empty()) {
    out += fmt::format("  not checked by a timed run: {}\n", fmt::join(unchecked, ", "));
  }
  for (const std::string& line : unmet) out += fmt::format("  NOT AS EXPECTED: {}\n", line);
  if (report.proof && report.proof->proved) out += proof_summary(report);
  if (report.exploration) add_search(report, out);
  if (report.simulated) add_figures(report, out);
  if (report.simulated) add_memory(report, out);
  out += omissions_of_a_report(report.omissions, report.verdict);
  return out + result_line(report) + "\n";
}

}  // namespace dmstall::analysis
