#include "analysis/cli/plot_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "analysis/cli/terminal.hpp"
#include "analysis/cli/whole_file.hpp"
#include "analysis/use/doctor/doctor.hpp"

namespace dmstall::analysis {

namespace {

namespace fs = std::filesystem;

/// What gnuplot makes of the script. It reads it from a file of its own, so that no shell sees names of the scenario.
std::string drawn(const std::string& script) {
  std::error_code none;
  const fs::path folder = fs::temp_directory_path(none);
  std::string name = ((none ? fs::path("/tmp") : folder) / "dmstall-plot-XXXXXX").string();
  const int descriptor = ::mkstemp(name.data());
  if (descriptor < 0) throw std::runtime_error("no temporary file for the plot can be made");
  const std::unique_ptr<const std::string, void (*)(const std::string*)> removed(
      &name, [](const std::string* path) { ::unlink(path->c_str()); });
  std::FILE* file = ::fdopen(descriptor, "w");
  const bool whole = file != nullptr && std::fwrite(script.data(), 1, script.size(), file) == script.size();
  if (file == nullptr || std::fclose(file) != 0 || !whole)
    throw std::runtime_error("the plot's script could not be written");
  std::FILE* pipe = ::popen(("gnuplot " + name).c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("gnuplot could not be started");
  std::string picture;
  std::vector<char> buffer(65536);
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    picture.append(buffer.data(), n);
  if (::pclose(pipe) != 0 || picture.empty()) throw std::runtime_error("gnuplot failed; its messages are above");
  return picture;
}

}  // namespace

PlotFormat plot_format(const std::string& path) {
  const std::string end = fs::path(path).extension().string();
  if (end == ".gp") return PlotFormat::script;
  if (end != ".svg" && end != ".png")
    throw UsageError(
        fmt::format("--plot takes a file that ends in .svg, .png or .gp (a script for gnuplot), not {}", path));
  if (path_of_program("gnuplot").empty())
    throw UsageError(
        "--plot needs gnuplot, which is not installed (Debian: gnuplot-nox); a file that ends in .gp gets the script "
        "alone");
  return end == ".svg" ? PlotFormat::svg : PlotFormat::png;
}

void write_plot(const Comparison& comparison, const std::string& path) {
  const PlotFormat format = plot_format(path);
  const std::string script = comparison_plot(comparison, format);
  WholeFile file(path);
  file.stream() << (format == PlotFormat::script ? script : drawn(script));
  file.commit();
}

}  // namespace dmstall::analysis
