#include "analysis/use/size/covers_above.hpp"

#include <cstdint>

#include "analysis/engines/verify/verify.hpp"

namespace dmstall::analysis {

namespace {

/// The same steps over the same resources.
bool same_steps(const models::Machine& a, const models::Machine& b) {
  if (a.nodes.size() != b.nodes.size() || a.resources.size() != b.resources.size() || a.class_entry != b.class_entry ||
      a.flow_entry != b.flow_entry)
    return false;
  for (std::size_t i = 0; i < a.nodes.size(); ++i) {
    const models::Node &x = a.nodes[i], &y = b.nodes[i];
    if (x.kind != y.kind || x.resource != y.resource || x.n != y.n || x.keep != y.keep || x.next != y.next ||
        x.other != y.other || x.reserve_next != y.reserve_next || x.entry != y.entry || x.by_status != y.by_status ||
        x.first_choice != y.first_choice || x.choices != y.choices || x.first_give != y.first_give ||
        x.gives != y.gives || x.status != y.status) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool covers_above(const Certificate& certificate, const models::Machine& at_size, int size,
                  const models::Machine& at_top, int top) {
  if (!same_steps(at_size, at_top)) return false;
  for (std::size_t i = 0; i < at_size.resources.size(); ++i) {
    const models::Resource &low = at_size.resources[i], &high = at_top.resources[i];
    const std::int64_t more = std::int64_t{high.capacity} - low.capacity;
    if (low.name != high.name || low.kind != high.kind || low.allocator != high.allocator ||
        (more != 0 && more != std::int64_t{top} - size))
      return false;
  }
  return verify(at_size, certificate).accepted && verify(at_top, certificate).accepted;
}

}  // namespace dmstall::analysis
