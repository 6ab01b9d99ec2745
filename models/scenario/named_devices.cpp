#include "models/scenario/named_devices.hpp"

namespace dmstall::models {

std::vector<std::string> named_devices(const ParameterValue& value) {
  if (const auto* name = std::get_if<std::string>(&value)) return {*name};
  if (const auto* names = std::get_if<std::vector<std::string>>(&value)) return *names;
  if (const auto* fec = std::get_if<FecSettings>(&value)) return {fec->device};
  std::vector<std::string> result;
  if (const auto* segments = std::get_if<std::vector<Segment>>(&value)) {
    for (const Segment& segment : *segments) result.push_back(segment.to);
  }
  return result;
}

std::vector<std::string> devices_in(const Device& device, std::string_view role) {
  const auto found = device.parameters.find(role);
  return found == device.parameters.end() ? std::vector<std::string>{} : named_devices(found->second);
}

}  // namespace dmstall::models
