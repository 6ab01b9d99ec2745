#include "models/machine/compile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <unordered_map>

#include "models/machine/graph.hpp"
#include "models/machine/step_questions.hpp"

namespace dmstall::models {

namespace {

/// A parked spawn, in the order in which current->bio_list holds it.
using Parked = std::vector<const Step*>;

constexpr std::size_t most_nodes = 8'000'000;

class Lowering {
 public:
  explicit Lowering(const Program& program) : program_(program), ask_(program) {
    machine_.strings.emplace_back();
    string_ids_.emplace("", 0);
  }

  Machine run() {
    copy_descriptions();
    lay_out_levels();
    machine_.flow_entry.assign(program_.flows.size(), no_node);
    for (std::size_t i = 0; i < program_.flows.size(); ++i) {
      // Calls and spawns may name a flow before it is lowered: every flow begins with a jump that is filled in.
      machine_.flow_entry[i] = add({});
      jumps_[machine_.flow_entry[i]] = no_node;
    }
    for (std::size_t i = 0; i < program_.flows.size(); ++i) lower_flow(static_cast<FlowId>(i));
    resolve_jumps();
    for (const RequestClass& of : program_.classes) {
      machine_.class_entry.push_back(machine_.flow_entry[static_cast<std::size_t>(ask_.check_flow(of.flow, {}))]);
    }
    note_negative_reads();
    return std::move(machine_);
  }

 private:
  void copy_descriptions() {
    machine_.name = program_.name;
    for (const Flow& flow : program_.flows) machine_.flows.push_back({flow.name, flow.device, {}, flow.serves_io});
    machine_.resources = program_.resources;
    machine_.classes = program_.classes;
    machine_.timed_devices = program_.timed_devices;
    machine_.tables = program_.tables;
    machine_.faults = program_.faults;
    machine_.fault_plans = program_.fault_plans;
    machine_.assumptions = program_.assumptions;
    machine_.kernel = program_.kernel;
    machine_.omissions = program_.omissions;
    machine_.unpooled_sites = program_.unpooled_sites;
    machine_.hash_bytes_per_s = program_.hash_bytes_per_s;
    machine_.cpus = program_.cpus;
  }

  void lay_out_levels() {
    for (const Resource& resource : program_.resources) {
      const std::int32_t words = resource.kind == ResourceKind::rwsem   ? 3
                                 : resource.kind == ResourceKind::order ? 2
                                                                        : 1;
      machine_.slots.push_back({machine_.level_words, words});
      machine_.level_words += words;
    }
  }

  /// An event that nobody ever signals: what waits for its own parked bio.
  ResourceId own_bio_list() {
    if (own_bio_list_ == no_resource) {
      Resource list;
      list.name = "its own current->bio_list";
      list.kind = ResourceKind::event;
      list.wait_function = "wait_for_completion_io";
      own_bio_list_ = static_cast<ResourceId>(machine_.resources.size());
      machine_.resources.push_back(list);
      machine_.slots.push_back({machine_.level_words, 1});
      ++machine_.level_words;
    }
    return own_bio_list_;
  }

  NodeId add(Node node) {
    if (machine_.nodes.size() >= most_nodes)
      throw CompileError("the steps make too many different ways (more than 8 million)", node.line, node.column);
    node.flow = flow_;
    machine_.nodes.push_back(node);
    return static_cast<NodeId>(machine_.nodes.size() - 1);
  }

  std::int32_t intern(const std::string& text) {
    const auto [found, fresh] = string_ids_.emplace(text, static_cast<std::int32_t>(machine_.strings.size()));
    if (fresh) machine_.strings.push_back(text);
    return found->second;
  }

  Node node_for(const Step& step, NodeKind kind, NodeId next) {
    Node node;
    node.kind = kind;
    node.resource = step.resource;
    node.n = step.n;
    node.keep = step.keep;
    node.next = next;
    node.status = step.status;
    node.table = step.table;
    node.decider = step.decider;
    node.context = step.context;
    node.address = step.address;
    node.spend = step.spend;
    node.amount = step.amount;
    node.device = step.device;
    node.in_submit = submit_depth_ > 0;
    node.function = intern(step.function);
    node.note = intern(step.note);
    node.line = step.line;
    node.column = step.column;
    return node;
  }

  void lower_flow(FlowId flow) {
    flow_ = flow;
    Node end;
    end.kind = NodeKind::finish;
    const NodeId last = add(end);
    jumps_[machine_.flow_entry[static_cast<std::size_t>(flow)]] =
        lower(program_.flows[static_cast<std::size_t>(flow)].steps, last);
    flow_ = no_flow;
  }

