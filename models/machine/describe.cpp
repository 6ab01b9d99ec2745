#include "models/machine/describe.hpp"

#include <fmt/format.h>

#include <array>

namespace dmstall::models {

namespace {

class Describer {
 public:
  explicit Describer(const Program& program) : program_(program) {}

  std::string run() {
    text_ += "resources\n";
    for (const Resource& resource : program_.resources) text_ += "  " + describe_resource(resource) + "\n";
    for (std::size_t i = 0; i < program_.flows.size(); ++i) flow(static_cast<FlowId>(i));
    text_ += "\nrequests\n";
    for (const RequestClass& of : program_.classes) text_ += "  " + describe_requests(program_, of) + "\n";
    return std::move(text_);
  }

  std::string one(FlowId id) {
    flow(id);
    return std::move(text_);
  }

 private:
  const std::string& name(ResourceId id) const { return program_.resources[static_cast<std::size_t>(id)].name; }

  void line(int depth, const std::string& what, const Step& step) {
    const std::string indent(static_cast<std::size_t>(2 * depth), ' ');
    text_ += step.function.empty()
                 ? fmt::format("{}{}\n", indent, what)
                 : fmt::format("{}{:<{}}  [{}]\n", indent, what, 56 - 2 * std::min(depth, 12), step.function);
  }

  void steps(const Steps& list, int depth) {
    for (const Step& step : list) one_step(step, depth);
  }

  void branch(const std::string& label, const Steps& list, int depth) {
    text_ += fmt::format("{}{}:{}\n", std::string(static_cast<std::size_t>(2 * depth), ' '), label,
                         list.empty() ? " go on" : "");
    steps(list, depth + 1);
  }

  void branches(const Step& step, int depth) {
    for (const Branch& each : step.branches) branch(each.label, each.steps, depth);
  }

  void flow(FlowId id) {
    const Flow& of = program_.flows[static_cast<std::size_t>(id)];
    text_ += fmt::format("\n{}\n", of.name);
    steps(of.steps, 1);
  }

  const std::string& flow_name(const Step& step) const {
    return program_.flows[static_cast<std::size_t>(step.flow)].name;
  }

