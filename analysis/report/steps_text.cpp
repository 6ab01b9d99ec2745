#include "analysis/report/steps_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/fold_text.hpp"
#include "analysis/report/screen.hpp"

namespace dmstall::analysis {

namespace {

constexpr std::size_t widest_name = 30;

std::string padded(const std::string& text, std::size_t width) {
  const std::string shown = cut_to(text, width);
  return shown + std::string(width - width_of(shown), ' ');
}

std::string innermost(const std::string& functions) {
  return functions.substr(0, functions.find(" < "));
}

/// "     61  kverityd/upper  takes 1 verity.recheck_pool from the reserve (0 of 1 left)   [verity_recheck]"
std::string line_of(const std::string& number, char mark, const std::string& who, std::size_t who_width,
                    const std::string& what, const std::string& functions, std::size_t width) {
  const std::string begin = fmt::format("  {:>5}{} {}  ", number, mark, padded(who, who_width));
  const std::string end = functions.empty() ? std::string() : fmt::format("  [{}]", innermost(functions));
  std::string line = begin + what;
  // "takes", and not "allocates", says that it comes from the reserve.
  const std::size_t reserve = line.find(" from the reserve (");
  if (reserve != std::string::npos && width_of(line) + width_of(end) > width)
    line.erase(reserve, std::string(" from the reserve").size());
  return (width_of(line) + width_of(end) <= width ? line + end : cut_to(line, width)) + "\n";
}

std::string waits_of(const models::BlockedThread& thread) {
  if (thread.goes_round) return "goes round without end";
  std::string text = thread.in_call ? fmt::format("waits for \"{}\"", thread.waits_for)
                                    : fmt::format("waits for {}", thread.waits_for);
  if (thread.resource != models::no_resource && thread.capacity > 0)
    text += fmt::format(" ({} of {} free)", thread.available, thread.capacity);
  text += fmt::format(", since step {}", thread.since_step);
  if (thread.alike > 1) text += fmt::format("; {} more like it", thread.alike - 1);
  return text;
}

}  // namespace

std::string steps_text(const RunReport& report, std::size_t width) {
  if (report.narrative.empty()) return {};
  std::size_t who_width = 0;
  for (const NarratedStep& step : report.narrative) who_width = std::max(who_width, width_of(step.who));
  for (const models::BlockedThread& thread : report.stuck.threads)
    who_width = std::max(who_width, width_of(thread.who));
  who_width = std::min({who_width, widest_name, width / 3});
  const auto decided = static_cast<std::int64_t>(
      report.exploration && report.exploration->no_return ? *report.exploration->no_return : 0);
  std::string out = "\n  steps of the witness\n";
  for (const NarratedStep& step : report.narrative) {
    const char mark = step.number == decided                                                                ? '*'
                      : report.round_from > 0 && static_cast<std::size_t>(step.number) == report.round_from ? '>'
                                                                                                            : ' ';
    out += line_of(fmt::format("{}", step.number), mark, step.who, who_width, step.what, step.functions, width);
  }
  for (const models::BlockedThread& thread : report.stuck.threads)
    out += line_of("end", ' ', thread.who, who_width, waits_of(thread), thread.functions, width);
  if (decided > 0) {
    out += fmt::format("  * point of no return: {}the step after which not all can complete any more\n",
                       report.exploration->no_return_exact ? "" : "at or before ");
  }
  if (report.round_from > 0) out += fmt::format("  > from here to step {} all repeats\n", report.narrative.size());
  return out;
}

}  // namespace dmstall::analysis
