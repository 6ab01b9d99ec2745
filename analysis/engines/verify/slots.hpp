// What a token may hold, as numbers: a slot for each resource, for writing a rwsem, and for the completion and the
// submission of each flow. A *thing* of the certificate is a slot; of a rwsem that of reading stands for both.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "analysis/engines/verify/refusal.hpp"
#include "models/machine/machine.hpp"

namespace dmstall::analysis::checking {

using Slot = std::int32_t;
inline constexpr Slot no_slot = -1;

class Slots {
 public:
  explicit Slots(const models::Machine& machine)
      : machine_(&machine), resources_(static_cast<Slot>(machine.resources.size())) {}

  [[nodiscard]] Slot count() const { return 2 * resources_ + 2 * static_cast<Slot>(machine_->flows.size()); }
  [[nodiscard]] Slot of(models::ResourceId resource) const { return resource; }
  [[nodiscard]] Slot writing(models::ResourceId resource) const { return resources_ + resource; }
  [[nodiscard]] Slot completion(models::FlowId flow) const { return 2 * resources_ + 2 * flow; }
  [[nodiscard]] Slot submission(models::FlowId flow) const { return 2 * resources_ + 2 * flow + 1; }

  /// The slot that stands for the thing: of writing a rwsem that of reading it.
  [[nodiscard]] Slot thing(Slot slot) const { return is_writing(slot) ? slot - resources_ : slot; }
  [[nodiscard]] bool is_resource(Slot slot) const { return slot < resources_; }
  [[nodiscard]] bool is_writing(Slot slot) const { return slot >= resources_ && slot < 2 * resources_; }
  [[nodiscard]] const models::Resource& resource(Slot slot) const {
    return machine_->resources[static_cast<std::size_t>(thing(slot))];
  }
  [[nodiscard]] bool is(Slot slot, models::ResourceKind kind) const {
    return is_resource(thing(slot)) && resource(slot).kind == kind;
  }
  [[nodiscard]] std::string name(Slot slot) const;

 private:
  const models::Machine* machine_;
  Slot resources_;
};

/// Never more of it are held than its capacity: no allocator behind it, or one that always refuses (and makes no
/// threads).
[[nodiscard]] bool is_hard(const models::Resource& resource);

/// How much of what is held; in the order of slots, every amount above 0.
using Amounts = std::vector<std::pair<Slot, std::int64_t>>;

[[nodiscard]] std::int64_t amount_of(const Amounts& amounts, Slot slot);
/// Requires: the amount does not fall below 0.
void add_to(Amounts& amounts, Slot slot, std::int64_t n);

}  // namespace dmstall::analysis::checking