  void one_step(const Step& step, int depth) {
    static constexpr std::array statuses{"ok", "bad", "error"};
    switch (step.kind) {
      case StepKind::take: {
        const char* mode = step.mode == TakeMode::all    ? " at once"
                           : step.mode == TakeMode::try_ ? " if it can be had now"
                                                         : "";
        line(depth, fmt::format("take {} {}{}", step.n, name(step.resource), mode), step);
        if (step.split_by_source) {
          branch("from the allocator", step.body, depth + 1);
          branch("from the reserve", step.else_steps, depth + 1);
        } else if (step.mode == TakeMode::try_) {
          branch("had", step.body, depth + 1);
          branch("refused", step.else_steps, depth + 1);
        }
        return;
      }
      case StepKind::give:
        return line(depth, fmt::format("give {} {}", step.n, name(step.resource)), step);
      case StepKind::read_lock:
        return line(depth, "read-lock " + name(step.resource), step);
      case StepKind::read_unlock:
        return line(depth, "read-unlock " + name(step.resource), step);
      case StepKind::write_lock:
        return line(depth, "write-lock " + name(step.resource), step);
      case StepKind::write_unlock:
        return line(depth, "write-unlock " + name(step.resource), step);
      case StepKind::count:
        line(depth, fmt::format("count {} {:+}", name(step.resource), step.n), step);
        if (!step.body.empty() || !step.else_steps.empty()) {
          branch("now 0", step.body, depth + 1);
          branch("not 0", step.else_steps, depth + 1);
        }
        return;
      case StepKind::await_zero:
        return line(depth, fmt::format("wait until {} is 0", name(step.resource)), step);
      case StepKind::signal:
        return line(depth, "signal " + name(step.resource), step);
      case StepKind::clear:
        return line(depth, "clear " + name(step.resource), step);
      case StepKind::broadcast:
        return line(depth, "broadcast " + name(step.resource), step);
      case StepKind::await:
        return line(depth, "wait for " + name(step.resource), step);
      case StepKind::ticket:
        return line(depth, "draw a ticket of " + name(step.resource), step);
      case StepKind::await_turn:
        return line(depth, "wait for the turn in " + name(step.resource), step);
      case StepKind::pass_turn:
        return line(depth, "pass the turn in " + name(step.resource), step);
      case StepKind::spend: {
        static constexpr std::array kinds{"us pass", "bytes are hashed", "bytes are read", "bytes are written",
                                          "bytes, flushed"};
        return line(depth, fmt::format("{} {}", step.amount, kinds[static_cast<std::size_t>(step.spend)]), step);
      }
      case StepKind::choose:
        line(depth, "one of", step);
        return branches(step, depth + 1);
      case StepKind::spawn:
        return line(depth, fmt::format("{} {}", step.park ? "park" : "start", flow_name(step)), step);
      case StepKind::await_children:
        line(depth, "wait for all children", step);
        return branches(step, depth + 1);
      case StepKind::submit_bio:
        line(depth, "inside submit_bio", step);
        return steps(step.body, depth + 1);
      case StepKind::call: {
        static constexpr std::array contexts{"", ", sleeping until it completes", ", asynchronously"};
        std::string after;
        for (const GiveBack& give : step.after_detach)
          after += fmt::format(", then giving back {} {}", give.n, name(give.resource));
        line(depth, fmt::format("{}{}{}", flow_name(step), contexts[static_cast<std::size_t>(step.context)], after),
             step);
        return branches(step, depth + 1);
      }
      case StepKind::detach:
        return line(depth, "the submitter returns", step);
      case StepKind::if_:
        line(depth, "if " + name(step.resource), step);
        branch("set", step.body, depth + 1);
        return branch("not set", step.else_steps, depth + 1);
      case StepKind::forever:
        line(depth, "for ever", step);
        return steps(step.body, depth + 1);
      case StepKind::while_:
        line(depth, "while " + name(step.resource), step);
        return steps(step.body, depth + 1);
      case StepKind::remember:
        return line(depth, "remembered: " + program_.tables[static_cast<std::size_t>(step.table)].name, step);
      case StepKind::end_writeback:
        return line(depth, fmt::format("{} pages become clean", step.n), step);
      case StepKind::stop:
        return line(depth, "the machine stops: " + step.note, step);
      case StepKind::finish:
        return line(depth, fmt::format("finish {}", statuses[static_cast<std::size_t>(step.status)]), step);
    }
  }

  const Program& program_;
  std::string text_;
};

}  // namespace

std::string describe_resource(const Resource& resource) {
  static constexpr std::array kinds{"mempool",   "bio_set", "page pool", "buffer pool", "slots", "threads", "workers",
                                    "semaphore", "mutex",   "rwsem",     "counter",     "event", "order"};
  static constexpr std::array rules{"never succeeds", "needs a freed page", "may succeed or fail", "always succeeds"};
  std::string text =
      fmt::format("{:<36} {} of {}", resource.name, kinds[static_cast<std::size_t>(resource.kind)], resource.capacity);
  if (resource.soft) text += fmt::format(", allocator {}", rules[static_cast<std::size_t>(resource.allocator)]);
  if (resource.soft && !resource.poll) text += ", no poll";
  if (resource.handed_over) text += ", handed over";
  return text;
}

std::string describe_requests(const Program& program, const RequestClass& of) {
  return fmt::format("{}: {} of {}, {} in flight", of.name, of.total,
                     program.flows[static_cast<std::size_t>(of.flow)].name,
                     of.in_flight == 0 ? of.total : of.in_flight);
}

std::string describe(const Program& program) {
  return Describer(program).run();
}

std::string describe_flow(const Program& program, FlowId flow) {
  return Describer(program).one(flow);
}

}  // namespace dmstall::models
