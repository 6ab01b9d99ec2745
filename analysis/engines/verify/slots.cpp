#include "analysis/engines/verify/slots.hpp"

#include <algorithm>
#include <cassert>

namespace dmstall::analysis::checking {

using models::ResourceKind;

std::string Slots::name(Slot slot) const {
  if (is_resource(thing(slot))) return resource(slot).name;
  const std::size_t flow = static_cast<std::size_t>((slot - 2 * resources_) / 2);
  return ((slot - 2 * resources_) % 2 == 0 ? "completion of " : "submission of ") + machine_->flows[flow].name;
}

bool is_hard(const models::Resource& resource) {
  if (!has_elements(resource.kind)) return false;
  return !resource.soft ||
         (resource.allocator == models::AllocatorRule::never && resource.memory != models::MemoryClass::thread);
}

std::int64_t amount_of(const Amounts& amounts, Slot slot) {
  const auto found = std::lower_bound(amounts.begin(), amounts.end(), slot,
                                      [](const auto& entry, Slot wanted) { return entry.first < wanted; });
  return found != amounts.end() && found->first == slot ? found->second : 0;
}

void add_to(Amounts& amounts, Slot slot, std::int64_t n) {
  if (n == 0) return;
  const auto found = std::lower_bound(amounts.begin(), amounts.end(), slot,
                                      [](const auto& entry, Slot wanted) { return entry.first < wanted; });
  if (found == amounts.end() || found->first != slot) {
    assert(n > 0);
    amounts.insert(found, {slot, n});
    return;
  }
  found->second += n;
  assert(found->second >= 0);
  if (found->second == 0) amounts.erase(found);
}

}  // namespace dmstall::analysis::checking
