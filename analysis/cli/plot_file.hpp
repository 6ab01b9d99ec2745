// Pictures through gnuplot, which is asked for before the work and not after.
#pragma once

#include <string>

#include "analysis/report/comparison_plot.hpp"

namespace dmstall::analysis {

/// By the end of the name: ".svg", ".png", ".gp". Throws UsageError for another, and where a picture needs gnuplot and
/// there is none.
[[nodiscard]] PlotFormat plot_format(const std::string& path);

/// The picture, whole or not at all. Throws std::runtime_error when gnuplot fails.
void write_plot(const Comparison& comparison, const std::string& path);

}  // namespace dmstall::analysis
