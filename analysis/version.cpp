#include "analysis/version.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/kernel/release/release.hpp"

namespace dmstall::analysis {

std::string program_version() {
  return DMSTALL_VERSION;
}

std::string modelled_kernels() {
  const std::vector<std::string> names = models::release_names();
  return fmt::format("{}", fmt::join(names, names.size() == 2 ? " and " : ", "));
}

}  // namespace dmstall::analysis
