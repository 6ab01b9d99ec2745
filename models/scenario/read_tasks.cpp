// "resources" and "tasks", and "targets" defined in the scenario.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "models/scenario/limits.hpp"
#include "models/scenario/own_target.hpp"
#include "models/scenario/parts.hpp"
#include "models/scenario/step_reader.hpp"

namespace dmstall::models {

namespace {

using Kind = JsonValue::Kind;

/// Names first: a task may spawn one that is written below it.
std::unordered_map<std::string, FlowId> task_names(const ReadContext& context, const JsonValue& tasks) {
  std::unordered_map<std::string, FlowId> names;
  FlowId index = 0;
  for (const JsonValue& task : tasks.items) {
    const JsonMember* name = task.find("name");
    if (name != nullptr && name->value.kind == Kind::string && check_name(context, name->value, "task")) {
      const auto [known, inserted] = names.emplace(name->value.string, index);
      if (!inserted) {
        const int line = context.position(tasks.items[static_cast<std::size_t>(known->second)]).line;
        context.error(name->value.where, fmt::format("a second task is called {}; the first is in line {}",
                                                     in_quotes(name->value.string), line));
      }
    }
    ++index;
  }
  return names;
}

/// False, and reported, when there are more steps than may be.
bool few_enough(const ReadContext& context, std::size_t steps, const JsonValue& value) {
  if (steps <= most_steps) return true;
  context.error({value.where.begin, value.where.begin + 1}, fmt::format("more than {} steps", most_steps));
  return false;
}

void read_task(const ReadContext& context, const StepScope& scope, const JsonValue& value) {
  Task task;
  const Fields fields(context, value, task_keys(), "a task");
  const SourcePosition at = context.position(value);
  task.line = at.line;
  task.column = at.column;
  if (fields.is_object()) {
    task.name = fields.maybe_text("name").value_or("");
    task.count = fields.integer("count");
    task.start = fields.flag("start");
    task.daemon = fields.flag("daemon");
    if (const JsonValue* steps = fields.value("steps")) task.steps = read_steps(context, scope, *steps);
    if (!task.start && fields.value("count") != nullptr) {
      context.warning(fields.where("count"), "\"count\" has no effect on a task that is only spawned");
    }
  }
  context.scenario.form.tasks.push_back(std::move(task));
}

class TargetReader {
 public:
  explicit TargetReader(const ReadContext& context) : context_(context) {}

  void read(const JsonMember& member) {
    JsonValue name;
    name.string = member.key;
    name.where = member.key_where;
    if (!check_name(context_, name, "target")) return;
    if (find_target(member.key) != nullptr || member.key == "workload") {
      context_.error(member.key_where,
                     fmt::format("{} is the name of a target that dmstall has", in_quotes(member.key)));
      return;
    }
    const Fields fields(context_, member.value, target_keys(), "a target");
    if (!fields.is_object()) return;
    ScenarioTarget target;
    target.name = member.key;
    target.roles = fields.maybe_list("roles").value_or(std::vector<std::string>{});
    if (fields.value("roles") != nullptr) check_roles(*fields.value("roles"));
    const ResourceNames resources = read_resources(context_, fields.value("resources"), target.resources);
    if (const JsonValue* own = fields.value("resources")) check_pools(*own);
    if (const JsonValue* flows = fields.value("flows")) read_flows(*flows, resources, target);
    target.description = describe_own(target);
    context_.scenario.targets.push_back(std::move(target));
  }

 private:
  void check_roles(const JsonValue& roles) {
    std::unordered_set<std::string> seen;
    for (const JsonValue& role : roles.items) {
      if (role.kind != Kind::string || !check_name(context_, role, "role")) continue;
      if (find_key(device_keys(), role.string) != nullptr) {
        context_.error(role.where,
                       fmt::format("a role cannot be called {}: every device has that key", in_quotes(role.string)));
      } else if (!seen.insert(role.string).second) {
        context_.error(role.where, fmt::format("the role {} is listed twice", in_quotes(role.string)));
      }
    }
  }

  /// Every device of the target has the pools of dm core beside its own.
  void check_pools(const JsonValue& resources) {
    for (const PoolDescription& pool : common_pools()) {
      const JsonMember* same = resources.find(pool.name);
      if (same == nullptr) continue;
      context_.error(same->key_where,
                     fmt::format("a resource cannot be called {}: every device-mapper device has that pool, and "
                                 "\"reserve\" sets its size",
                                 in_quotes(pool.name)));
    }
  }

  void read_flows(const JsonValue& flows, const ResourceNames& resources, ScenarioTarget& target) {
    static const std::vector<std::string> ops = {"read", "write", "flush"};
    if (!require_object(context_, flows, "\"flows\"")) return;
    if (flows.members.empty()) context_.error(flows.where, "\"flows\" is empty: the target does nothing");
    const StepScope scope{resources, nullptr, &target.roles};
    for (const JsonMember& flow : flows.members) {
      if (std::find(ops.begin(), ops.end(), flow.key) == ops.end()) {
        context_.error(flow.key_where, fmt::format("a flow is {}, not {}{}", one_of(ops), in_quotes(flow.key),
                                                   context_.diagnostics.did_you_mean(flow.key, ops)));
        continue;
      }
      target.flows[flow.key] = read_steps(context_, scope, flow.value);
      steps_ += count_steps(target.flows[flow.key]);
      if (!few_enough(context_, steps_, flow.value)) return;
    }
  }

  const ReadContext& context_;
  std::size_t steps_ = 0;  ///< of all targets so far
};

}  // namespace

void read_task_form(const ReadContext& context, const JsonValue* resources, const JsonValue* tasks) {
  TaskForm& form = context.scenario.form;
  const ResourceNames names = read_resources(context, resources, form.resources);
  if (tasks == nullptr) {
    if (resources != nullptr) context.error(resources->where, "\"resources\" without \"tasks\": nothing uses them");
    return;
  }
  if (!require_array(context, *tasks, "\"tasks\"")) return;
  if (tasks->items.size() > most_tasks) {
    context.error(tasks->items[most_tasks].where, fmt::format("more than {} tasks", most_tasks));
    return;
  }
  const std::unordered_map<std::string, FlowId> flows = task_names(context, *tasks);
  const StepScope scope{names, &flows, nullptr};
  std::size_t steps = 0;
  for (const JsonValue& task : tasks->items) {
    read_task(context, scope, task);
    steps += count_steps(form.tasks.back().steps);
    if (!few_enough(context, steps, task)) return;
  }
  const auto starts = [](const Task& task) { return task.start; };
  if (!form.tasks.empty() && std::none_of(form.tasks.begin(), form.tasks.end(), starts)) {
    context.error(tasks->where, "no task starts: there is nothing to run");
  }
}

void read_targets(const ReadContext& context, const JsonValue* value) {
  if (value == nullptr || !require_object(context, *value, "\"targets\"")) return;
  TargetReader reader(context);
  for (const JsonMember& member : value->members) reader.read(member);
}

}  // namespace dmstall::models
