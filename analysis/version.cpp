#include "analysis/version.hpp"

#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

std::string program_version() {
  return DMSTALL_VERSION;
}

std::string modelled_kernel() {
  return models::KernelSettings{}.release;
}

}  // namespace dmstall::analysis
