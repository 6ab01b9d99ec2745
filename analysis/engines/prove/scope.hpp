// How many requests a proof is about.
#pragma once

#include <cstdint>

#include "analysis/engines/prove/certificate.hpp"

namespace dmstall::analysis {

enum class ProofScope : std::uint8_t {
  tasks_of_the_file,  ///< as many tasks as the file has
  places_in_flight,   ///< any number, as many in flight as the file says: the equations use how many places there are
  any_number,
};

[[nodiscard]] ProofScope scope_of(const Certificate& certificate);

}  // namespace dmstall::analysis
