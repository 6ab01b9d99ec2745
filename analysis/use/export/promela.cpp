#include "analysis/use/export/promela.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "analysis/use/export/roles.hpp"

namespace dmstall::analysis {

namespace {

using models::AllocatorRule;
using models::Resource;
using models::ResourceKind;
using models::Step;
using models::StepKind;

constexpr std::string_view head = R"(/*
 * {name}
 *
 * Is there a schedule after which nothing can go on although a request has not finished, while the allocator refuses?
 * SPIN's search for invalid end states answers it:
 *
 *   spin -a model.pml && gcc -O2 -DSAFETY{vector} -o pan pan.c && ./pan -m1000000
 *
 * "errors: 0" is no, "pan: invalid end state" is yes (spin -t -p model.pml prints the schedule), "assertion
 * violated" is a step that cannot be, such as a counter below 0. SPIN joins steps and leaves out orders that do not
 * matter; for one state per step of the program and every order of them:
 *
 *   spin -a -o1 -o2 -o3 model.pml && gcc -O2 -DSAFETY -DNOREDUCE{vector} -o pan pan.c && ./pan -m1000000
 *
 * Each request is a process; so is each child, which waits in its place until it is started. Finished processes stay
 * at a valid end, because ending one would be a state of its own. A daemon may stand anywhere: all its places are
 * valid ends. Every option of an `if` is one step.
{refusing} */
)";

constexpr std::string_view about_refusing =
    R"( * The allocator may succeed until `refusing` is set, once and at any moment: a state that is dead while
 * allocations fail is then an end state. This doubles the number of states.
)";

constexpr int most_d_steps = 2'000;  // SPIN 6.5 reads 2048
constexpr int many_processes = 30;   // SPIN's state vector has room for 1024 bytes unless told otherwise

std::string filled(std::string_view text, const std::string& what, const std::string& with) {
  std::string out(text);
  for (std::size_t at = out.find(what); at != std::string::npos; at = out.find(what, at + with.size()))
    out.replace(at, what.size(), with);
  return out;
}

std::string_view word_of(StepKind kind) {
  static constexpr std::array<std::string_view, 29> words{
      "take",       "give",   "read_lock", "read_unlock", "write_lock",     "write_unlock",  "count",
      "await_zero", "signal", "clear",     "broadcast",   "await",          "ticket",        "await_turn",
      "pass_turn",  "spend",  "choose",    "spawn",       "await_children", "submit_bio",    "call",
      "detach",     "if",     "forever",   "while",       "remember",       "end_writeback", "finish"};
  return words[static_cast<std::size_t>(kind)];
}

class Writer {
 public:
  Writer(const models::Program& program, const Reading& reading, const PromelaNames& names, const Roles& roles)
      : program_(program), reading_(reading), names_(names), roles_(roles) {}

