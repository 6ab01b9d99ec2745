#include "analysis/use/doctor/doctor.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "analysis/use/batch/processes.hpp"
#include "analysis/verdict/bounds.hpp"
#include "analysis/version.hpp"

namespace dmstall::analysis {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t bytes_in_mib = 1 << 20, kib_in_mib = 1 << 10;

/// "MemAvailable:  123456 kB" of /proc/meminfo, in MiB.
std::optional<std::int64_t> meminfo_mib(const std::string& key) {
  std::ifstream in("/proc/meminfo");
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string name;
    std::int64_t kib = 0;
    if (words >> name >> kib && name == key + ":") return kib / kib_in_mib;
  }
  return std::nullopt;
}

/// The least memory.max of this process's control group and those above it (cgroup v2).
std::optional<std::int64_t> group_limit() {
  std::ifstream own("/proc/self/cgroup");
  std::string group;
  for (std::string line; std::getline(own, line);) {
    if (line.rfind("0::", 0) == 0) group = line.substr(3);
  }
  std::optional<std::int64_t> least;
  for (fs::path at = fs::path("/sys/fs/cgroup") / fs::path(group).relative_path(); at != "/sys/fs";
       at = at.parent_path()) {
    std::ifstream in(at / "memory.max");
    std::int64_t bytes = 0;
    if (in >> bytes && (!least || bytes / bytes_in_mib < *least)) least = bytes / bytes_in_mib;
    if (at == at.parent_path()) break;
  }
  return least;
}

std::optional<std::int64_t> address_space_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return static_cast<std::int64_t>(limit.rlim_cur / static_cast<rlim_t>(bytes_in_mib));
}

std::string writable_temporary() {
  std::error_code error;
  const fs::path folder = fs::temp_directory_path(error);
  return !error && ::access(folder.c_str(), W_OK | X_OK) == 0 ? folder.string() : "";
}

/// Where the package puts its parts, seen from the program: PREFIX/bin/dmstall.
std::vector<InstalledPart> installed_parts(const fs::path& program) {
  const fs::path share = program.parent_path().parent_path() / "share";
  const std::vector<std::pair<std::string, std::vector<fs::path>>> parts = {
      {"scenarios", {share / "dmstall/scenarios", "scenarios"}},
      {"man page of the program", {share / "man/man1/dmstall.1", share / "man/man1/dmstall.1.gz"}},
      {"man page of scenario files", {share / "man/man5/dmstall-scenario.5", share / "man/man5/dmstall-scenario.5.gz"}},
      {"completion for bash", {share / "bash-completion/completions/dmstall"}},
      {"completion for zsh", {share / "zsh/vendor-completions/_dmstall"}},
      {"completion for fish", {share / "fish/vendor_completions.d/dmstall.fish"}},
  };
  std::vector<InstalledPart> found;
  for (const auto& [name, places] : parts) {
    InstalledPart& part = found.emplace_back(InstalledPart{name, {}});
    for (const fs::path& place : places) {
      std::error_code error;
      if (part.path.empty() && fs::exists(place, error)) part.path = place.string();
    }
  }
  return found;
}

}  // namespace

bool FoundFeature::complete() const {
  return std::none_of(programs.begin(), programs.end(), [](const FoundProgram& each) { return each.path.empty(); });
}

std::optional<std::int64_t> Doctor::usable_mib() const {
  std::optional<std::int64_t> least;
  for (const auto& each : {available_mib, group_limit_mib, process_limit_mib}) {
    if (each && (!least || *each < *least)) least = each;
  }
  return least;
}

bool Doctor::bound_is_too_high() const {
  const std::optional<std::int64_t> usable = usable_mib();
  return usable && *usable < search_mib;
}

bool Doctor::well() const {
  return sees_its_memory && !temporary.empty() &&
         std::all_of(features.begin(), features.end(),
                     [](const FoundFeature& each) { return each.feature.by != NeededBy::command || each.complete(); });
}

std::string path_of_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path place = fs::path(folder.empty() ? "." : folder) / name;
    std::error_code error;
    if (fs::is_regular_file(place, error) && ::access(place.c_str(), X_OK) == 0) return place.string();
  }
  return {};
}

Doctor examine() {
  Doctor found;
  found.version = program_version();
  found.kernels = modelled_kernels();
  std::error_code error;
  found.program = fs::read_symlink("/proc/self/exe", error).string();
  found.processors = default_parallel();
  found.memory_mib = meminfo_mib("MemTotal");
  found.available_mib = meminfo_mib("MemAvailable");
  found.group_limit_mib = group_limit();
  found.process_limit_mib = address_space_limit();
  found.search_mib = default_process_memory_mib;
  found.sees_its_memory = ::access("/proc/self/statm", R_OK) == 0;
  found.temporary = writable_temporary();
  found.installed = installed_parts(found.program);
  for (const Feature& feature : features()) {
    FoundFeature& each = found.features.emplace_back(FoundFeature{feature, {}});
    for (const NeededProgram& program : feature.programs)
      each.programs.push_back({program, path_of_program(program.name)});
  }
  return found;
}

}  // namespace dmstall::analysis
