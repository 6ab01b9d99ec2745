// The document of a command that could not do what it was asked for.
#pragma once

#include <string>

#include "models/machine/verdict.hpp"

namespace dmstall::analysis {

/// One JSON document, "dmstall_error": 1, with the reason in words and the exit code of the process.
[[nodiscard]] std::string error_json(const std::string& error, models::ExitCode code);

}  // namespace dmstall::analysis