  std::string run() {
    const std::string name = PromelaNames::comment(program_.name);
    out_ = filled(head, "{name}", name);
    out_ = filled(out_, "{refusing}", roles_.needs.refusing ? std::string(about_refusing) : "");
    out_ = filled(out_, "{vector}", roles_.processes > many_processes ? " -DVECTORSZ=65536" : "");
    out_ += "hidden int any, child;  /* within a step only */\n";
    for (const Resource& resource : program_.resources) declare(resource);
    declare_processes();
    for (std::size_t r = 0; r < roles_.roles.size(); ++r) write(static_cast<int>(r));
    if (roles_.needs.refusing) {
      out_ +=
          "\n/* the page allocator, which may fail for good */\nactive proctype allocator() {\nend_succeeds:\n  "
          "refusing = 1;\nend_refuses:\n  false\n}\n";
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] const Role& role(int r) const { return roles_.roles[static_cast<std::size_t>(r)]; }

  void declare(const Resource& of) {
    const auto id = static_cast<models::ResourceId>(&of - program_.resources.data());
    const std::string name = PromelaNames::comment(of.name);
    switch (of.kind) {
      case ResourceKind::rwsem:
        out_ += fmt::format("int {} = 0; bit {} = 0; byte {} = 0;  /* rwsem {} */\n", names_.readers(id),
                            names_.writer(id), names_.queued(id), name);
        return;
      case ResourceKind::order: {
        out_ += fmt::format("int {} = 0;  /* order {}: tickets drawn, turn not passed */\n", names_.level(id), name);
        const auto held = roles_.needs.tickets.find(id);
        if (held == roles_.needs.tickets.end()) return;
        for (int k = 0; k < held->second; ++k) {
          out_ += fmt::format("int {}[{}];  /* 0: none, 1: passed over, else 2 + the tickets before it */\n",
                              names_.ticket(id, k), roles_.processes);
        }
        declare_pass_turn(id, held->second);
        return;
      }
      case ResourceKind::event:
        out_ += fmt::format("bit {} = {};  /* event {} */\n", names_.level(id), of.capacity != 0 ? 1 : 0, name);
        return;
      case ResourceKind::counter:
        out_ += fmt::format("int {} = {};  /* counter {} */\n", names_.level(id), of.capacity, name);
        return;
      default:
        break;
    }
    // A reserve is never fuller than full; what is hard may be given without having been taken.
    const bool fits = of.soft ? of.capacity + of.retained <= 255 : of.kind == ResourceKind::mutex;
    std::string rule = "hard";
    if (of.soft) {
      rule = of.allocator == AllocatorRule::never   ? "allocator refuses"
             : of.allocator == AllocatorRule::pages ? "allocator has the freed pages"
             : of.allocator == AllocatorRule::any   ? "allocator may succeed or fail"
                                                    : "allocator succeeds";
      if (!of.poll) rule += ", waiters do not poll";
    }
    out_ +=
        fmt::format("{} {} = {};  /* {}: {} */\n", fits ? "byte" : "int", names_.level(id), of.capacity, name, rule);
  }

  void declare_pass_turn(models::ResourceId id, int held) {
    out_ += fmt::format("inline pass_turn_of_{}() {{\n  any = 0;\n  do\n  :: any < {} ->\n", names_.ticket(id, 0),
                        roles_.processes);
    for (int k = 0; k < held; ++k)
      out_ += fmt::format("    {0}[any] = ({0}[any] >= 2 -> {0}[any] - 1 : {0}[any]);\n", names_.ticket(id, k));
    out_ += "    any = any + 1\n  :: else -> break\n  od\n}\n";
  }

  void declare_processes() {
    const int n = roles_.processes;
    if (roles_.needs.refusing) out_ += "bit refusing = 0;\n";
    if (roles_.needs.pages) out_ += "int free_pages = 0;\n";
    bool children = false;
    for (const Role& each : roles_.roles) children |= each.parent >= 0;
    if (children || roles_.needs.children) {
      out_ += fmt::format(
          "byte children[{0}];\nbyte worst[{0}];  /* status of the own children: 0 ok, 1 bad, 2 error */\n", n);
    }
    if (children) {
      out_ += fmt::format("bit alive[{0}];  /* a child that was started and has not finished */\n", n);
      out_ += fmt::format("bit has_parent[{0}];  /* which has not finished */\n", n);
      out_ += fmt::format("bit pending[{0}];  /* the child just submitted has not detached */\n", n);
    }
    declare_standing();
    for (std::size_t r = 0; r < roles_.roles.size(); ++r) {
      const Role& of = roles_.roles[r];
      if (of.parent < 0) continue;
      out_ += fmt::format("#define PARENT_{} ({} + (_pid - {}) / {})\n", r, role(of.parent).first, of.first, of.copies);
    }
    for (std::size_t r = 0; r < roles_.roles.size(); ++r) {
      if (role(static_cast<int>(r)).parent >= 0) declare_start(static_cast<int>(r));
    }
  }

  /// Who awaits an event that is broadcast, so that the broadcast reaches those and nobody else.
  void declare_standing() {
    if (roles_.needs.broadcast.empty()) return;
    std::string wake;
    for (std::size_t r = 0; r < roles_.roles.size(); ++r) {
      const Role& of = roles_.roles[r];
      if (!of.awaits_broadcast) continue;
      const std::string name = "standing_" + of.process;
      out_ += fmt::format("byte {}[{}] = {};  /* awaits this event, sleeps for this resource; {}: awoken */\n", name,
                          of.count, of.parent < 0 ? of.begins_standing : 0, all_awoken);
      out_ += fmt::format("#define STANDING_{}(process) {}[process - {}]\n", r, name, of.first);
      wake += fmt::format(
          "  any = 0;\n  do\n  :: any < {0} -> {1}[any] = ({1}[any] == event -> {2} : {1}[any]); any = any + 1\n  :: "
          "else -> break\n  od;\n",
          of.count, name, all_awoken);
    }
    out_ += "inline wake(event) {\n" + wake + "  skip\n}\n";
  }

  /// Is the child's place, number `place` in the text, or that of one of its children in use?
  [[nodiscard]] std::string in_use(int r, const std::string& place) const {
    std::string text = fmt::format("alive[{}]", place);
    for (const int child : role(r).children) {
      for (int copy = 0; copy < role(child).copies; ++copy) {
        text += " || " + in_use(child, fmt::format("{} + ({} - {}) * {} + {}", role(child).first, place, role(r).first,
                                                   role(child).copies, copy));
      }
    }
    return text;
  }

  void declare_start(int r) {
    const Role& of = role(r);
    const std::string busy = in_use(r, "child");
    out_ += fmt::format("inline start_{}() {{\n  child = {} + (_pid - {}) * {};\n", of.process, of.first,
                        role(of.parent).first, of.copies);
    out_ += fmt::format(
        "  any = child + {};\n  do\n  :: child < any && ({}) -> child = child + 1\n  :: else -> break\n  od;\n",
        of.copies, busy);
    out_ += fmt::format(
        "  assert(child < any);  /* as many of them at the same time as this model has */\n  alive[child] = 1;\n  "
        "has_parent[child] = 1;\n  children[_pid] = children[_pid] + 1");
    if (!of.arrives.empty()) out_ += ";\n  " + of.arrives;
    out_ += "\n}\n";
  }

  /// Tells the parent, leaves the own children alone, and is as it was before.
  [[nodiscard]] std::vector<std::string> ending(int r, int status) const {
    const Role& of = role(r);
    std::vector<std::string> effects;
    if (of.parent >= 0) {
      std::string news = fmt::format("children[PARENT_{0}] = children[PARENT_{0}] - 1", r);
      if (status > 0)
        news += fmt::format("; worst[PARENT_{0}] = (worst[PARENT_{0}] > {1} -> worst[PARENT_{0}] : {1})", r, status);
      effects.push_back(fmt::format("if :: has_parent[_pid] -> {}; has_parent[_pid] = 0 :: else fi", news));
      effects.emplace_back("alive[_pid] = 0");
    }
    for (const int child : of.children) {
      const Role& kid = role(child);
      for (int copy = 0; copy < kid.copies; ++copy) {
        effects.push_back(
            fmt::format("has_parent[{} + (_pid - {}) * {} + {}] = 0", kid.first, of.first, kid.copies, copy));
      }
    }
    if (!of.children.empty()) effects.insert(effects.end(), {"children[_pid] = 0", "worst[_pid] = 0"});
    return effects;
  }

  [[nodiscard]] std::string says(const RoleState& state) const {
    const Control& control = state.control;
    if (control.submitting) return "until the bio just submitted has detached";
    if (!control.starting.empty())
      return "starts " + program_.flows[static_cast<std::size_t>(control.starting.front())].name;
    const Step* step = reading_.step(control);
    if (step == nullptr) return "end of the flow";
    std::string text = step->function.empty() ? "" : step->function + ": ";
    text += word_of(step->kind);
    if (step->kind == StepKind::take && step->mode == models::TakeMode::each && step->n > 1) {
      text += fmt::format(" {} of", control.taken + 1);
    }
    if (step->n != 1) text += fmt::format(" {}", step->n);
    if (step->resource >= 0) text += " " + program_.resources[static_cast<std::size_t>(step->resource)].name;
    if (step->flow >= 0) text += " " + program_.flows[static_cast<std::size_t>(step->flow)].name;
    if (control.waiting) text += " (waiting)";
    if (!step->note.empty()) text += "; " + step->note;
    if (step->line > 0) text += fmt::format("; line {}", step->line);
    return text;
  }

  void write(int r) {
    const Role& of = role(r);
    out_ += fmt::format("\n/* {}{}{}: process{} {}", of.daemon ? "daemon, " : "",
                        of.parent < 0 ? "" : "child of " + PromelaNames::comment(role(of.parent).name) + ", ",
                        PromelaNames::comment(of.name), of.count == 1 ? "" : "es", of.first);
    if (of.count > 1) out_ += fmt::format(" to {}", of.first + of.count - 1);
    if (!of.bounded) out_ += "; a loop starts it, and more at the same time violate an assertion";
    out_ += fmt::format(" */\nactive [{}] proctype {}() {{\n", of.count, of.process);
    if (of.count == 0) throw ExportError("no process of " + of.name);
    if (of.parent >= 0) out_ += "end_idle:\n  alive[_pid] -> goto " + label(of, 0) + ";\n";
    for (std::size_t s = 0; s < of.states.size(); ++s) write_state(r, static_cast<int>(s));
    if (of.parent < 0) out_ += "end_finished:\n  false\n";
    out_ += "}\n";
  }

  [[nodiscard]] static std::string label(const Role& of, int state) {
    if (state < 0) return of.parent < 0 ? "end_finished" : "end_idle";
    return fmt::format("{}{}", of.daemon ? "end_" : "S", state);
  }

  /// Guard and effects as one transition.
  [[nodiscard]] static std::string one_step(const std::string& guard, const std::vector<std::string>& effects,
                                            bool stays) {
    const std::string when = guard.empty() ? "true" : guard;
    // SPIN refuses a step that only comes back to where it was, unless it cannot look into it.
    if (effects.empty()) return stays ? "d_step { " + when + " -> skip }" : when;
    if (guard.empty() && effects.size() == 1 && is_assignment(effects.front())) return effects.front();
    std::string text = "d_step { " + when;
    for (std::size_t i = 0; i < effects.size(); ++i) text += (i == 0 ? " -> " : "; ") + effects[i];
    return text + " }";
  }

  /// A statement that SPIN takes as one step.
  [[nodiscard]] static bool is_assignment(const std::string& effect) {
    return effect.find(" = ") != std::string::npos && effect.find(';') == std::string::npos &&
           effect.rfind("if ", 0) != 0;
  }

  void write_state(int r, int s) {
    const Role& of = role(r);
    const RoleState& state = of.states[static_cast<std::size_t>(s)];
    out_ += fmt::format("{}:  /* {} */\n  if\n", label(of, s), PromelaNames::comment(says(state)));
    if (state.options.empty()) out_ += "  :: false -> skip\n";
    for (std::size_t o = 0; o < state.options.size(); ++o) {
      const Option& option = state.options[o];
      std::vector<std::string> effects = option.effects;
      if (option.starts >= 0) effects.push_back(fmt::format("start_{}()", role(option.starts).process));
      if (option.ends >= 0) {
        for (auto& effect : ending(r, option.ends)) effects.push_back(std::move(effect));
      }
      out_ += fmt::format("  :: {} -> goto {}\n", one_step(option.guard, effects, state.next[o] == s),
                          label(of, state.next[o]));
    }
    out_ += "  fi;\n";
  }

  const models::Program& program_;
  const Reading& reading_;
  const PromelaNames& names_;
  const Roles& roles_;
  std::string out_;
};

}  // namespace

std::string promela(const models::Program& original, const PromelaOptions& options) {
  models::Program program = original;
  for (Resource& resource : program.resources) {
    const bool silent =
        resource.soft && resource.memory == models::MemoryClass::thread && resource.allocator == AllocatorRule::always;
    if (options.any_number_of_threads && silent) resource.allocator = AllocatorRule::any;
  }
  const Reading reading(program);
  const PromelaNames names(program);
  Roles roles = find_roles(program, reading, names, options);
  if (roles.roles.empty()) throw ExportError("no requests: every class has a population of 0");
  std::string text = Writer(program, reading, names, roles).run();
  // An atomic sequence is the same step, taken a little more slowly.
  int d_steps = 0;
  for (std::size_t at = text.find("d_step {"); at != std::string::npos; at = text.find("d_step {", at + 1)) ++d_steps;
  return d_steps > most_d_steps ? filled(text, "d_step {", "atomic {") : text;
}

}  // namespace dmstall::analysis
