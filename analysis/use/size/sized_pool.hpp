// What is to be sized: a kernel parameter, a pool by its printed name, or a resource of bare tasks.
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

/// A name that cannot be sized, or a size that cannot be: the mistake of whoever wrote the option.
class SizeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct SizedPool {
  std::string name;        ///< as printed: "reserved_bio_based_ios", "verity.recheck_pool", "fs_bio_set", "G"
  bool parameter = false;  ///< reserved_bio_based_ios: every pool that follows it
  std::string pool;        ///< of devices: name in "reserve"; a client's .pool and .bios go together
  std::vector<std::size_t>
      devices;  ///< whose pool it is; several where it is shared, or where all devices of a target are meant
  std::optional<std::size_t> resource;  ///< of tasks: index into TaskForm::resources
  std::string sharing_rule;             ///< "verity.io_client" where a rule makes devices share it
  bool machine_wide = false;            ///< the machine has one ("fs_bio_set"), whatever its devices are
  int now = 0;                          ///< in the file
  int smallest = 0, largest = 0;        ///< that the kernel, or an int, allows
};

/// Without a name: reserved_bio_based_ios. Throws SizeError with what is near, and models::CompileError.
[[nodiscard]] SizedPool find_sized(const models::Scenario& scenario, const std::string& name);

/// The scenario with that size, and nothing else changed. Requires: smallest <= size <= largest.
[[nodiscard]] models::Scenario resized(const models::Scenario& scenario, const SizedPool& sized, int size);

/// Whether devices share what is sized (a parameter: share anything).
[[nodiscard]] bool is_shared(const models::Scenario& scenario, const SizedPool& sized);

/// The scenario with pools of their own instead: of the sized pool, or of all pools where a parameter is sized.
[[nodiscard]] models::Scenario with_private_pools(const models::Scenario& scenario, const SizedPool& sized);

}  // namespace dmstall::analysis
