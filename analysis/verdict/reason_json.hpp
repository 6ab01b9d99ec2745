// Reasons as JSON, for what crosses a process boundary or lies in a journal.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "analysis/verdict/reason.hpp"

namespace dmstall::analysis {

[[nodiscard]] nlohmann::json json_of(const Reasons& reasons);
/// Throws nlohmann::json::exception when it is not what json_of makes.
[[nodiscard]] Reasons reasons_from(const nlohmann::json& json);

}  // namespace dmstall::analysis
