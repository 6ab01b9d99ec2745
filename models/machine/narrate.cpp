#include "models/machine/narrate.hpp"

#include <fmt/format.h>

#include "models/machine/graph.hpp"

namespace dmstall::models {

namespace {

const Resource& resource_of(const Machine& machine, ResourceId id) {
  return machine.resources[static_cast<std::size_t>(id)];
}

std::string_view status_name(Status status) {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::bad:
      return "ok, with wrong data";
    case Status::error:
      return "error";
  }
  return "";
}

std::string describe_take(const World& world, const Node& node, const Alternative& taken) {
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

}  // namespace

std::string left_of(const World& world, ResourceId id) {
  const Resource& resource = resource_of(world.machine(), id);
  return fmt::format("{} of {} left", level(world.machine(), world.levels(), id), resource.capacity);
}

std::string describe_spend(const Machine& machine, const Node& node) {
  const auto device = [&] { return machine.timed_devices[static_cast<std::size_t>(node.device)].name; };
  switch (node.spend) {
    case SpendKind::delay_us:
      return fmt::format("spends {} us", node.amount);
    case SpendKind::cpu_bytes:
      return fmt::format("hashes {} B", node.amount);
    case SpendKind::dirty_bytes:
      return "pages made dirty";
    case SpendKind::disk_read:
      return fmt::format("reads {} B of {}", node.amount, device());
    case SpendKind::disk_write:
      return fmt::format("writes {} B to {}", node.amount, device());
    case SpendKind::disk_flush:
      return fmt::format("flushes {}", device());
  }
  return {};
}

std::string describe_wait(const World& world, TokenId id) {
  const Node& node = world.node_of(id);
  switch (node.kind) {
    case NodeKind::await_children:
      return fmt::format("waits for its {} children", world.token(id).children);
    case NodeKind::await_detach:
      return {};
    case NodeKind::await_turn:
      return fmt::format("waits for its turn in {}", resource_of(world.machine(), node.resource).name);
    default:
      if (node.resource == no_resource) return {};
      return fmt::format("waits for {} {} ({})", node.n, resource_of(world.machine(), node.resource).name,
                         left_of(world, node.resource));
  }
}

std::string describe_step(const World& world, const Node& node, const Alternative& taken) {
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
      return fmt::format("counts {} by {} to {}", name(), node.n, level(machine, world.levels(), node.resource));
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
      const auto& choice = choices_of(machine, node)[static_cast<std::size_t>(taken.index)];
      return choice.label.empty() ? std::string{} : fmt::format("meets: {}", choice.label);
    }
    case NodeKind::call:
      return fmt::format("calls {}", machine.flows[static_cast<std::size_t>(node_at(machine, node.entry).flow)].name);
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
    case NodeKind::stop:
      return fmt::format("stops the machine: {}", machine.strings[static_cast<std::size_t>(node.note)]);
    case NodeKind::spawn:
    case NodeKind::spawn_submit:
    case NodeKind::await_detach:
    case NodeKind::test:
    case NodeKind::remember:
      return {};
  }
  return {};
}

std::string who(const World& world, TokenId id) {
  const Machine& machine = world.machine();
  const Token& token = world.token(id);
  if (!token.detached) {
    for (auto held = token.held.rbegin(); held != token.held.rend(); ++held) {
      const Resource& resource = resource_of(machine, held->resource);
      if (resource.kind != ResourceKind::thread && resource.kind != ResourceKind::workers) continue;
      return resource.pool.empty() ? resource.name : fmt::format("{}/{}", whole_pool(resource), resource.owner);
    }
    if (token.being_submitted) return who(world, token.parent);
  }
  const RequestClass& of = machine.classes[static_cast<std::size_t>(token.request_class)];
  const NodeId at = token.at;
  const FlowId flow = at == no_node ? no_flow : node_at(machine, at).flow;
  if (token.detached && flow != no_flow && !machine.flows[static_cast<std::size_t>(flow)].device.empty()) {
    return fmt::format("bio {} of {}", token.serial, machine.flows[static_cast<std::size_t>(flow)].device);
  }
  return of.population > 1 || token.parent_serial >= 0 ? fmt::format("{} #{}", of.name, token.serial) : of.name;
}

}  // namespace dmstall::models
