// CIRCLES: all that the stack can get stuck on, as far as that was looked at.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/report/circles_text.hpp"
#include "analysis/report/first_screen.hpp"
#include "analysis/report/reason_text.hpp"

namespace dmstall::analysis {

namespace {

std::string stock_text(const RunReport& report, FoundCircle::Stock stock) {
  const std::string plain = fmt::format("Linux {} without sharing and changes", report.kernel.name());
  switch (stock) {
    case FoundCircle::Stock::stands:
      return fmt::format("; {}: DEADLOCK, too", plain);
    case FoundCircle::Stock::gone:
      return fmt::format("; {}: gone", plain);
    case FoundCircle::Stock::unknown:
      return fmt::format("; {}: not known", plain);
    case FoundCircle::Stock::not_asked:
      break;
  }
  return {};
}

}  // namespace

std::string circle_line(const RunReport& report, const FoundCircle& circle) {
  std::string text = fmt::format("{} ({}): {}, {}, {}", fmt::join(circle.resources, " -> "), to_string(circle.kind),
                                 counted(circle.requests, "request"), counted(circle.faults, "fault"),
                                 counted(circle.failures, "failed allocation"));
  if (!circle.relieved_by_memory) text += ", not ended by memory";
  if (!circle.behind.empty()) text += fmt::format("; once there is enough of {}", fmt::join(circle.behind, ", "));
  return text + stock_text(report, circle.stock);
}

std::string circles_end(const Circles& circles) {
  switch (circles.end) {
    case Circles::End::all:
      return "no others: with these mended every request completes";
    case Circles::End::open:
      return "others are not excluded: a search came to no end, or what is waited for cannot be made plentiful";
    case Circles::End::searches:
      return fmt::format("others are not excluded: stopped after {}", counted(circles.searches, "search"));
    case Circles::End::time:
      return "others are not excluded: out of time (--seconds gives more)";
  }
  return {};
}

ScreenSection circles_section(const RunReport& report) {
  if (report.error || !report.circles) return {};
  ScreenSection section{Label::others, {}};
  for (const FoundCircle& each : report.circles->found)
    section.rows.push_back({circle_line(report, each), section.rows.size() < 3 ? 0 : 2});
  section.rows.push_back({circles_end(*report.circles), 1});
  return section;
}

}  // namespace dmstall::analysis
