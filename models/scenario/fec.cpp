#include "models/scenario/fec.hpp"

namespace dmstall::models {

const FecSettings* fec_of(const Device& device) {
  const auto found = device.parameters.find("fec");
  return found == device.parameters.end() ? nullptr : std::get_if<FecSettings>(&found->second);
}

}  // namespace dmstall::models
