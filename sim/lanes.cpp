#include "sim/lanes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "models/machine/graph.hpp"
#include "models/machine/narrate.hpp"
#include "models/machine/semantics.hpp"

namespace dmstall::sim {

namespace {

using models::Token;
using models::TokenId;
using models::World;

const std::string in_the_parents_lane;

bool may_be_told(models::ResourceKind kind) {
  return models::has_elements(kind) || kind == models::ResourceKind::counter;
}

const std::string& class_name(const World& world, const Token& token) {
  return world.machine().classes[static_cast<std::size_t>(token.request_class)].name;
}

const std::string& device_of(const World& world, const Token& token) {
  static const std::string none;
  const models::FlowId flow =
      token.at == models::no_node ? models::no_flow : models::node_at(world.machine(), token.at).flow;
  return flow == models::no_flow ? none : world.machine().flows[static_cast<std::size_t>(flow)].device;
}

/// Below a sync call the submitter's thread sleeps; else it goes its own way.
bool in_a_sync_call(const World& world, const Token& token) {
  return std::any_of(token.frames.begin(), token.frames.end(), [&](const models::Frame& frame) {
    return models::node_at(world.machine(), frame.call).context == models::CallContext::sync;
  });
}

}  // namespace

Lanes::Lanes(const models::Machine& machine, LaneReader& reader)
    : machine_(machine), reader_(reader), told_(machine.resources.size(), false) {
  reader.begins(machine);
  const models::Levels levels = models::initial_levels(machine);
  for (std::size_t i = 0; i < machine.resources.size(); ++i)
    levels_.push_back(models::level(machine, levels, static_cast<models::ResourceId>(i)));
}

/// The threads that the token is in, outermost first, and the bio that it is where it is in none.
std::vector<std::string> Lanes::names(const World& world, TokenId id, const Presence& presence) const {
  const Token& token = world.token(id);
  std::vector<std::string> names;
  if (presence.own_thread) names.push_back(class_name(world, token));
  for (const models::Holding& held : token.held) {
    const models::Resource& of = machine_.resources[static_cast<std::size_t>(held.resource)];
    if (!models::is_thread(of.kind)) continue;
    for (std::int32_t n = 0; n < held.n; ++n)
      names.push_back(of.pool.empty() ? of.name : fmt::format("{}/{}", of.pool, of.owner));
  }
  if (token.detached) {
    const std::string& device = device_of(world, token);
    names.push_back(device.empty() ? fmt::format("{}, in flight", class_name(world, token))
                                   : fmt::format("bios of {}", device));
  }
  if (names.empty()) names.push_back(token.being_submitted ? in_the_parents_lane : class_name(world, token));
  return names;
}

void Lanes::begin(Nanoseconds now, const World& world, TokenId id) {
  const Token& token = world.token(id);
  Presence& presence = present_[token.serial];
  presence.own_thread = !token.detached && !token.being_submitted;
  follow(now, world, id);
}

/// Brings the lanes in line with where the token is.
void Lanes::follow(Nanoseconds now, const World& world, TokenId id) {
  const Token& token = world.token(id);
  Presence& presence = present_[token.serial];
  if (token.detached && !in_a_sync_call(world, token)) presence.own_thread = false;
  std::vector<std::string> wanted = names(world, id, presence);
  std::size_t same = 0;
  while (same < wanted.size() && same < presence.stays.size() && presence.stays[same].name == wanted[same]) ++same;
  if (same == wanted.size() && same == presence.stays.size()) return;
  const bool hops = !presence.stays.empty();
  if (hops) {
    reader_.hop(now, token.serial, presence.stays.back().lane, !presence.hopped);
    presence.hopped = true;
  }
  while (presence.stays.size() > same) leave(now, token.serial, presence);
  for (std::size_t i = same; i < wanted.size(); ++i) {
    if (i > 0) become_busy(now, token.serial, presence, SliceKind::calls, "sleeps in a call", {});
    enter(now, world, id, presence, std::move(wanted[i]));
  }
  if (same == wanted.size()) become_free(now, token.serial, presence);
  if (hops) reader_.arrives(now, token.serial, presence.stays.back().lane, false);
}

std::size_t Lanes::lane_for(const std::string& name) {
  std::vector<std::size_t>& of_name = lanes_of_[name];
  for (const std::size_t lane : of_name) {
    if (lanes_[lane].tokens.empty()) return lane;
  }
  of_name.push_back(lanes_.size());
  lanes_.emplace_back();
  reader_.lane(of_name.back(), of_name.size() == 1 ? name : fmt::format("{} ({})", name, of_name.size()));
  return of_name.back();
}

void Lanes::enter(Nanoseconds now, const World& world, TokenId id, Presence& presence, std::string name) {
  const Token& token = world.token(id);
  std::optional<std::size_t> lane;
  if (name == in_the_parents_lane) {
    const auto parent = present_.find(token.parent_serial);
    if (parent != present_.end() && !parent->second.stays.empty()) lane = parent->second.stays.back().lane;
  }
  if (!lane) lane = lane_for(name.empty() ? class_name(world, token) : name);
  presence.stays.push_back({std::move(name), *lane, false});
  lanes_[*lane].tokens.push_back(token.serial);
  const std::string who = token.serial == token.request ? std::string() : fmt::format("bio {} of ", token.serial);
  reader_.opens(now, *lane, SliceKind::runs,
                fmt::format("{}request {}: {}", who, token.request, class_name(world, token)),
                world.machine().function_of(token.at));
}

void Lanes::leave(Nanoseconds now, std::int64_t serial, Presence& presence) {
  become_free(now, serial, presence);
  const std::size_t lane = presence.stays.back().lane;
  lanes_[lane].tokens.pop_back();
  presence.stays.pop_back();
  reader_.closes(now, lane);
}

void Lanes::become_busy(Nanoseconds now, std::int64_t serial, Presence& presence, SliceKind kind,
                        const std::string& text, const std::string& functions) {
  become_free(now, serial, presence);
  Stay& stay = presence.stays.back();
  stay.busy = true;
  reader_.opens(now, stay.lane, kind, text, functions);
}

/// Whoever stands in this lane inside of this stay has left it.
void Lanes::become_free(Nanoseconds now, std::int64_t serial, Presence& presence) {
  Stay& stay = presence.stays.back();
  while (lanes_[stay.lane].tokens.back() != serial) {
    const std::int64_t inner = lanes_[stay.lane].tokens.back();
    leave(now, inner, present_.at(inner));
  }
  if (!stay.busy) return;
  stay.busy = false;
  reader_.closes(now, stay.lane);
}

void Lanes::end(Nanoseconds now, std::int64_t serial) {
  const auto found = present_.find(serial);
  if (found == present_.end()) return;
  Presence& presence = found->second;
  if (!presence.stays.empty()) {
    become_free(now, serial, presence);
    if (presence.hopped) reader_.arrives(now, serial, presence.stays.back().lane, true);
  }
  while (!presence.stays.empty()) leave(now, serial, presence);
  present_.erase(found);
}

void Lanes::look_at_level(Nanoseconds now, const World& world, models::ResourceId resource) {
  if (resource == models::no_resource) return;
  const auto at = static_cast<std::size_t>(resource);
  if (!may_be_told(machine_.resources[at].kind)) return;
  const std::int32_t left = models::level(world.machine(), world.levels(), resource);
  if (left == levels_[at]) return;
  if (!told_[at]) reader_.level(0, resource, levels_[at]);
  told_[at] = true;
  levels_[at] = left;
  reader_.level(now, resource, left);
}

void Lanes::starts(Nanoseconds now, const World& world, TokenId id) {
  begin(now, world, id);
}

void Lanes::before_step(Nanoseconds now, const World& world, TokenId id) {
  const Token& token = world.token(id);
  stepping_ = token.serial;
  node_ = token.at;
  const auto found = present_.find(stepping_);
  if (found == present_.end()) {
    begin(now, world, id);
  } else if (found->second.stays.empty()) {
    follow(now, world, id);
  } else {
    become_free(now, stepping_, found->second);
  }
}

void Lanes::after_step(Nanoseconds now, const World& world, const models::Alternative&,
                       const models::StepEffects& effects) {
  const TokenId id = world.find(stepping_);
  look_at_level(now, world, models::node_at(machine_, node_).resource);
  for (const models::ResourceId released : effects.released) look_at_level(now, world, released);
  if (effects.stopped) return ends(now);
  if (effects.spawned != models::no_token) {
    const Token& child = world.token(effects.spawned);
    const auto parent = present_.find(stepping_);
    const bool hops = !child.being_submitted && parent != present_.end() && !parent->second.stays.empty();
    if (hops) {
      reader_.hop(now, child.serial, parent->second.stays.back().lane, true);
      present_[child.serial].hopped = true;
    }
    begin(now, world, effects.spawned);
    if (hops) reader_.arrives(now, child.serial, present_.at(child.serial).stays.back().lane, false);
  }
  if (id == models::no_token) {
    end(now, stepping_);
  } else {
    follow(now, world, id);
  }
}

void Lanes::waits(Nanoseconds now, const World& world, TokenId id) {
  const std::string text = models::describe_wait(world, id);
  const auto found = present_.find(world.token(id).serial);
  if (text.empty() || found == present_.end() || found->second.stays.empty()) return;
  become_busy(now, found->first, found->second, SliceKind::waits, text, machine_.function_of(world.token(id).at));
}

void Lanes::polls(Nanoseconds, const World&, TokenId) {}

void Lanes::spends(Nanoseconds now, const World& world, TokenId id) {
  const auto found = present_.find(world.token(id).serial);
  if (found == present_.end() || found->second.stays.empty()) return;
  become_busy(now, found->first, found->second, SliceKind::spends, models::describe_spend(machine_, world.node_of(id)),
              machine_.function_of(world.token(id).at));
}

void Lanes::note(Nanoseconds now, std::string_view text) {
  reader_.note(now, text);
}

void Lanes::pages(Nanoseconds now, const models::PageCounts& counts) {
  reader_.pages(now, counts);
}

void Lanes::ends(Nanoseconds now) {
  std::vector<std::int64_t> left;
  for (const auto& [serial, presence] : present_) left.push_back(serial);
  std::sort(left.begin(), left.end(), std::greater<>());  // whoever stands inside of another one began later
  for (const std::int64_t serial : left) end(now, serial);
  reader_.ends(now);
}

}  // namespace dmstall::sim
