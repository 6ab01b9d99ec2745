// Which dmstall this is, for --version and for the headers of machine-readable documents.
#pragma once

#include <string>

namespace dmstall::analysis {

/// "0.1.0", as the build system numbers it.
[[nodiscard]] std::string program_version();

/// The releases that the models follow: "6.1 and 6.12".
[[nodiscard]] std::string modelled_kernels();

}  // namespace dmstall::analysis
