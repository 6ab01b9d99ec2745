#include "models/targets/striping.hpp"

#include <fmt/format.h>

#include <numeric>

#include "models/kernel/steps.hpp"

namespace dmstall::models {

AddressMap Striping::address(std::int64_t chunk, std::int64_t offset) const {
  AddressMap map;
  map.divide_by = period_bytes();
  map.multiply_by = chunk_bytes;
  map.add = chunk / count() * chunk_bytes + offset;
  return map;
}

Striping striping_of(const Stack& stack, DeviceIndex device) {
  const Device& of = stack.device(device);
  Striping striping;
  striping.chunk_bytes = of.integer("chunk_kib") * 1024;
  for (const std::string& name : std::get<std::vector<std::string>>(of.parameters.at("to")))
    striping.to.push_back(stack.index_of(name));
  return striping;
}

Steps by_place(const Stack& stack, DeviceIndex device, const Striping& striping, std::int64_t bytes,
               const std::string& function, const AtPlace& inside, const AtPlace& across) {
  const std::int64_t chunk_bytes = striping.chunk_bytes;
  const std::int64_t step = std::gcd(bytes, chunk_bytes);
  const std::string& name = stack.device(device).name;
  Step choice;
  choice.kind = StepKind::choose;
  choice.decider = DeciderKind::address;
  choice.address.divide_by = striping.period_bytes();
  choice.function = function;
  for (std::int64_t chunk = 0; chunk < striping.count(); ++chunk) {
    const std::int64_t begin = chunk * chunk_bytes;
    std::int64_t first_across = 0;
    if (bytes <= chunk_bytes) {
      first_across = chunk_bytes - bytes + step;
      Branch within = branch(fmt::format("{} stripe {}", name, chunk), inside(chunk, 0));
      within.from_byte = begin;
      within.to_byte = begin + first_across;
      choice.branches.push_back(std::move(within));
    }
    for (std::int64_t offset = first_across; offset < chunk_bytes; offset += step) {
      Branch parts =
          branch(fmt::format("{} from {} KiB into stripe {} on", name, offset / 1024, chunk), across(chunk, offset));
      parts.from_byte = begin + offset;
      parts.to_byte = begin + offset + step;
      choice.branches.push_back(std::move(parts));
    }
  }
  if (choice.branches.size() == 1) return std::move(choice.branches.front().steps);
  return {choice};
}

std::vector<Region> chunk_regions(const Striping& striping, IoOp op) {
  std::vector<Region> all;
  for (std::int64_t chunk = 0; chunk < striping.count(); ++chunk) {
    Region region = same_addresses(striping.device_of(chunk), op);
    region.hop.period = striping.period_bytes();
    region.hop.from_byte = chunk * striping.chunk_bytes;
    region.hop.to_byte = region.hop.from_byte + striping.chunk_bytes;
    region.hop.multiply_by = striping.chunk_bytes;
    all.push_back(region);
  }
  return all;
}

}  // namespace dmstall::models
