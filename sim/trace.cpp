#include "sim/trace.hpp"

#include <fmt/format.h>

#include <iterator>
#include <ostream>

#include "models/machine/graph.hpp"
#include "models/machine/narrate.hpp"

namespace dmstall::sim {

namespace {

using models::Machine;
using models::Node;
using models::node_at;
using models::Resource;

constexpr std::size_t buffer_bytes = 1 << 16;

const Resource& resource_of(const Machine& machine, models::ResourceId id) {
  return machine.resources[static_cast<std::size_t>(id)];
}

}  // namespace

void Trace::line(Nanoseconds now, std::string_view who, std::string_view what, std::string_view functions,
                 std::int64_t request) {
  fmt::format_to(std::back_inserter(buffer_), "{:>12.6f} s  {:<24} {}", to_seconds(now), who, what);
  if (!functions.empty()) fmt::format_to(std::back_inserter(buffer_), "   [{}]", functions);
  if (request >= 0) fmt::format_to(std::back_inserter(buffer_), "  request {}", request);
  buffer_ += '\n';
  if (buffer_.size() >= buffer_bytes) flush();
}

void Trace::flush() {
  if (buffer_.empty()) return;
  out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  buffer_.clear();
}

void Trace::before_step(Nanoseconds, const models::World& world, models::TokenId id) {
  node_ = world.token(id).at;
  who_ = models::who(world, id);
  request_ = world.token(id).request;
}

void Trace::after_step(Nanoseconds now, const models::World& world, const models::Alternative& taken,
                       const models::StepEffects& effects) {
  const Node& node = node_at(world.machine(), node_);
  const std::string what = effects.spawned != models::no_token
                               ? fmt::format("starts child {}", world.token(effects.spawned).serial)
                               : models::describe_step(world, node, taken);
  if (!what.empty()) line(now, who_, what, world.machine().function_of(node_), request_);
}

void Trace::starts(Nanoseconds now, const models::World& world, models::TokenId id) {
  line(now, models::who(world, id), "starts", {}, world.token(id).request);
}

void Trace::waits(Nanoseconds now, const models::World& world, models::TokenId id) {
  const std::string what = models::describe_wait(world, id);
  if (what.empty()) return;
  line(now, models::who(world, id), what, world.machine().function_of(world.token(id).at), world.token(id).request);
}

void Trace::polls(Nanoseconds now, const models::World& world, models::TokenId id) {
  const models::Token& token = world.token(id);
  line(now, models::who(world, id),
       fmt::format("polls in vain for {}", resource_of(world.machine(), world.node_of(id).resource).name),
       world.machine().function_of(token.at), token.request);
}

void Trace::spends(Nanoseconds now, const models::World& world, models::TokenId id) {
  const models::Token& token = world.token(id);
  line(now, models::who(world, id), models::describe_spend(world.machine(), world.node_of(id)),
       world.machine().function_of(token.at), token.request);
}

void Trace::note(Nanoseconds now, std::string_view text) {
  line(now, "", text, {}, -1);
}

}  // namespace dmstall::sim
