// A comparison as a picture: bytes in reserve against throughput, the verdict as colour. Drawn by gnuplot.
#pragma once

#include <string>

#include "analysis/use/compare/comparison.hpp"

namespace dmstall::analysis {

enum class PlotFormat : std::uint8_t { svg, png, script };

/// A script for gnuplot 5 with the data in it, which draws to its standard output (a `script`: to the terminal that is
/// set). Rows that did not complete have no throughput and stand on the axis. Requires: there were timed runs.
[[nodiscard]] std::string comparison_plot(const Comparison& comparison, PlotFormat format);

}  // namespace dmstall::analysis
