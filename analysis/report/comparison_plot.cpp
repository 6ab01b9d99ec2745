#include "analysis/report/comparison_plot.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "analysis/report/comparison_report.hpp"
#include "analysis/report/fold_text.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

struct Look {
  const char* verdict;
  const char* colour;
  int point;
};

// Colours that stay apart for people who do not tell red from green; shapes for who sees none.
constexpr std::array<Look, 7> looks = {{{"PROGRESS", "#0072b2", 7},
                                        {"DEADLOCK", "#d55e00", 2},
                                        {"STALL", "#e69f00", 9},
                                        {"LIVELOCK", "#cc79a7", 11},
                                        {"STARVATION", "#cc79a7", 13},
                                        {"INCONCLUSIVE", "#999999", 6},
                                        {"ERROR", "#000000", 3}}};

/// In single quotes of gnuplot.
std::string gnuplot_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : c == '\n' || c == '\r' ? " " : std::string(1, c);
  return out + "'";
}

/// In double quotes of gnuplot's data. Longer names would cover each other.
std::string plotted_name(const ComparisonRow& row) {
  constexpr std::size_t most_letters = 40;
  std::string name = row_label(row);
  if (width_of(name) > most_letters) {
    std::size_t end = most_letters - 1;
    while ((static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) --end;  // not within a code point
    name = name.substr(0, end) + "…";
  }
  std::string out;
  for (const char c : models::printable(name)) out += c == '"' ? '\'' : c == '\\' ? '/' : c;
  return out;
}

/// Rows that stand on the same place of the picture have one label: "16, module / 16, device / 2 more".
std::string plotted_names(const std::vector<const ComparisonRow*>& rows) {
  constexpr std::size_t most_names = 3;
  std::string text;
  for (std::size_t i = 0; i < rows.size() && i < most_names; ++i)
    text += (text.empty() ? "" : " / ") + plotted_name(*rows[i]);
  if (rows.size() > most_names) text += fmt::format(" / {} more", rows.size() - most_names);
  return text;
}

double mib_of(const ComparisonRow& row) {
  return static_cast<double>(row.memory->bytes) / (1024.0 * 1024.0);
}
double throughput_of(const ComparisonRow& row) {
  return row.mib_per_s ? row.mib_per_s->median : 0;
}

/// "x y text" per place: rows closer than a label is large share one.
std::string labels_of(const Comparison& comparison) {
  constexpr double across = 24, up = 30;  // labels side by side, and above one another
  double least = 1e300, most = 0, fastest = 0;
  for (const ComparisonRow& row : comparison.rows) {
    least = std::min(least, std::max(mib_of(row), 1e-6));
    most = std::max(most, mib_of(row));
    fastest = std::max(fastest, throughput_of(row));
  }
  const double octaves = std::log2(std::max(most / least, 1.001));
  struct Label {
    double x, y;
    std::vector<const ComparisonRow*> rows;
  };
  std::map<std::pair<int, int>, Label> labels;
  for (const ComparisonRow& row : comparison.rows) {
    const double x = std::log2(std::max(mib_of(row), least) / least) / octaves,
                 y = fastest > 0 ? throughput_of(row) / fastest : 0;
    const auto place = std::pair(static_cast<int>(std::lround(x * across)), static_cast<int>(std::lround(y * up)));
    labels.try_emplace(place, Label{mib_of(row), throughput_of(row), {}}).first->second.rows.push_back(&row);
  }
  std::string text;
  for (const auto& [place, label] : labels)
    text += fmt::format("{:.6f} {} \"{}\"\n", label.x, label.y, plotted_names(label.rows));
  return text;
}

std::string terminal_of(PlotFormat format) {
  switch (format) {
    case PlotFormat::svg:
      return "set terminal svg size 960,640 noenhanced background '#ffffff' font 'sans,13'\n";
    case PlotFormat::png:
      return "set terminal pngcairo size 1440,960 noenhanced font 'sans,18'\n";
    case PlotFormat::script:
      break;
  }
  return "";
}

}  // namespace

std::string comparison_plot(const Comparison& comparison, PlotFormat format) {
  constexpr std::size_t most_labels = 60;
  std::string data, plots;
  for (const Look& look : looks) {
    std::string points;
    for (const ComparisonRow& row : comparison.rows) {
      if (row_verdict(row) == look.verdict) points += fmt::format("{:.6f} {}\n", mib_of(row), throughput_of(row));
    }
    if (points.empty()) continue;
    data += fmt::format("${} << EOD\n{}EOD\n", look.verdict, points);
    plots += fmt::format("{}${} using 1:2 with points pointtype {} pointsize 1.3 linecolor rgb '{}' title '{}'",
                         plots.empty() ? "plot " : ", \\\n     ", look.verdict, look.point, look.colour, look.verdict);
  }
  if (comparison.rows.size() <= most_labels) {
    data += fmt::format("$labels << EOD\n{}EOD\n", labels_of(comparison));
    plots += ", \\\n     $labels using 1:2:3 with labels offset 0,0.9 font ',11' textcolor rgb '#404040' notitle";
  }
  const bool positive = std::all_of(comparison.rows.begin(), comparison.rows.end(),
                                    [](const ComparisonRow& row) { return row.memory->bytes > 0; });
  std::string out = terminal_of(format) + data;
  out += fmt::format("set title {}\n",
                     gnuplot_quoted(fmt::format("{}: {}; without throughput: not every request completed",
                                                comparison.scenario, fmt::join(comparison.keys, ", "))));
  if (positive) out += "set logscale x 2\n";
  out +=
      "set xlabel 'memory in reserve, MiB'\nset ylabel 'throughput under this memory pressure, MiB/s (relative: no "
      "forecast)'\n"
      "set key top right outside vertical\nset grid\nset yrange [0:*]\nset offsets graph 0.03, graph 0.03, graph 0.06, "
      "0\n";
  return out + plots + "\n";
}

}  // namespace dmstall::analysis