  NodeId lower(const Steps& steps, NodeId next) {
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) next = lower(*step, next);
    return next;
  }

  NodeId lower_take(const Step& step, NodeId next) {
    const Resource& resource = program_.resources[static_cast<std::size_t>(step.resource)];
    if (step.split_by_source) {
      Node node = node_for(step, NodeKind::take, lower(step.body, next));
      node.reserve_next = lower(step.else_steps, next);
      return add_take(node, resource);
    }
    if (step.mode == TakeMode::try_) {
      Node node = node_for(step, NodeKind::try_take, lower(step.body, next));
      node.other = lower(step.else_steps, next);
      return add(node);
    }
    if (step.mode == TakeMode::all) return add_take(node_for(step, NodeKind::take, next), resource);
    for (std::int32_t i = 0; i < step.n; ++i) {
      Node node = node_for(step, NodeKind::take, next);
      node.n = 1;
      next = add_take(node, resource);
    }
    return next;
  }

  NodeId add_take(Node node, const Resource& resource) {
    if (resource.soft && !resource.poll) {
      Node asleep = node;
      asleep.kind = NodeKind::take_asleep;
      node.other = add(asleep);
    }
    return add(node);
  }

  void set_by_status(Node& node, const Step& step, NodeId next) {
    static constexpr const char* labels[] = {"ok", "bad", "error"};
    for (std::size_t status = 0; status < 3; ++status) {
      node.by_status[status] = next;
      for (const Branch& branch : step.branches) {
        if (branch.label == labels[status]) node.by_status[status] = lower(branch.steps, next);
      }
    }
  }

  void add_gives(Node& node, const std::vector<GiveBack>& gives) {
    node.first_give = static_cast<std::int32_t>(machine_.gives.size());
    node.gives = static_cast<std::int32_t>(gives.size());
    machine_.gives.insert(machine_.gives.end(), gives.begin(), gives.end());
  }

  NodeId lower_choose(const Step& step, NodeId next, const std::function<NodeId(const Steps&)>& lower_branch) {
    Node node = node_for(step, NodeKind::choose, next);
    std::vector<Choice> choices;
    for (const Branch& branch : step.branches) {
      choices.push_back(
          {lower_branch(branch.steps), branch.faults, branch.weight, branch.from_byte, branch.to_byte, branch.label});
    }
    if (choices.empty()) return next;
    node.first_choice = static_cast<std::int32_t>(machine_.choices.size());
    node.choices = static_cast<std::int32_t>(choices.size());
    machine_.choices.insert(machine_.choices.end(), choices.begin(), choices.end());
    return add(node);
  }

  NodeId add_spawn(const Step& step, NodeId next, bool submit) {
    Node node = node_for(step, submit ? NodeKind::spawn_submit : NodeKind::spawn, next);
    node.entry = machine_.flow_entry[static_cast<std::size_t>(ask_.check_flow(step.flow, step))];
    add_gives(node, step.with);
    if (submit) {
      Node wait = node_for(step, NodeKind::await_detach, next);
      node.next = add(wait);
    }
    return add(node);
  }

  /// The end of an outermost submit_bio block: parked bios are popped in the order in which they were parked.
  NodeId start_parked(const Parked& parked, NodeId next) {
    for (auto step = parked.rbegin(); step != parked.rend(); ++step) {
      next = add_spawn(**step, next, ask_.flow_detaches(ask_.check_flow((*step)->flow, **step)));
    }
    return next;
  }

