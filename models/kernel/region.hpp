// Where an operation of a device goes on below: which device, what is asked there, and whose blocks those are.
//
// A target declares its regions beside its flows (Target::regions). What a fault can do to a request, and where a
// listed block of a disk lies in the addresses of a request, follow from them: nothing else asks which target a device
// has.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "models/machine/program.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::models {

using DeviceIndex = std::int32_t;
inline constexpr DeviceIndex no_device = -1;

enum class IoOp : std::uint8_t { read, write, flush, discard, write_zeroes };

/// Changes blocks without data from the submitter (dm.c:is_abnormal_io).
[[nodiscard]] constexpr bool deallocates(IoOp op) {
  return op == IoOp::discard || op == IoOp::write_zeroes;
}

/// Blocks that a request comes upon. Those of an area `hash` or `fec` are the device's own metadata, those of `data`
/// belong to whoever asked.
struct Region {
  DeviceIndex device = -1;  ///< the device below
  IoOp op = IoOp::read;     ///< what is asked of it
  FaultArea area = FaultArea::data;
  AddressHop hop;                ///< from the addresses of the request to those of `device`
  std::int64_t area_begin = -1;  ///< area `hash`: where the tree begins on `device`, in bytes
};

/// A region at the request's own addresses.
inline Region same_addresses(DeviceIndex device, IoOp op) {
  Region region;
  region.device = device;
  region.op = op;
  return region;
}

/// An operation on a device; `owner`: the device whose metadata of `area` it is about, -1: data.
struct OnTheWay {
  DeviceIndex device = -1;
  IoOp op = IoOp::read;
  FaultArea area = FaultArea::data;
  DeviceIndex owner = -1;
  friend auto operator<=>(const OnTheWay&, const OnTheWay&) = default;
};

/// Where the region of an operation on a device leads.
inline OnTheWay next_on_the_way(const OnTheWay& at, const Region& region) {
  const bool same_blocks = region.area == FaultArea::data;
  return {region.device, region.op, same_blocks ? at.area : region.area, same_blocks ? at.owner : at.device};
}

}  // namespace dmstall::models
