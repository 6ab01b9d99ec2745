#include "models/targets/part_of.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace dmstall::models {

namespace {

class Comparison {
 public:
  Comparison(const Program& part, const Program& whole) : part_(part), whole_(whole) {
    for (std::size_t i = 0; i < whole.resources.size(); ++i) resources_.emplace(whole.resources[i].name, i);
    for (std::size_t i = 0; i < whole.flows.size(); ++i) flows_.emplace(whole.flows[i].name, i);
    for (std::size_t i = 0; i < whole.classes.size(); ++i) classes_.emplace(whole.classes[i].name, i);
  }

  [[nodiscard]] bool run() const {
    const auto resource = [&](const Resource& of) {
      const auto found = resources_.find(of.name);
      return found != resources_.end() && same(of, whole_.resources[found->second]);
    };
    const auto flow = [&](const Flow& of) {
      const auto found = flows_.find(of.name);
      return found != flows_.end() && same(of, whole_.flows[found->second]);
    };
    const auto request_class = [&](const RequestClass& of) {
      const auto found = classes_.find(of.name);
      return found != classes_.end() && same(of, whole_.classes[found->second]);
    };
    return std::all_of(part_.resources.begin(), part_.resources.end(), resource) &&
           std::all_of(part_.flows.begin(), part_.flows.end(), flow) &&
           std::all_of(part_.classes.begin(), part_.classes.end(), request_class);
  }

 private:
  static bool same(const Resource& a, const Resource& b) {
    return a.kind == b.kind && a.capacity == b.capacity && a.soft == b.soft && a.poll == b.poll &&
           a.retained == b.retained && a.allocator == b.allocator && a.memory == b.memory &&
           a.handed_over == b.handed_over && a.rescuer == b.rescuer && a.calls_oom_killer == b.calls_oom_killer &&
           a.pool == b.pool && a.owner == b.owner && a.wait_function == b.wait_function;
  }

  [[nodiscard]] bool same(const Flow& a, const Flow& b) const {
    return a.device == b.device && a.serves_io == b.serves_io && same(a.steps, b.steps);
  }

  [[nodiscard]] bool same(const RequestClass& a, const RequestClass& b) const {
    return a.device == b.device && same_flow(a.flow, b.flow) && a.population == b.population && a.total == b.total &&
           a.daemon == b.daemon && a.leaves_behind == b.leaves_behind && a.counts_progress == b.counts_progress &&
           a.in_thread == b.in_thread;
  }

  [[nodiscard]] bool same(const Steps& a, const Steps& b) const {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](const Step& one, const Step& other) { return same(one, other); });
  }

  /// All that has a meaning without a clock.
  [[nodiscard]] bool same(const Step& a, const Step& b) const {
    const auto branches = [&](const Branch& one, const Branch& other) {
      return one.label == other.label && one.faults == other.faults && same(one.steps, other.steps);
    };
    return a.kind == b.kind && same_resource(a.resource, b.resource) && a.n == b.n && a.mode == b.mode &&
           a.keep == b.keep && a.at_least == b.at_least && a.split_by_source == b.split_by_source &&
           same_flow(a.flow, b.flow) && a.park == b.park && a.queued == b.queued && same(a.with, b.with) &&
           a.context == b.context && same(a.after_detach, b.after_detach) && a.status == b.status &&
           a.function == b.function && same(a.body, b.body) && same(a.else_steps, b.else_steps) &&
           std::equal(a.branches.begin(), a.branches.end(), b.branches.begin(), b.branches.end(), branches);
  }

  [[nodiscard]] bool same(const std::vector<GiveBack>& a, const std::vector<GiveBack>& b) const {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const GiveBack& one, const GiveBack& other) {
      return one.n == other.n && same_resource(one.resource, other.resource);
    });
  }

  [[nodiscard]] bool same_resource(ResourceId a, ResourceId b) const {
    if (a == no_resource || b == no_resource) return a == b;
    return part_.resources[static_cast<std::size_t>(a)].name == whole_.resources[static_cast<std::size_t>(b)].name;
  }

  [[nodiscard]] bool same_flow(FlowId a, FlowId b) const {
    if (a == no_flow || b == no_flow) return a == b;
    return part_.flows[static_cast<std::size_t>(a)].name == whole_.flows[static_cast<std::size_t>(b)].name;
  }

  const Program& part_;
  const Program& whole_;
  std::unordered_map<std::string, std::size_t> resources_, flows_, classes_;
};

}  // namespace

bool is_part_of(const Program& part, const Program& whole) {
  return Comparison(part, whole).run();
}

}  // namespace dmstall::models