  /// Lowers steps[i…] of a submit_bio block; `parked` depends on the path that led here.
  NodeId lower_block(const Steps& steps, std::size_t i, const Parked& parked,
                     const std::function<NodeId(const Parked&)>& then) {
    if (i == steps.size()) return then(parked);
    const Step& step = steps[i];
    const auto rest = [&](const Parked& more) { return lower_block(steps, i + 1, more, then); };
    if (step.kind == StepKind::spawn && step.park) {
      Parked more = parked;
      more.push_back(&step);
      return rest(more);
    }
    const auto is_park = [](const Step& each) { return each.kind == StepKind::spawn && each.park; };
    const auto is_wait = [](const Step& each) { return each.kind == StepKind::await_children; };
    if (ask_.calls_one_that(step, is_park)) {
      throw CompileError(
          "a flow called inside a submit_bio block parks bios of its own: write its steps into the block", step.line,
          step.column);
    }
    if (!parked.empty() && ask_.calls_one_that(step, is_wait)) {
      throw CompileError(
          "a flow called inside a submit_bio block awaits its children while a bio is parked: write its steps into the "
          "block",
          step.line, step.column);
    }
    const bool parks_later = std::any_of(steps.begin() + static_cast<std::ptrdiff_t>(i) + 1, steps.end(),
                                         [](const Step& later) { return contains_park(later); });
    if (step.kind != StepKind::finish && parks_later && ask_.leaves(step, false)) {
      throw CompileError("a bio is parked after the submitter may have returned", step.line, step.column);
    }
    if (step.kind == StepKind::await_children && !parked.empty()) {
      // It waits for a bio on its own current->bio_list, which starts only when the block ends: for ever.
      Node never = node_for(step, NodeKind::await, rest(parked));
      never.resource = own_bio_list();
      return add(never);
    }
    const bool ends_early = !parked.empty() && ask_.leaves(step);
    const bool waits = !parked.empty() && ask_.anywhere(step, is_wait);  // in a branch; for its own parked bio
    if (!contains_park(step) && !ends_early && !waits) return lower(step, rest(parked));
    switch (step.kind) {
      case StepKind::finish:  // the submitter returns: the block ends here
        return start_parked(parked, lower(step, no_node));
      case StepKind::detach:
        return start_parked(parked, lower(step, rest({})));
      case StepKind::submit_bio:
        return lower_block(step.body, 0, parked, rest);
      case StepKind::choose:
        return lower_choose(step, no_node, [&](const Steps& branch) { return lower_block(branch, 0, parked, rest); });
      case StepKind::take:
        if (step.mode == TakeMode::try_) {
          Node node = node_for(step, NodeKind::try_take, lower_block(step.body, 0, parked, rest));
          node.other = lower_block(step.else_steps, 0, parked, rest);
          return add(node);
        }
        [[fallthrough]];
      default:
        throw CompileError(
            "a bio can be parked, and a block that parks be left or wait for it, directly in a submit_bio block, in "
            "a choose or in a try, not here",
            step.line, step.column);
    }
  }

  NodeId lower(const Step& step, NodeId next) {
    switch (step.kind) {
      case StepKind::take:
        return lower_take(step, next);
      case StepKind::give:
        return add(node_for(step, NodeKind::give, next));
      case StepKind::read_lock:
      case StepKind::write_lock:
        return lower_rwsem(step, next);
      case StepKind::read_unlock:
        return add(node_for(step, NodeKind::read_unlock, next));
      case StepKind::write_unlock:
        return add(node_for(step, NodeKind::write_unlock, next));
      case StepKind::count: {
        Node node = node_for(step, NodeKind::count, lower(step.else_steps, next));
        node.keep = step.at_least;
        node.other = lower(step.body, next);
        return add(node);
      }
      case StepKind::await_zero:
        return add(node_for(step, NodeKind::await_zero, next));
      case StepKind::signal:
        return add(node_for(step, NodeKind::signal, next));
      case StepKind::clear:
        return add(node_for(step, NodeKind::clear, next));
      case StepKind::broadcast:
        return add(node_for(step, NodeKind::broadcast, next));
      case StepKind::await:
        return add(node_for(step, NodeKind::await, next));
      case StepKind::ticket:
        return add(node_for(step, NodeKind::ticket, next));
      case StepKind::await_turn:
        return add(node_for(step, NodeKind::await_turn, next));
      case StepKind::pass_turn:
        return add(node_for(step, NodeKind::pass_turn, next));
      case StepKind::spend:
        return add(node_for(step, NodeKind::spend, next));
      case StepKind::choose:
        return lower_choose(step, next, [&](const Steps& branch) { return lower(branch, next); });
      case StepKind::spawn:
        if (step.park) throw CompileError("a bio is parked outside a submit_bio block", step.line, step.column);
        return add_spawn(step, next, false);
      case StepKind::await_children: {
        Node node = node_for(step, NodeKind::await_children, next);
        set_by_status(node, step, next);
        return add(node);
      }
      case StepKind::submit_bio: {
        ++submit_depth_;
        const NodeId entry = lower_block(step.body, 0, {}, [&](const Parked& parked) {
          --submit_depth_;
          const NodeId after = start_parked(parked, next);
          ++submit_depth_;
          return after;
        });
        --submit_depth_;
        return entry;
      }
      case StepKind::call: {
        Node node = node_for(step, NodeKind::call, next);
        node.entry = machine_.flow_entry[static_cast<std::size_t>(ask_.check_flow(step.flow, step))];
        set_by_status(node, step, next);
        add_gives(node, step.after_detach);
        return add(node);
      }
      case StepKind::detach:
        return add(node_for(step, NodeKind::detach, next));
      case StepKind::if_: {
        Node node = node_for(step, NodeKind::test, lower(step.body, next));
        node.other = lower(step.else_steps, next);
        return add(node);
      }
      case StepKind::forever:
        return lower_loop(step, no_node);
      case StepKind::while_:
        return lower_loop(step, next);
      case StepKind::remember:
        return add(node_for(step, NodeKind::remember, next));
      case StepKind::end_writeback:
        return add(node_for(step, NodeKind::end_writeback, next));
      case StepKind::finish:
        return add(node_for(step, NodeKind::finish, no_node));
      case StepKind::stop:
        return add(node_for(step, NodeKind::stop, no_node));
    }
    throw CompileError("unknown step", step.line, step.column);
  }

