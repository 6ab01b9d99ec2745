// Writers of a footprint. They print what is in it and add up nothing.
#pragma once

#include <string>

#include "models/targets/footprint.hpp"

namespace dmstall::analysis {

/// The total, a table with a row per kind of pool, what each is mostly made of as a formula, devices of equal size
/// together, what is not counted. Empty for a scenario without devices.
[[nodiscard]] std::string footprint_text(const models::Footprint& footprint);

/// The sizes that a footprint rests on, each with its source in Linux 6.1.192, and whether it was compiled, derived or
/// is assumed.
[[nodiscard]] std::string size_facts_text(const models::MemoryLayout& layout);

/// One JSON object: {"bytes", "shared_bytes", "lower_bound", "lines": [{…, "parts"}], "devices",
/// "not_counted"}, sizes in bytes.
[[nodiscard]] std::string footprint_json(const models::Footprint& footprint);

}  // namespace dmstall::analysis
