// "repeat" of workload items and faults: one entry of the file stands for many, which differ in a number.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "models/scenario/fields.hpp"

namespace dmstall::models {

/// The items with {i} in all their texts replaced: `repeat` copies, counted from `repeat_from`. An item without
/// "repeat" is alone. `table` has both keys; `noun` names an item in messages ("workload item"). At most
/// `most_workload_items` minus `so_far`; more: reported and none. Places are those of the one entry.
[[nodiscard]] std::vector<JsonValue> copies_of(const ReadContext& context, const JsonValue& item, const KeyTable& table,
                                               const std::string& noun, std::size_t so_far);

/// Reads each copy by `read` until one has a mistake: the others have the same one.
template <typename Read>
void read_copies(const ReadContext& context, const std::vector<JsonValue>& copies, const Read& read) {
  const int before = context.diagnostics.errors();
  for (const JsonValue& copy : copies) {
    read(copy);
    if (context.diagnostics.errors() > before) return;
  }
}

}  // namespace dmstall::models