  NodeId lower_rwsem(const Step& step, NodeId next) {
    const bool read = step.kind == StepKind::read_lock;
    if (step.mode == TakeMode::try_) {
      Node node = node_for(step, read ? NodeKind::try_read_lock : NodeKind::try_write_lock, lower(step.body, next));
      node.other = lower(step.else_steps, next);
      return add(node);
    }
    if (read) return add(node_for(step, NodeKind::read_lock, next));
    const NodeId acquire = add(node_for(step, NodeKind::write_acquire, next));
    return add(node_for(step, NodeKind::write_arrive, acquire));
  }

  NodeId lower_loop(const Step& step, NodeId after) {
    machine_.has_loops = true;
    const NodeId back = add({});
    jumps_[back] = no_node;
    loop_jumps_.push_back(back);
    const NodeId body = lower(step.body, back);
    NodeId head = body;
    if (step.kind == StepKind::while_) {
      Node test = node_for(step, NodeKind::test, body == back ? no_node : body);
      test.other = after;
      head = add(test);
      if (body == back) {  // an empty body: a busy wait
        node_at(machine_, head).next = head;
        node_at(machine_, head).back_edge = true;
      }
    } else if (body == back) {
      Node idle = node_for(step, NodeKind::spend, no_node);
      idle.amount = 1;
      head = add(idle);
      node_at(machine_, head).next = head;
      node_at(machine_, head).back_edge = true;
    }
    jumps_[back] = head;
    return head;
  }

  NodeId target(NodeId id) const {
    for (auto jump = jumps_.find(id); jump != jumps_.end(); jump = jumps_.find(id)) id = jump->second;
    return id;
  }

  bool through_loop(NodeId id) const {
    for (auto jump = jumps_.find(id); jump != jumps_.end(); jump = jumps_.find(id)) {
      if (std::find(loop_jumps_.begin(), loop_jumps_.end(), id) != loop_jumps_.end()) return true;
      id = jump->second;
    }
    return false;
  }

  void resolve_jumps() {
    const auto resolve = [&](Node& node, NodeId& to) {
      if (to == no_node) return;
      if (through_loop(to)) node.back_edge = true;
      to = target(to);
    };
    for (Node& node : machine_.nodes) for_each_edge(machine_, node, [&](NodeId& to) { resolve(node, to); });
    for (NodeId& entry : machine_.flow_entry) entry = target(entry);
  }

  void note_negative_reads() {
    machine_.read_negatively.assign(machine_.resources.size(), false);
    for (const Node& node : machine_.nodes) {
      if (node.resource == no_resource) continue;
      if (reads_negatively(node)) machine_.read_negatively[static_cast<std::size_t>(node.resource)] = true;
    }
  }

  const Program& program_;
  StepQuestions ask_;
  Machine machine_;
  std::unordered_map<std::string, std::int32_t> string_ids_;
  std::unordered_map<NodeId, NodeId> jumps_;  ///< placeholders and where they lead
  std::vector<NodeId> loop_jumps_;
  ResourceId own_bio_list_ = no_resource;
  FlowId flow_ = no_flow;
  int submit_depth_ = 0;
};

}  // namespace

bool reads_negatively(const Node& node) {
  return node.kind == NodeKind::try_take || node.kind == NodeKind::try_read_lock ||
         node.kind == NodeKind::try_write_lock || node.kind == NodeKind::test || node.kind == NodeKind::clear ||
         node.kind == NodeKind::broadcast || (node.kind == NodeKind::count && node.other != node.next) ||
         (node.kind == NodeKind::take && node.keep > 0);
}

Machine compile(const Program& program) {
  return Lowering(program).run();
}

}  // namespace dmstall::models
