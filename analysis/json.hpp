// JSON as the analysis reads and writes it: the one place that includes the library. Documents for people keep the
// order of their keys; what goes through a pipe between two processes is plain nlohmann::json.
#pragma once

#include <nlohmann/json.hpp>

namespace dmstall::analysis {

using Json = nlohmann::ordered_json;

}  // namespace dmstall::analysis
