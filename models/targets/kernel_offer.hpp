// What a kernel offers to whoever wants a pool, or the code that takes from it, otherwise: in a few words.
#pragma once

#include <string>

#include "models/kernel/release/release.hpp"

namespace dmstall::models {

/// A pool for every device, where a scenario lets devices share it: the kernel has none that is shared.
[[nodiscard]] std::string offer_of_pools_per_device(const Release& kernel);

/// Another number of elements. `pool`: as in the descriptions of targets, "io_client"; empty: a resource that the
/// scenario defines itself.
[[nodiscard]] std::string offer_of_another_size(const Release& kernel, const std::string& pool);

/// Anything that the code does not do.
[[nodiscard]] std::string offer_of_other_code(const Release& kernel);

}  // namespace dmstall::models
