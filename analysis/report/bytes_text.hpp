// Amounts of memory in words that cannot be misread: MB is 10^6 bytes, MiB is 2^20, and both are given.
#pragma once

#include <cstdint>
#include <string>

namespace dmstall::analysis {

/// "3,866,624"
[[nodiscard]] std::string grouped(std::int64_t number);

/// "3,866,624 B = 3.87 MB = 3.69 MiB"; kB and KiB below a million, GB and GiB from a billion; only bytes below a
/// thousand.
[[nodiscard]] std::string bytes_in_units(std::int64_t bytes);

}  // namespace dmstall::analysis
