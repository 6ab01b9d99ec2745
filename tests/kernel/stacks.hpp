// Small stacks as JSON text, and one request at a time walked through their machines by hand.
//
// A Walk makes every choice openly: which branch of a choose (by its label), whether the allocator gives. What is not
// said takes the first branch that costs no fault and refuses the allocator.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "analysis/verdict/run_scenario.hpp"
#include "models/machine/compile.hpp"
#include "models/machine/world.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"

namespace dmstall::tests {

using models::AllocatorRule;
using models::AlternativeKind;
using models::Machine;
using models::Node;
using models::NodeKind;
using models::Program;
using models::ResourceId;
using models::ResourceKind;
using models::Status;
using models::TokenId;

/// `body` is everything but "format" and "name".
inline models::Scenario scenario_of(const std::string& body) {
  const std::string text = R"({ "format": 1, "name": "test", )" + body + " }";
  models::ReadResult read = models::read_scenario_text(text, "test.json");
  std::string mistakes;
  for (const auto& diagnostic : read.diagnostics) mistakes += format_headline(diagnostic) + "\n";
  if (!read.scenario) throw std::runtime_error(mistakes + text);
  return *read.scenario;
}

inline Program program_of(const std::string& body) {
  return models::build_program(scenario_of(body));
}
inline Machine machine_of(const std::string& body) {
  return models::compile(program_of(body));
}

inline analysis::RunReport run_of(const std::string& body, std::uint64_t seed = 1) {
  analysis::RunOptions options;
  options.engine = analysis::Engine::simulate;
  options.seed = seed;
  options.compare_without_faults = false;
  return analysis::run_scenario(scenario_of(body), options);
}

template <typename Described>
std::optional<ResourceId> find_resource(const Described& described, const std::string& name) {
  for (std::size_t i = 0; i < described.resources.size(); ++i) {
    if (described.resources[i].name == name) return static_cast<ResourceId>(i);
  }
  return std::nullopt;
}

template <typename Described>
const models::Resource& resource_of(const Described& described, const std::string& name) {
  const auto found = find_resource(described, name);
  if (!found) throw std::runtime_error("no resource " + name);
  return described.resources[static_cast<std::size_t>(*found)];
}

template <typename Described>
bool has_flow(const Described& described, const std::string& name) {
  return std::any_of(described.flows.begin(), described.flows.end(),
                     [&](const auto& flow) { return flow.name == name; });
}

/// "take name", "give name", … of everything a token did with resources, in order.
using Story = std::vector<std::string>;

class Walk {
 public:
  explicit Walk(const Machine& machine) : machine_(&machine), world_(machine) {}

  TokenId start(int request_class = 0, std::int64_t address = 0) { return world_.start(request_class, address); }

  /// From now on a choose that has a branch with this label takes it.
  Walk& choosing(const std::string& label) {
    wanted_.insert(label);
    return *this;
  }
  Walk& forget_choices() {
    wanted_.clear();
    return *this;
  }
  /// From now on this resource's allocator gives, if its rule lets it.
  Walk& allocating(const std::string& resource) {
    giving_.insert(resource);
    return *this;
  }
  Walk& refusing(const std::string& resource) {
    giving_.erase(resource);
    return *this;
  }

  /// One step of the token. False: it waits.
  bool step(TokenId id) {
    std::vector<models::Alternative> enabled;
    world_.alternatives(id, enabled);
    const models::Alternative* chosen = nullptr;
    for (const auto& alternative : enabled) {
      if (alternative.needs_allocator && giving_.count(name_at(id)) == 0) continue;
      if (chosen == nullptr) chosen = &alternative;
      if (alternative.kind == AlternativeKind::branch && wanted_.count(label_of(id, alternative)) != 0) {
        chosen = &alternative;
        break;
      }
    }
    if (chosen == nullptr) return false;
    note(id, *chosen);
    const bool finishes = node(id).kind == NodeKind::finish && world_.token(id).frames.empty();
    world_.apply(id, *chosen, effects_);
    if (effects_.error) throw std::runtime_error(*effects_.error);
    if (finishes) last_status_ = effects_.status;
    if (effects_.spawned != models::no_token) spawned_.push_back(effects_.spawned);
    return true;
  }

  /// Steps until the token waits or is gone.
  void run(TokenId id) {
    const std::int64_t serial = world_.token(id).serial;
    for (int steps = 0; steps < step_limit; ++steps) {
      if (world_.find(serial) == models::no_token || !step(id)) return;
    }
    throw std::runtime_error("the token does not come to rest");
  }

