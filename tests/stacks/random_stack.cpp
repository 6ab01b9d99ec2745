#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <random>

#include "tests/stacks/stacks.hpp"

namespace dmstall::tests {

namespace {

using models::Parameter;
using models::ParameterType;
using models::PoolDescription;
using models::TargetDescription;

class RandomScenario {
 public:
  explicit RandomScenario(std::uint64_t seed) : random_(seed * 0x9e3779b97f4a7c15U + 1) {}

  std::string text() {
    targets_left_ = 1 + pick(4);
    const std::string top = device(true);
    std::string workload = item(top);
    if (chance(35)) workload += ",\n    " + item(names_[pick(names_.size())].name);
    const std::string written_sharing = sharing();
    const std::string written_memory = memory();
    const std::string written_faults = faults();
    const std::size_t cpus = 1 + pick(2), reserved = 1 + pick(2);
    return fmt::format(R"({{ "format": 1, "name": "random",
  "kernel": {{ "cpus": {}, "reserved_bio_based_ios": {}{} }},
  "devices": [
    {} ],
  {}"memory": {},
  "faults": {},
  "workload": [
    {} ] }})",
                       cpus, reserved, kernel(), joined(devices_), written_sharing, written_memory, written_faults,
                       workload);
  }

 private:
  struct Named {
    std::string name;
    const TargetDescription* target;
  };

  std::size_t pick(std::size_t below) { return static_cast<std::size_t>(random_() % below); }
  bool chance(unsigned percent) { return random_() % 100 < percent; }
  template <typename Value>
  const Value& one_of(const std::vector<Value>& values) {
    return values[pick(values.size())];
  }

  /// Either release, now and then with a change switched by hand.
  std::string kernel() {
    std::string text = fmt::format(R"(, "release": "{}")", one_of(models::release_names()));
    if (chance(25))
      text += fmt::format(R"(, "{}": "{}")", chance(50) ? "with" : "without", one_of(models::change_names()));
    return text;
  }

  const TargetDescription& target_for(bool takes_files) {
    std::vector<const TargetDescription*> fitting;
    for (const TargetDescription& target : models::target_registry()) {
      const bool on_disks = std::any_of(target.parameters.begin(), target.parameters.end(),
                                        [](const Parameter& parameter) { return parameter.is_role; });
      if (on_disks && (target.block_device || takes_files)) fitting.push_back(&target);
    }
    return *one_of(fitting);
  }

  /// The name of a device that may stand in such a role: an old one now and then, else a new one.
  std::string device(bool takes_files) {
    std::vector<std::string> known;
    for (const Named& named : names_) {
      if (named.target->block_device || takes_files) known.push_back(named.name);
    }
    if (!known.empty() && chance(25)) return one_of(known);
    if (targets_left_ == 0) return add({}, *models::find_target("disk"));
    --targets_left_;
    const TargetDescription& target = target_for(takes_files);
    return add(body(target), target);
  }

  std::string body(const TargetDescription& target) {
    std::string members;
    const auto member = [&](const std::string& name, const std::string& value) {
      members += fmt::format(R"(, "{}": {})", name, value);
    };
    const auto quoted = [](const std::string& text) { return '"' + text + '"'; };
    for (const Parameter& parameter : target.parameters) {
      if (parameter.is_role) {
        if (!parameter.required && chance(60)) continue;
        const auto below = [&] { return quoted(device(parameter.takes_files)); };
        switch (parameter.type) {
          case ParameterType::device_list: {
            const std::string first = below();
            member(parameter.name, fmt::format("[{}, {}]", first, below()));
            break;
          }
          case ParameterType::segments: {
            std::vector<std::string> segments;
            for (std::size_t i = 0, count = 1 + pick(3); i < count; ++i) {
              segments.push_back(fmt::format(R"({{ "to": {}, "size_mib": 64 }})", below()));
            }
            member(parameter.name, fmt::format("[{}]", fmt::join(segments, ", ")));
            break;
          }
          case ParameterType::fec:
            // Data, tree and more behind it, as veritysetup has it, or data and tree.
            member(parameter.name,
                   fmt::format(R"({{ "device": {}{} }})", below(), chance(50) ? R"(, "blocks": 70000)" : ""));
            break;
          default:
            member(parameter.name, below());
            break;
        }
      } else if (parameter.type == ParameterType::boolean && chance(30)) {
        member(parameter.name, chance(50) ? "true" : "false");
      } else if (!parameter.choices.empty() && chance(30)) {
        member(parameter.name, quoted(one_of(parameter.choices)));
      }
    }
    // Small reserves, so that they run out among two requests.
    std::string reserve;
    const auto reserves = [&](const std::vector<PoolDescription>& pools) {
      for (const PoolDescription& pool : pools) {
        if (chance(25)) reserve += fmt::format(R"({}"{}": {})", reserve.empty() ? "" : ", ", pool.name, 1 + pick(2));
      }
    };
    reserves(target.pools);
    if (!reserve.empty()) members += fmt::format(R"(, "reserve": {{ {} }})", reserve);
    return members;
  }

  std::string add(const std::string& members, const TargetDescription& target) {
    const std::string name = fmt::format("{}{}", target.id, names_.size() + 1);
    devices_.push_back(fmt::format(R"({{ "name": "{}", "target": "{}"{} }})", name, target.id, members));
    names_.push_back({name, &target});
    return name;
  }

  std::string item(const std::string& device) {
    static const std::vector<std::string> verbs = {"read", "read", "write", "write", "flush", "writeback", "swap_out"};
    if (chance(8)) {
      static const std::vector<std::string> commands = {"status", "create_snapshot", "remove_snapshot"};
      return fmt::format(R"({{ "admin": "{}", "device": "{}" }})", one_of(commands), device);
    }
    const std::string& verb = one_of(verbs);
    const std::size_t count = 1 + pick(2);
    std::string members = fmt::format(R"("{}": "{}", "{}": {}, "in_flight": {})", verb, device,
                                      verb == "writeback" || verb == "swap_out" ? "pages" : "count", count, count);
    if (verb == "read" || verb == "write") {
      if (chance(25)) members += R"(, "threads": 1)";
      if (chance(20)) members += R"(, "direct": false)";
      if (chance(15)) members += fmt::format(R"(, "write_kib": {})", chance(50) ? 16 : 2048);
    }
    return "{ " + members + " }";
  }

  std::string sharing() {
    static const std::vector<std::string> presets = {"module", "SR", "SC", "SB"};
    return chance(30) ? fmt::format("\"sharing\": \"{}\",\n  ", one_of(presets)) : std::string();
  }

  std::string memory() {
    static const std::vector<std::string> allocators = {R"("allocator": "exhausted", "freed_by": "nothing")",
                                                        R"("allocator": "exhausted", "freed_by": "nothing")",
                                                        R"("allocator": "exhausted", "freed_by": "writeback")",
                                                        R"("allocator": "adversary")",
                                                        R"("allocator": "plentiful", "fails": ["page"])",
                                                        R"("allocator": "plentiful", "fails": ["slab"])",
                                                        R"("allocator": "plentiful")"};
    std::string members = one_of(allocators);
    if (chance(60)) members += R"(, "threads": "succeed")";
    if (chance(15)) members += R"(, "unpooled": "fails")";
    return "{ " + members + " }";
  }

  std::string faults() {
    if (chance(60)) return "[]";
    if (chance(30)) return "\"any\"";
    std::vector<std::string> disks;
    for (const Named& named : names_) {
      if (named.target->id == "disk") disks.push_back(named.name);
    }
    if (disks.empty()) return "[]";
    static const std::vector<std::string> kinds = {"bad_block", "late_corruption", "io_error", "hash_block"};
    return fmt::format(R"([{{ "device": "{}", "fault": "{}" }}])", one_of(disks), one_of(kinds));
  }

  std::mt19937_64 random_;
  std::size_t targets_left_ = 0;
  std::vector<std::string> devices_;
  std::vector<Named> names_;
};

}  // namespace

std::string random_scenario(std::uint64_t seed) {
  return RandomScenario(seed).text();
}

}  // namespace dmstall::tests
