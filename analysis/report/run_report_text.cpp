#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/details_text.hpp"
#include "analysis/report/first_screen.hpp"
#include "analysis/report/fold_text.hpp"
#include "analysis/report/proof_text.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/result_line.hpp"
#include "analysis/report/run_report.hpp"
#include "analysis/report/steps_text.hpp"

namespace dmstall::analysis {

namespace {

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

/// Verdict and file, on a line each where one has no room for both.
std::string first_lines(const RunReport& report, const TextOptions& options, std::size_t width) {
  const std::string verdict = headline(report);
  const bool fits = width_of(verdict) + 2 + width_of(report.file) <= width;
  const std::string shown = options.colour ? fmt::format("{}{}\x1b[0m", colour_of(report), verdict) : verdict;
  return fmt::format("{}{}{}\n", shown, fits ? "  " : "\n  ", report.file);
}

}  // namespace

std::string run_report_text(const RunReport& report, const TextOptions& options) {
  const std::size_t width = std::max(options.width, least_width);
  std::string out = first_lines(report, options, width);
  if (report.error) return out + fmt::format("  {}\n", error_text(report)) + result_line(report) + "\n";
  const auto used = static_cast<std::size_t>(std::count(out.begin(), out.end(), '\n')) + 1;
  for (const std::string& line : screen_lines(first_screen(report, options), width, first_screen_lines - used))
    out += line + "\n";
  if (options.steps) out += steps_text(report, width) + proof_text(report);
  if (options.details) out += "\n  details\n" + details_text(report);
  return out + result_line(report) + "\n";
}

}  // namespace dmstall::analysis
