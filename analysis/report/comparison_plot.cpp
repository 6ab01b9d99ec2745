#include "analysis/report/comparison_plot.hpp"

#include "analysis/report/comparison_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace dmstall::analysis {

namespace {

struct Look {
  const char* verdict;
  const char* colour;
  int point;
};

// Colours that stay apart for people who do not tell red from green; shapes for who sees none.
constexpr std::array<Look, 7> looks = {{{"PROGRESS", "#0072b2", 7}, {"DEADLOCK", "#d55e00", 2}, {"STALL", "#e69f00", 9}, {"LIVELOCK", "#cc79a7", 11},
                                        {"STARVATION", "#cc79a7", 13}, {"INCONCLUSIVE", "#999999", 6}, {"ERROR", "#000000", 3}}};

/// In single quotes of gnuplot.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : c == '\n' || c == '\r' ? " " : std::string(1, c);
  return out + "'";
}

std::string terminal_of(PlotFormat format) {
  switch (format) {
    case PlotFormat::svg: return "set terminal svg size 960,640 noenhanced background '#ffffff' font 'sans,13'\n";
    case PlotFormat::png: return "set terminal pngcairo size 1440,960 noenhanced font 'sans,18'\n";
    case PlotFormat::script: break;
  }
  return "";
}

}  // namespace

std::string comparison_plot(const Comparison& comparison, PlotFormat format) {
  constexpr std::size_t most_labels = 60;
  constexpr double mib = 1024.0 * 1024.0;
  std::string data, plots;
  for (const Look& look : looks) {
    std::string points;
    for (const ComparisonRow& row : comparison.rows) {
      if (row_verdict(row) != look.verdict) continue;
      points += fmt::format("{:.6f} {} {}\n", static_cast<double>(row.memory->bytes) / mib, row.mib_per_s ? row.mib_per_s->median : 0, row.number);
    }
    if (points.empty()) continue;
    data += fmt::format("${} << EOD\n{}EOD\n", look.verdict, points);
    plots += fmt::format("{}${} using 1:2 with points pointtype {} pointsize 1.3 linecolor rgb '{}' title '{}'", plots.empty() ? "plot " : ", \\\n     ", look.verdict, look.point,
                         look.colour, look.verdict);
    if (comparison.rows.size() <= most_labels) {
      plots += fmt::format(", \\\n     ${} using 1:2:3 with labels offset 0,0.9 font ',9' textcolor rgb '{}' notitle", look.verdict, look.colour);
    }
  }
  const bool positive = std::all_of(comparison.rows.begin(), comparison.rows.end(), [](const ComparisonRow& row) { return row.memory->bytes > 0; });
  std::string out = terminal_of(format) + data;
  out += fmt::format("set title {}\n", quoted(fmt::format("{}: numbers are rows; without throughput: not every request completed", comparison.scenario)));
  if (positive) out += "set logscale x 2\n";
  out += "set xlabel 'memory in reserve, MiB'\nset ylabel 'throughput under this memory pressure, MiB/s (relative: no forecast)'\n"
         "set key outside below horizontal\nset grid\nset yrange [0:*]\nset offsets graph 0.03, graph 0.03, graph 0.06, 0\n";
  return out + plots + "\n";
}

}  // namespace dmstall::analysis
