#include "sim/trace.hpp"

#include <fmt/format.h>

#include <iterator>
#include <ostream>

namespace dmstall::sim {

namespace {

using models::AlternativeKind;
using models::Machine;
using models::Node;
using models::NodeKind;
using models::Resource;
using models::ResourceKind;

constexpr std::size_t buffer_bytes = 1 << 16;

const Resource& resource_of(const Machine& machine, models::ResourceId id) {
  return machine.resources[static_cast<std::size_t>(id)];
}

std::string left_of(const models::World& world, models::ResourceId id) {
  const Resource& resource = resource_of(world.machine(), id);
  return fmt::format("{} of {} left", models::level(world.machine(), world.levels(), id), resource.capacity);
}

std::string_view status_name(models::Status status) {
  switch (status) {
    case models::Status::ok:
      return "ok";
    case models::Status::bad:
      return "ok, with wrong data";
    case models::Status::error:
      return "error";
  }
  return "";
}

std::string describe_take(const models::World& world, const Node& node, const models::Alternative& taken) {
  const std::string what = fmt::format("{} {}", node.n, resource_of(world.machine(), node.resource).name);
  switch (taken.kind) {
    case AlternativeKind::allocator:
      return fmt::format("allocates {}", what);
    case AlternativeKind::page:
      return fmt::format("allocates {} from a freed page", what);
    case AlternativeKind::reserve:
      return resource_of(world.machine(), node.resource).soft
                 ? fmt::format("takes {} from the reserve ({})", what, left_of(world, node.resource))
                 : fmt::format("takes {} ({})", what, left_of(world, node.resource));
    case AlternativeKind::refused:
      return fmt::format("is refused {}", what);
    default:
      return fmt::format("finds no {}", what);
  }
}

std::string describe_spend(const Machine& machine, const Node& node) {
  const auto device = [&] { return machine.timed_devices[static_cast<std::size_t>(node.device)].name; };
  switch (node.spend) {
    case models::SpendKind::delay_us:
      return fmt::format("spends {} us", node.amount);
    case models::SpendKind::cpu_bytes:
      return fmt::format("hashes {} B", node.amount);
    case models::SpendKind::disk_read:
      return fmt::format("reads {} B of {}", node.amount, device());
    case models::SpendKind::disk_write:
      return fmt::format("writes {} B to {}", node.amount, device());
    case models::SpendKind::disk_flush:
      return fmt::format("flushes {}", device());
  }
  return {};
}

/// Empty: not worth a line.
std::string describe(const models::World& world, const Node& node, const models::Alternative& taken) {
  const Machine& machine = world.machine();
  const auto name = [&]() -> const std::string& { return resource_of(machine, node.resource).name; };
  switch (node.kind) {
    case NodeKind::take:
    case NodeKind::take_asleep:
    case NodeKind::try_take:
      return describe_take(world, node, taken);
    case NodeKind::give:
      return fmt::format("gives {} {} ({})", node.n, name(), left_of(world, node.resource));
    case NodeKind::read_lock:
      return fmt::format("read-locks {}", name());
    case NodeKind::try_read_lock:
      return fmt::format("{} {}", taken.kind == AlternativeKind::refused ? "cannot read-lock" : "read-locks", name());
    case NodeKind::read_unlock:
      return fmt::format("read-unlocks {}", name());
    case NodeKind::write_arrive:
      return fmt::format("queues for the write lock of {}", name());
    case NodeKind::write_acquire:
      return fmt::format("write-locks {}", name());
    case NodeKind::try_write_lock:
      return fmt::format("{} {}", taken.kind == AlternativeKind::refused ? "cannot write-lock" : "write-locks", name());
    case NodeKind::write_unlock:
      return fmt::format("write-unlocks {}", name());
    case NodeKind::count:
      return fmt::format("counts {} by {} to {}", name(), node.n,
                         models::level(machine, world.levels(), node.resource));
    case NodeKind::await_zero:
      return fmt::format("sees {} at 0", name());
    case NodeKind::signal:
      return fmt::format("signals {}", name());
    case NodeKind::clear:
      return fmt::format("clears {}", name());
    case NodeKind::broadcast:
      return fmt::format("wakes all who await {}", name());
    case NodeKind::await:
      return fmt::format("has seen {}", name());
    case NodeKind::ticket:
      return fmt::format("draws a ticket of {}", name());
    case NodeKind::await_turn:
      return fmt::format("has its turn in {}", name());
    case NodeKind::pass_turn:
      return fmt::format("passes the turn of {}", name());
    case NodeKind::choose: {
      const auto& choice = machine.choices[static_cast<std::size_t>(node.first_choice + taken.index)];
      return choice.label.empty() ? std::string{} : fmt::format("meets: {}", choice.label);
    }
    case NodeKind::call:
      return fmt::format(
          "calls {}",
          machine.flows[static_cast<std::size_t>(machine.nodes[static_cast<std::size_t>(node.entry)].flow)].name);
    case NodeKind::detach:
      return "returns; the rest runs at completion";
    case NodeKind::end_writeback:
      return fmt::format("ends writeback of a page ({} free)", world.levels().free_pages);
    case NodeKind::await_children:
      return "has all its children back";
    case NodeKind::spend:
      return fmt::format("is done: {}", describe_spend(machine, node));
    case NodeKind::finish:
      return fmt::format("ends: {}", status_name(node.status));
    case NodeKind::spawn:
    case NodeKind::spawn_submit:
    case NodeKind::await_detach:
    case NodeKind::test:
    case NodeKind::remember:
      return {};
  }
  return {};
}

}  // namespace

std::string who(const models::World& world, models::TokenId id) {
  const Machine& machine = world.machine();
  const models::Token& token = world.token(id);
  if (!token.detached) {
    for (auto held = token.held.rbegin(); held != token.held.rend(); ++held) {
      const Resource& resource = resource_of(machine, held->resource);
      if (resource.kind != ResourceKind::thread && resource.kind != ResourceKind::workers) continue;
      return resource.pool.empty() ? resource.name : fmt::format("{}/{}", resource.pool, resource.owner);
    }
    if (token.being_submitted) return who(world, token.parent);
  }
  const models::RequestClass& of = machine.classes[static_cast<std::size_t>(token.request_class)];
  const models::NodeId at = token.at;
  const models::FlowId flow =
      at == models::no_node ? models::no_flow : machine.nodes[static_cast<std::size_t>(at)].flow;
  if (token.detached && flow != models::no_flow && !machine.flows[static_cast<std::size_t>(flow)].device.empty()) {
    return fmt::format("bio {} of {}", token.serial, machine.flows[static_cast<std::size_t>(flow)].device);
  }
  return of.population > 1 || token.parent_serial >= 0 ? fmt::format("{} #{}", of.name, token.serial) : of.name;
}

void Trace::line(Nanoseconds now, std::string_view who, std::string_view what, std::string_view functions,
                 std::int64_t request) {
  fmt::format_to(std::back_inserter(buffer_), "{:>12.6f} s  {:<24} {}", to_seconds(now), who, what);
  if (!functions.empty()) fmt::format_to(std::back_inserter(buffer_), "   [{}]", functions);
  if (request >= 0) fmt::format_to(std::back_inserter(buffer_), "  request {}", request);
  buffer_ += '\n';
  if (buffer_.size() >= buffer_bytes) flush();
}

void Trace::flush() {
  if (out_ == nullptr || buffer_.empty()) return;
  out_->write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  buffer_.clear();
}

void Trace::begin_step(const models::World& world, models::TokenId id) {
  node_ = world.token(id).at;
  who_ = who(world, id);
  request_ = world.token(id).request;
}

void Trace::end_step(Nanoseconds now, const models::World& world, const models::Alternative& taken,
                     std::int64_t spawned) {
  const Node& node = world.machine().nodes[static_cast<std::size_t>(node_)];
  const std::string what = spawned >= 0 ? fmt::format("starts child {}", spawned) : describe(world, node, taken);
  if (!what.empty()) line(now, who_, what, world.machine().function_of(node_), request_);
}

void Trace::starts(Nanoseconds now, const models::World& world, models::TokenId id) {
  line(now, who(world, id), "starts", {}, world.token(id).request);
}

void Trace::waits(Nanoseconds now, const models::World& world, models::TokenId id) {
  const Node& node = world.node_of(id);
  const models::Token& token = world.token(id);
  std::string what;
  switch (node.kind) {
    case NodeKind::await_children:
      what = fmt::format("waits for its {} children", token.children);
      break;
    case NodeKind::await_detach:
      return;
    case NodeKind::await_turn:
      what = fmt::format("waits for its turn in {}", resource_of(world.machine(), node.resource).name);
      break;
    default:
      if (node.resource == models::no_resource) return;
      what = fmt::format("waits for {} {} ({})", node.n, resource_of(world.machine(), node.resource).name,
                         left_of(world, node.resource));
  }
  line(now, who(world, id), what, world.machine().function_of(token.at), token.request);
}

void Trace::polls(Nanoseconds now, const models::World& world, models::TokenId id) {
  const models::Token& token = world.token(id);
  line(now, who(world, id),
       fmt::format("polls in vain for {}", resource_of(world.machine(), world.node_of(id).resource).name),
       world.machine().function_of(token.at), token.request);
}

void Trace::spends(Nanoseconds now, const models::World& world, models::TokenId id) {
  const models::Token& token = world.token(id);
  line(now, who(world, id), describe_spend(world.machine(), world.node_of(id)), world.machine().function_of(token.at),
       token.request);
}

void Trace::note(Nanoseconds now, std::string_view text) {
  line(now, "", text, {}, -1);
}

}  // namespace dmstall::sim
