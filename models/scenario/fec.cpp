#include "models/scenario/fec.hpp"

namespace dmstall::models {

const FecSettings* fec_of(const Device& device) {
  for (const auto& [name, value] : device.parameters) {
    if (const auto* fec = std::get_if<FecSettings>(&value)) return fec;
  }
  return nullptr;
}

}  // namespace dmstall::models
