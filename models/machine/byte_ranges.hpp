// Where the bytes of a request come to lie on the devices below.
#pragma once

#include <cstdint>
#include <vector>

#include "models/machine/program.hpp"

namespace dmstall::models {

/// Half open.
struct ByteRange {
  std::int64_t from = 0, to = 0;
  std::int64_t in_tree = 0;  ///< how far behind the beginning of a hash tree `from` lies, where it is in one
};

/// Appends what the hop makes of the range: nothing, one range, or one for each window that it touches.
void follow(const AddressHop& hop, const ByteRange& range, std::vector<ByteRange>& out);

/// Whether one of the fault's blocks lies in the bytes.
[[nodiscard]] bool has_block_in(const PlacedFault& fault, std::int64_t from, std::int64_t to);

/// By fault of the program: whether a request for these bytes comes to a place where it lies.
[[nodiscard]] std::vector<bool> faults_met(const std::vector<PlacedFault>& faults, const FaultPlan& plan,
                                           const ByteRange& request);

}  // namespace dmstall::models