  /// Steps until the token stands at a node of this kind (and resource, unless empty). False: it waits before, or ends.
  bool run_to(TokenId id, NodeKind kind, const std::string& resource = "") {
    const std::int64_t serial = world_.token(id).serial;
    for (int steps = 0; steps < step_limit; ++steps) {
      if (world_.find(serial) == models::no_token) return false;
      if (node(id).kind == kind && (resource.empty() || name_at(id) == resource)) return true;
      if (!step(id)) return false;
    }
    throw std::runtime_error("the token does not come to rest");
  }
  bool run_to_take(TokenId id, const std::string& resource) { return run_to(id, NodeKind::take, resource); }
  /// To the transfer on a disk.
  bool run_to_disk(TokenId id) {
    while (run_to(id, NodeKind::spend)) {
      if (node(id).device >= 0) return true;
      step(id);
    }
    return false;
  }

  [[nodiscard]] bool waits(TokenId id) const {
    std::vector<models::Alternative> enabled;
    world_.alternatives(id, enabled);
    return std::all_of(enabled.begin(), enabled.end(), [](const auto& each) { return each.needs_allocator; });
  }
  [[nodiscard]] bool finished(std::int64_t serial) const { return world_.find(serial) == models::no_token; }
  [[nodiscard]] std::vector<models::Alternative> alternatives(TokenId id) const {
    std::vector<models::Alternative> enabled;
    world_.alternatives(id, enabled);
    return enabled;
  }
  [[nodiscard]] const Node& node(TokenId id) const { return world_.node_of(id); }
  /// The resource of the step the token stands at.
  [[nodiscard]] std::string name_at(TokenId id) const {
    const ResourceId resource = node(id).resource;
    return resource == models::no_resource ? "" : machine_->resources[static_cast<std::size_t>(resource)].name;
  }
  /// Names of what the token holds; a name per element.
  [[nodiscard]] std::multiset<std::string> holds(TokenId id) const {
    std::multiset<std::string> names;
    for (const auto& held : world_.token(id).held) {
      for (int i = 0; i < held.n; ++i) names.insert(machine_->resources[static_cast<std::size_t>(held.resource)].name);
    }
    return names;
  }
  [[nodiscard]] bool holds(TokenId id, const std::string& name) const { return holds(id).count(name) != 0; }
  [[nodiscard]] std::int32_t level(const std::string& name) const {
    return models::level(*machine_, world_.levels(), find_resource(*machine_, name).value());
  }
  [[nodiscard]] models::World& world() { return world_; }
  [[nodiscard]] const std::vector<TokenId>& spawned() const { return spawned_; }
  [[nodiscard]] Status last_status() const { return last_status_; }
  [[nodiscard]] const Story& story() const { return story_; }
  void forget_story() { story_.clear(); }

  static constexpr int step_limit = 10'000;

 private:
  std::string label_of(TokenId id, const models::Alternative& alternative) const {
    return machine_->choices[static_cast<std::size_t>(node(id).first_choice + alternative.index)].label;
  }

  void note(TokenId id, const models::Alternative& alternative) {
    if (alternative.kind == AlternativeKind::sleep || alternative.kind == AlternativeKind::refused) return;
    switch (node(id).kind) {
      case NodeKind::take:
      case NodeKind::take_asleep:
      case NodeKind::try_take:
        story_.push_back("take " + name_at(id));
        break;
      case NodeKind::give:
        story_.push_back("give " + name_at(id));
        break;
      case NodeKind::spend:
        if (node(id).device >= 0) {
          story_.push_back("disk " + machine_->timed_devices[static_cast<std::size_t>(node(id).device)].name);
        } else {
          story_.emplace_back("hash");
        }
        break;
      case NodeKind::detach:
        story_.emplace_back("detach");
        break;
      default:
        break;
    }
  }

  const Machine* machine_;
  models::World world_;
  models::StepEffects effects_;
  std::set<std::string> wanted_, giving_;
  std::vector<TokenId> spawned_;
  Status last_status_ = Status::ok;
  Story story_;
};

/// The entries of `story` that are among `of`, in order.
inline Story only(const Story& story, const std::set<std::string>& of) {
  Story result;
  std::copy_if(story.begin(), story.end(), std::back_inserter(result),
               [&](const std::string& each) { return of.count(each) != 0; });
  return result;
}

}  // namespace dmstall::tests
