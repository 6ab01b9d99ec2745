// PROOF, EXHAUSTED, COMPLETED, OPEN, EXPECTED, ASSUMED, SEARCHED and RAN: what a verdict rests on.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "analysis/report/expectation_text.hpp"
#include "analysis/report/first_screen.hpp"
#include "analysis/report/omissions_text.hpp"
#include "analysis/report/proof_text.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/verdict/expectations.hpp"
#include "models/machine/unpooled_site.hpp"

namespace dmstall::analysis {

namespace {

using models::VerdictKind;

constexpr std::size_t most_classes = 4;
constexpr std::size_t most_on = 4;

bool begins_with(const std::string& text, std::string_view with) {
  return text.rfind(with, 0) == 0;
}

/// "completed_exception of snap (GFP_NOIO)"
std::string site_text(const models::FoldedSite& of) {
  const auto end = of.devices.begin() + static_cast<std::ptrdiff_t>(std::min(of.devices.size(), most_on));
  std::string on = fmt::format("{}", fmt::join(of.devices.begin(), end, ", "));
  if (of.devices.size() > most_on) on += fmt::format(" and {} more", of.devices.size() - most_on);
  return fmt::format("{} of {} ({})", of.site.what, on, of.site.gfp);
}

/// What the machine has without a pool, each by its name.
std::string unpooled_text(const RunReport& report, const std::string& assumption) {
  std::vector<std::string> sites;
  for (const models::FoldedSite& each : models::fold_sites(report.machine.unpooled_sites))
    sites.push_back(site_text(each));
  const std::size_t comma = assumption.find(", ");
  const std::string fate = comma == std::string::npos ? "" : assumption.substr(comma + 2);
  return fmt::format("without a pool, {}: {}", fate, fmt::join(sites, ", "));
}

std::string omissions_text(const RunReport& report) {
  std::vector<std::string> ids;
  for (const models::Omission& each : report.omissions) {
    if (could_matter(each, report.verdict)) ids.push_back(each.id);
  }
  if (ids.empty()) return {};
  const char* effect = report.verdict == VerdictKind::progress       ? "left out, could turn it into a DEADLOCK: "
                       : report.verdict == VerdictKind::inconclusive ? "left out, could matter: "
                                                                     : "left out, could turn it into PROGRESS: ";
  return effect + fmt::format("{}", fmt::join(ids, ", "));
}

std::string in_time(double us) {
  if (us < 1000) return fmt::format("{:.1f} us", us);
  if (us < 1e6) return fmt::format("{:.2f} ms", us / 1e3);
  return fmt::format("{:.2f} s", us / 1e6);
}

std::string class_text(const sim::ClassMetrics& of) {
  std::string text = fmt::format("{} {} of {}", of.name, of.finished, of.total);
  if (of.failed > 0) text += fmt::format(", {}", counted(of.failed, "error"));
  if (of.latency.count == 0) return text + (of.finished > 0 ? ", none without an error" : "");
  if (of.bytes > 0) text += fmt::format(", {:.2f} MiB/s", of.mib_per_s);
  return text + fmt::format(", p50 {}, p99 {}, max {}", in_time(of.latency.p50_us), in_time(of.latency.p99_us),
                            in_time(of.latency.max_us));
}

}  // namespace

ScreenSection ground_section(const RunReport& report) {
  if (report.error) return {};
  if (report.verdict == VerdictKind::inconclusive) {
    ScreenSection section{Label::open, {{reason_text(report), 0}}};
    if (report.exploration && report.exploration->exhausted_requests > 0)
      section.rows.push_back({fmt::format("no stuck set with up to {} in flight",
                                          counted(report.exploration->exhausted_requests, "request")),
                              1});
    if (const std::string why = why_not_proved(report); !why.empty() && report.exploration)
      section.rows.push_back({"no proof: " + why, 2});
    return section;
  }
  if (report.verdict != VerdictKind::progress) return {};
  if (!report.proves()) {
    const bool searched = report.exploration && report.exploration->verdict == VerdictKind::progress;
    ScreenSection section{searched ? Label::exhausted : Label::completed, {{reason_text(report), 0}}};
    if (!searched) section.rows.push_back({"one run is one schedule: it says nothing about the others", 1});
    if (const std::string why = why_not_proved(report); !why.empty()) section.rows.push_back({"no proof: " + why, 2});
    return section;
  }
  ScreenSection section{Label::proof, {{to_text(report.reasons.front()), 0}}};
  section.rows.push_back({"covers any schedule, the memory and the faults below, any number of kernel threads", 1});
  if (const std::string waits = order_of_waits(report); !waits.empty())
    section.rows.push_back({"who holds one waits only for those behind it: " + waits, 7});
  return section;
}

ScreenSection expected_section(const RunReport& report) {
  ScreenSection section{Label::expected, {}};
  if (report.error) return section;
  for (const std::string& line : unmet_lines(report))
    section.rows.push_back({"NOT AS EXPECTED: " + line, section.rows.size() < 2 ? 0 : 2});
  if (const auto unchecked = unchecked_expectations(report); !unchecked.empty())
    section.rows.push_back({fmt::format("not checked by a timed run: {}", fmt::join(unchecked, ", ")), 3});
  return section;
}

ScreenSection assumed_section(const RunReport& report) {
  ScreenSection section{Label::assumed, {}};
  if (report.error) return section;
  std::string memory, rest;
  std::vector<ScreenRow> others;
  for (const std::string& each : report.assumptions) {
    if (begins_with(each, "memory: ")) {
      memory = each;
    } else if (begins_with(each, "faults: ")) {
      rest += (rest.empty() ? "" : "; ") + each;
      if (report.without_faults) rest += fmt::format(" (without them: {})", to_text(*report.without_faults));
    } else if (begins_with(each, "kernel: ")) {
      rest = each.substr(8) + (rest.empty() ? "" : "; " + rest);
    } else if (begins_with(each, "unpooled allocations")) {
      others.push_back({unpooled_text(report, each), 1});
    } else if (!begins_with(each, "no pool: ")) {
      others.push_back({each, 3});
    }
  }
  if (!memory.empty() && !rest.empty()) memory += "; ";
  if (!memory.empty() || !rest.empty()) section.rows.push_back({memory + rest, 0});
  section.rows.insert(section.rows.end(), others.begin(), others.end());
  if (const std::string left_out = omissions_text(report); !left_out.empty()) section.rows.push_back({left_out, 1});
  return section;
}

ScreenSection searched_section(const RunReport& report) {
  ScreenSection section{Label::searched, {}};
  if (report.error) return section;
  std::string text;
  const auto add = [&](const std::string& what) {
    if (!what.empty()) text += (text.empty() ? "" : "; ") + what;
  };
  const bool stuck = report.verdict == VerdictKind::deadlock || report.verdict == VerdictKind::stall;
  if (report.exploration) {
    const Exploration& of = *report.exploration;
    add(counted(static_cast<std::int64_t>(of.states), "state") +
        (of.searches == 1 ? "" : fmt::format(" in {} searches", of.searches)));
    if (stuck && report.found_by == Engine::explore)
      add(fmt::format("witness of {} replayed; kind {}", counted(report.witness_steps, "step"),
                      to_string(report.stuck.kind)));
  } else if (report.proves()) {
    add("nothing: the proof covers every schedule");
  }
  if (stuck && !(report.exploration && report.found_by == Engine::explore)) add(reason_text(report));
  if (report.expect && unmet_lines(report).empty()) add("as expected");
  if (!text.empty()) section.rows.push_back({text, 0});
  if (report.verdict == VerdictKind::deadlock && report.found_by == Engine::explore && !report.circles)
    section.rows.push_back({"what else the stack can get stuck on was not looked for (--circles)", 3});
  if (report.exploration) {
    if (const auto off = switched_off(report.exploration->reductions); !off.empty())
      section.rows.push_back({fmt::format("reductions switched off: {}", fmt::join(off, ", ")), 2});
  }
  return section;
}

ScreenSection ran_section(const RunReport& report) {
  ScreenSection section{Label::ran, {}};
  if (report.error || !report.simulated) return section;
  const sim::Result& run = report.simulation;
  section.rows.push_back({fmt::format("in time, seed {}: {:.6f} s simulated in {}", report.seed, run.sim_time_s,
                                      counted(run.steps, "step")),
                          5});
  for (std::size_t i = 0; i < std::min(run.classes.size(), most_classes); ++i)
    section.rows.push_back({class_text(run.classes[i]), 6});
  if (run.classes.size() > most_classes)
    section.rows.push_back({fmt::format("and {} more classes of requests", run.classes.size() - most_classes), 7});
  return section;
}

}  // namespace dmstall::analysis
