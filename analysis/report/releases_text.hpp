// The releases that the models follow, and the changes between them and beside them.
#pragma once

#include <string>

namespace dmstall::analysis {

/// `dmstall show releases`.
[[nodiscard]] std::string releases_text();

}  // namespace dmstall::analysis
