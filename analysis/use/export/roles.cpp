#include "analysis/use/export/roles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace dmstall::analysis {

namespace {

constexpr int most_processes = 254;          // SPIN: 255, one is the allocator
constexpr std::size_t most_states = 50'000;  // of one role

void find_broadcasts(const models::Steps& steps, std::set<models::ResourceId>& events) {
  for (const models::Step& step : steps) {
    if (step.kind == models::StepKind::broadcast) events.insert(step.resource);
    find_broadcasts(step.body, events);
    find_broadcasts(step.else_steps, events);
    for (const auto& branch : step.branches) find_broadcasts(branch.steps, events);
  }
}

class RoleSearch {
 public:
  RoleSearch(const models::Program& program, const Reading& reading, const PromelaNames& names,
             const PromelaOptions& options)
      : program_(program), reading_(reading), names_(names), options_(options) {
    for (const auto& resource : program.resources)
      found_.needs.pages |= resource.allocator == models::AllocatorRule::pages;
    std::set<models::ResourceId> events;
    for (const auto& flow : program.flows) find_broadcasts(flow.steps, events);
    // A give wakes who sleeps without a poll; where the allocator always refuses, the number of elements says it all.
    for (std::size_t r = 0; r < program.resources.size(); ++r) {
      const models::Resource& of = program.resources[r];
      if (of.soft && !of.poll && of.allocator != models::AllocatorRule::never &&
          of.allocator != models::AllocatorRule::always) {
        events.insert(static_cast<models::ResourceId>(r));
      }
    }
    found_.needs.broadcast.assign(events.begin(), events.end());
    if (events.size() >= all_awoken)
      throw ExportError(fmt::format("{} events are broadcast or wake sleepers; the model tells {} apart", events.size(),
                                    all_awoken - 1));
  }

  Roles run() {
    for (const auto& of : program_.classes) {
      const std::int64_t population =
          options_.requests > 0 ? std::min(options_.requests, of.population) : of.population;
      if (population <= 0) continue;
      Role& role = add(of.name, of.flow, of.daemon, -1, false);
      if (population > most_processes) throw too_many(of.name, population);
      role.copies = static_cast<int>(population);
    }
    for (std::size_t r = 0; r < found_.roles.size(); ++r) {
      walk(static_cast<int>(r));
      for (const int child : found_.roles[r].children) count_copies(found_.roles[r], child);
      place(found_.roles[r]);
    }
    return std::move(found_);
  }

 private:
  static ExportError too_many(const std::string& name, std::int64_t n) {
    return ExportError(
        fmt::format("{} processes up to those of {}; SPIN has {} at most: fewer requests of each class (--requests)", n,
                    name, most_processes));
  }

  Role& add(const std::string& name, models::FlowId flow, bool daemon, int parent, bool submitted) {
    Role& role = found_.roles.emplace_back();
    role.name = name;
    role.process = PromelaNames::identifier((parent < 0 ? "request_" : "child_") + name, taken_);
    role.flow = flow;
    role.daemon = daemon;
    role.parent = parent;
    role.submitted = submitted;
    return role;
  }

  int child_role(int parent, models::FlowId flow, bool submitted) {
    for (const int child : found_.roles[static_cast<std::size_t>(parent)].children) {
      const Role& known = found_.roles[static_cast<std::size_t>(child)];
      if (known.flow == flow && known.submitted == submitted) return child;
    }
    const std::string& name = program_.flows[static_cast<std::size_t>(flow)].name;
    for (int above = parent; above >= 0; above = found_.roles[static_cast<std::size_t>(above)].parent) {
      if (found_.roles[static_cast<std::size_t>(above)].flow == flow) {
        throw ExportError(
            fmt::format("spawn of {}: it starts itself again, and the number of processes must be known", name));
      }
    }
    const int child = static_cast<int>(found_.roles.size());
    if (child > most_processes) throw too_many(name, child);
    const bool daemon = found_.roles[static_cast<std::size_t>(parent)].daemon;
    add(name, flow, daemon, parent, submitted);
    found_.roles[static_cast<std::size_t>(parent)].children.push_back(child);
    return child;
  }

  /// Every place a thread in this role can come to.
  void walk(int r) {
    Role& role = found_.roles[static_cast<std::size_t>(r)];  // a deque: stays where it is
    Options options(program_, reading_, names_, found_.needs, r,
                    [&](models::FlowId flow, bool submitted) { return child_role(r, flow, submitted); });
    std::map<std::vector<std::int64_t>, int> known;
    const auto visit = [&](const Control& control) {
      if (control.open.empty()) return -1;
      const auto [found, fresh] = known.emplace(reading_.key(control), static_cast<int>(role.states.size()));
      if (fresh) role.states.push_back({control, {}, {}});
      return found->second;
    };
    visit(reading_.begin(role.flow, role.submitted));
    for (std::size_t s = 0; s < role.states.size(); ++s) {
      if (role.states.size() > most_states) {
        throw ExportError(fmt::format(
            "{}: more than {} places; a loop that draws tickets without passing the turn, or too long a flow",
            role.name, most_states));
      }
      std::vector<Option> all = options.of(role.states[s].control);
      std::vector<int> next;
      for (const Option& option : all) next.push_back(visit(option.next));
      role.states[s].options = std::move(all);
      role.states[s].next = std::move(next);
      role.awaits_broadcast |= options.standing_at(role.states[s].control) != 0;
      for (std::size_t o = 0; o < role.states[s].options.size(); ++o) {
        Option& option = role.states[s].options[o];
        const std::string arrival = options.arrival(option.next, "_pid");
        if (!arrival.empty()) option.effects.push_back(arrival);
      }
    }
    role.begins_standing = options.standing_at(role.states.front().control);
    role.arrives = options.arrival(role.states.front().control, "child");
  }

  /// How many children of the role one process of its parent can start in all: the most on any path.
  void count_copies(const Role& parent, int child) {
    int edges = 0;
    for (const auto& state : parent.states) {
      for (const auto& option : state.options) edges += option.starts == child ? 1 : 0;
    }
    std::vector<int> most(parent.states.size(), 0);
    bool loops = false;
    for (bool changed = true; changed && !loops;) {
      changed = false;
      for (std::size_t s = parent.states.size(); s-- > 0;) {
        const RoleState& state = parent.states[s];
        for (std::size_t o = 0; o < state.options.size(); ++o) {
          const int value = (state.options[o].starts == child ? 1 : 0) +
                            (state.next[o] < 0 ? 0 : most[static_cast<std::size_t>(state.next[o])]);
          if (value <= most[s]) continue;
          most[s] = value;
          changed = true;
          loops |= value > edges;  // some start is passed twice
        }
      }
    }
    Role& role = found_.roles[static_cast<std::size_t>(child)];
    role.bounded = !loops && parent.bounded;
    role.copies = loops ? edges * options_.children_in_a_loop : most[0];
  }

  void place(Role& role) {
    role.first = found_.processes;
    role.count = role.copies * (role.parent < 0 ? 1 : found_.roles[static_cast<std::size_t>(role.parent)].count);
    found_.processes += role.count;
    if (found_.processes > most_processes) throw too_many(role.name, found_.processes);
  }

  const models::Program& program_;
  const Reading& reading_;
  const PromelaNames& names_;
  const PromelaOptions& options_;
  Roles found_;
  std::set<std::string> taken_;
};

}  // namespace

Roles find_roles(const models::Program& program, const Reading& reading, const PromelaNames& names,
                 const PromelaOptions& options) {
  return RoleSearch(program, reading, names, options).run();
}

}  // namespace dmstall::analysis
