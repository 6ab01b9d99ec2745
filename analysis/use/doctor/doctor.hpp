// What of the machine and of the installation matters to dmstall: looked up, not judged by trying.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/use/doctor/requirements.hpp"

namespace dmstall::analysis {

struct FoundProgram {
  NeededProgram program;
  std::string path;  ///< empty: it is not in PATH
};

struct FoundFeature {
  Feature feature;
  std::vector<FoundProgram> programs;
  [[nodiscard]] bool complete() const;
};

/// A place where something of the package lies; empty: nothing there.
struct InstalledPart {
  std::string name;  ///< "scenarios", "man page of the program"
  std::string path;
};

struct Doctor {
  std::string version, kernels;
  std::string program;                                    ///< the file that runs
  int processors = 1;                                     ///< that this process may use
  std::optional<std::int64_t> memory_mib, available_mib;  ///< of the machine (/proc/meminfo)
  std::optional<std::int64_t> group_limit_mib;            ///< of the control group (memory.max)
  std::optional<std::int64_t> process_limit_mib;          ///< RLIMIT_AS
  std::int64_t search_mib = 0;                            ///< what a process of a scenario may use by default
  bool sees_its_memory = false;        ///< /proc/self/statm can be read; without it no memory bound is kept
  std::string temporary;               ///< the folder for temporary files; empty: none can be written
  std::optional<std::size_t> columns;  ///< of the terminal on stdout; absent: it is none
  bool colours = false;
  std::vector<InstalledPart> installed;
  std::vector<FoundFeature> features;

  /// The memory that a search can really have, in MiB: the least of what is available and of the limits.
  [[nodiscard]] std::optional<std::int64_t> usable_mib() const;
  /// The bound of a search is above that: the system may end it instead of dmstall.
  [[nodiscard]] bool bound_is_too_high() const;
  /// Nothing that a command of dmstall needs is missing.
  [[nodiscard]] bool well() const;
};

/// Looks. What is about the terminal is left to whoever has it.
[[nodiscard]] Doctor examine();

/// The path of a program in PATH; empty: there is none that may be run.
[[nodiscard]] std::string path_of_program(const std::string& name);

}  // namespace dmstall::analysis
