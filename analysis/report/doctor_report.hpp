// What `dmstall doctor` found, for people and for programs.
#pragma once

#include <string>

#include "analysis/use/doctor/doctor.hpp"

namespace dmstall::analysis {

/// At most 80 columns where paths allow it.
[[nodiscard]] std::string doctor_text(const Doctor& doctor, bool colour);
[[nodiscard]] std::string doctor_json(const Doctor& doctor);

}  // namespace dmstall::analysis
