#include "models/scenario/scenario.hpp"

#include <algorithm>
#include <cassert>

namespace dmstall::models {

namespace {

template <typename Value>
const Value& parameter(const Device& device, std::string_view key) {
  const auto found = device.parameters.find(key);
  assert(found != device.parameters.end() && std::holds_alternative<Value>(found->second));
  return std::get<Value>(found->second);
}

}  // namespace

std::int64_t Device::integer(std::string_view key) const {
  return parameter<std::int64_t>(*this, key);
}
double Device::number(std::string_view key) const {
  return parameter<double>(*this, key);
}
bool Device::flag(std::string_view key) const {
  return parameter<bool>(*this, key);
}
const std::string& Device::text(std::string_view key) const {
  return parameter<std::string>(*this, key);
}

std::int64_t WorkloadItem::requests() const {
  if (!counts_pages) return count;
  constexpr std::int64_t page_kib = 4;
  return std::max<std::int64_t>(1, (count * page_kib + write_kib - 1) / write_kib);
}

bool FaultBlocks::contains(std::int64_t block) const {
  if (all) return true;
  if (every > 0) return block % every == 0;
  return std::find(list.begin(), list.end(), block) != list.end();
}

const Device* Scenario::find_device(std::string_view device_name) const {
  const auto hint = device_index.find(std::string(device_name));
  if (hint != device_index.end() && hint->second < devices.size() && devices[hint->second].name == device_name) {
    return &devices[hint->second];
  }
  const auto found =
      std::find_if(devices.begin(), devices.end(), [&](const Device& device) { return device.name == device_name; });
  return found == devices.end() ? nullptr : &*found;
}

}  // namespace dmstall::models
