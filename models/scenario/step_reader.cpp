#include "models/scenario/step_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/scenario/limits.hpp"
#include "models/scenario/parts.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::models {

namespace {

using Kind = JsonValue::Kind;

const std::vector<std::string>& statuses() {
  static const std::vector<std::string> names = {"ok", "bad", "error"};
  return names;
}

std::vector<std::string> names_of(const ResourceNames& resources) {
  std::vector<std::string> names;
  for (const auto& [name, resource] : resources) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> verbs_of(const ResourceForm& form) {
  std::vector<std::string> names;
  for (const Verb& verb : verbs()) {
    if (std::find(verb.resources.begin(), verb.resources.end(), form.key) != verb.resources.end())
      names.push_back(verb.name);
  }
  return names;
}

class StepReader {
 public:
  StepReader(const ReadContext& context, const StepScope& scope) : context_(context), scope_(scope) {}

  Steps read_all(const JsonValue& value) {
    Steps steps;
    if (!require_array(context_, value, "a list of steps")) return steps;
    for (const JsonValue& item : value.items) read_one(item, steps);
    return steps;
  }

 private:
  void read_one(const JsonValue& value, Steps& out) {
    if (!require_object(context_, value, "a step")) return;
    const JsonMember* member = nullptr;
    const Verb* verb = find_verb_of(value, member);
    if (verb == nullptr) return;
    if (verb->in_target_only && scope_.roles == nullptr) {
      context_.error(member->key_where, fmt::format("{} is only for the flows of \"targets\"", in_quotes(verb->name)));
      return;
    }
    const Fields fields(context_, value, verb->options, fmt::format("a {} step", in_quotes(verb->name)), {verb->name});
    Step step;
    step.kind = verb->kind;
    const SourcePosition at = context_.source.position(member->key_where.begin);
    step.line = at.line;
    step.column = at.column;
    const NamedResource* resource = nullptr;
    if (verb->value == VerbValue::resource) {
      resource = find_resource(*verb, member->value);
      if (resource != nullptr) step.resource = resource->id;
    } else {
      read_value(*verb, member->value, step);
    }
    read_options(*verb, fields, step);
    emit(*verb, resource, std::move(step), out);
  }

  const Verb* find_verb_of(const JsonValue& value, const JsonMember*& at) {
    const Verb* found = nullptr;
    for (const JsonMember& member : value.members) {
      const Verb* verb = find_verb(member.key);
      if (verb == nullptr) continue;
      if (found != nullptr) {
        context_.error(member.key_where, fmt::format("a step has one verb, this one has {} and {}",
                                                     in_quotes(found->name), in_quotes(verb->name)));
        return nullptr;
      }
      found = verb;
      at = &member;
    }
    if (found != nullptr) return found;
    std::vector<std::string> names;
    for (const Verb& verb : verbs()) names.push_back(verb.name);
    if (value.members.empty()) {
      context_.error(value.where, fmt::format("a step needs a verb: {}", fmt::join(names, ", ")));
      return nullptr;
    }
    const JsonMember& first = value.members.front();
    std::string hint = context_.diagnostics.did_you_mean(first.key, names);
    if (hint.empty()) hint = fmt::format("; verbs are {}", fmt::join(names, ", "));
    context_.error(first.key_where, fmt::format("{} is no verb of a step{}", in_quotes(first.key), hint));
    return nullptr;
  }

  const NamedResource* find_resource(const Verb& verb, const JsonValue& value) {
    if (value.kind != Kind::string) {
      context_.error(value.where,
                     fmt::format("{} must name a resource, not {}", in_quotes(verb.name), describe(value)));
      return nullptr;
    }
    const NamedResource* found = find_resource(value.string, value.where);
    if (found == nullptr) return nullptr;
    const ResourceForm& form = *found->form;
    if (std::find(verb.resources.begin(), verb.resources.end(), form.key) != verb.resources.end()) return found;
    context_.error(value.where,
                   fmt::format("{} is {}, which has no {}; it has {}", in_quotes(value.string), with_article(form.key),
                               in_quotes(verb.name), fmt::join(verbs_of(form), ", ")));
    return nullptr;
  }

  const NamedResource* find_resource(const std::string& name, Span where) {
    const auto found = scope_.resources.find(name);
    if (found != scope_.resources.end()) return &found->second;
    context_.error(where, fmt::format("no resource is called {}{}", in_quotes(name),
                                      context_.diagnostics.did_you_mean(name, names_of(scope_.resources))));
    return nullptr;
  }

  void read_value(const Verb& verb, const JsonValue& value, Step& step) {
    Parameter of;
    of.name = verb.name;
    of.maximum = 1e12;
    of.choices = statuses();
    switch (verb.value) {
      case VerbValue::resource:
        break;
      case VerbValue::steps:
        in_submit_ += step.kind == StepKind::submit_bio ? 1 : 0;
        step.body = read_all(value);
        in_submit_ -= step.kind == StepKind::submit_bio ? 1 : 0;
        if (step.kind == StepKind::submit_bio && in_submit_ == 0 &&
            count_steps(step.body) > most_steps_in_a_submission) {
          context_.error({value.where.begin, value.where.begin + 1},
                         fmt::format("more than {} steps in a \"submit_bio\" block", most_steps_in_a_submission));
        }
        if (step.kind == StepKind::forever && step.body.empty() && value.kind == Kind::array) {
          context_.error(value.where, "a \"forever\" without steps does nothing, without end");
        }
        break;
      case VerbValue::just_true:
        if (value.kind != Kind::boolean || !value.boolean) {
          context_.error(value.where, fmt::format("{} must be true, not {}", in_quotes(verb.name), describe(value)));
        }
        break;
      case VerbValue::microseconds:
        of.unit = "us";
        step.spend = SpendKind::delay_us;
        step.amount = ValueReader(context_).integer(of, value).value_or(0);
        break;
      case VerbValue::status:
        if (const auto status = ValueReader(context_).choice(of, value)) step.status = status_of(*status);
        break;
      case VerbValue::ending:
        of.choices = machine_endings();
        step.note = ValueReader(context_).choice(of, value).value_or("");
        break;
      case VerbValue::branches:
        read_branches(value, step);
        break;
      case VerbValue::task:
        read_task(value, step);
        break;
      case VerbValue::role:
        read_role(value, step);
        break;
    }
  }

  static Status status_of(const std::string& text) {
    return static_cast<Status>(std::find(statuses().begin(), statuses().end(), text) - statuses().begin());
  }

  void read_branches(const JsonValue& value, Step& step) {
    if (!require_object(context_, value, "\"choose\"")) return;
    if (value.members.empty()) context_.error(value.where, "\"choose\" has nothing to choose from");
    for (const JsonMember& member : value.members) {
      Branch branch;
      branch.label = member.key;
      if (holds_hidden(member.key)) {
        context_.error(member.key_where,
                       fmt::format("the branch name {} holds a character that cannot be seen", in_quotes(member.key)));
      }
      branch.steps = read_all(member.value);
      step.branches.push_back(std::move(branch));
    }
  }

  void read_task(const JsonValue& value, Step& step) {
    if (scope_.tasks == nullptr) {
      context_.error(value.where, "the flow of a target cannot spawn a task");
      return;
    }
    if (value.kind != Kind::string) {
      context_.error(value.where, fmt::format("\"spawn\" must name a task, not {}", describe(value)));
      return;
    }
    const auto found = scope_.tasks->find(value.string);
    if (found != scope_.tasks->end()) {
      step.flow = found->second;
      return;
    }
    std::vector<std::string> names;
    for (const auto& [name, flow] : *scope_.tasks) names.push_back(name);
    std::sort(names.begin(), names.end());
    context_.error(value.where, fmt::format("no task is called {}{}", in_quotes(value.string),
                                            context_.diagnostics.did_you_mean(value.string, names)));
  }

  void read_role(const JsonValue& value, Step& step) {
    if (value.kind != Kind::string) {
      context_.error(value.where, fmt::format("\"submit\" must name a role, not {}", describe(value)));
      return;
    }
    step.role = value.string;
    if (std::find(scope_.roles->begin(), scope_.roles->end(), step.role) != scope_.roles->end()) return;
    context_.error(value.where, fmt::format("the target has no role {}{}", in_quotes(step.role),
                                            context_.diagnostics.did_you_mean(step.role, *scope_.roles)));
  }

  void read_options(const Verb& verb, const Fields& fields, Step& step) {
    const auto has = [&](std::string_view key) { return find_key(verb.options, key) != nullptr; };
    if (has("n")) step.n = static_cast<std::int32_t>(fields.integer("n"));
    if (has("by")) step.n = static_cast<std::int32_t>(fields.integer("by"));
    if (has("keep")) step.keep = static_cast<std::int32_t>(fields.integer("keep"));
    if (const auto mode = has("mode") ? fields.maybe_text("mode") : std::nullopt) {
      step.mode = *mode == "all" ? TakeMode::all : *mode == "try" ? TakeMode::try_ : TakeMode::each;
    }
    if (has("if_zero")) step.body = nested(fields, "if_zero");
    if (has("do")) step.body = nested(fields, "do");
    if (has("else")) step.else_steps = nested(fields, "else");
    if (verb.kind == StepKind::take && step.mode == TakeMode::each && step.n > most_taken_one_by_one) {
      context_.error(
          fields.where("n"),
          fmt::format("\"n\" is {}: at most {} elements are taken one by one (\"mode\": \"all\" takes them at once)",
                      step.n, most_taken_one_by_one));
    }
    if (has("mode") && step.mode != TakeMode::try_ && fields.value("else") != nullptr &&
        fields.value("mode") == nullptr) {
      context_.error(fields.where("else"),
                     fmt::format("{} has \"else\" only with \"mode\": \"try\"", in_quotes(verb.name)));
    } else if (has("mode") && step.mode != TakeMode::try_ && fields.value("else") != nullptr) {
      context_.error(fields.where("else"), "\"else\" is only for \"mode\": \"try\": the others wait");
    }
    if (has("op")) step.op = fields.maybe_text("op").value_or("read");
    if (const JsonValue* on = fields.value("on")) read_on(*on, step);
    if (has("fault")) read_fault_labels(fields, step);
    if (const JsonValue* weights = fields.value("weights")) read_weights(*weights, step);
    if (has("park")) read_park(fields, step);
    if (const JsonValue* with = fields.value("with")) read_with(fields, *with, step);
  }

  Steps nested(const Fields& fields, std::string_view key) {
    const JsonValue* value = fields.value(key);
    return value == nullptr ? Steps{} : read_all(*value);
  }

  void read_on(const JsonValue& value, Step& step) {
    if (!require_object(context_, value, "\"on\"")) return;
    for (const JsonMember& member : value.members) {
      if (std::find(statuses().begin(), statuses().end(), member.key) == statuses().end()) {
        context_.error(member.key_where,
                       fmt::format("a task ends {}, not {}{}", one_of(statuses()), in_quotes(member.key),
                                   context_.diagnostics.did_you_mean(member.key, statuses())));
        continue;
      }
      Branch branch;
      branch.label = member.key;
      branch.steps = read_all(member.value);
      step.branches.push_back(std::move(branch));
    }
  }

  Branch* find_branch(Step& step, const std::string& label, Span where) {
    std::vector<std::string> labels;
    for (Branch& branch : step.branches) {
      if (branch.label == label) return &branch;
      labels.push_back(branch.label);
    }
    context_.error(where, fmt::format("no branch is called {}{}", in_quotes(label),
                                      context_.diagnostics.did_you_mean(label, labels)));
    return nullptr;
  }

  void read_fault_labels(const Fields& fields, Step& step) {
    const auto labels = fields.maybe_list("fault");
    if (!labels.has_value()) return;
    for (std::size_t i = 0; i < labels->size(); ++i) {
      if (Branch* branch = find_branch(step, (*labels)[i], fields.value("fault")->items[i].where)) branch->faults = 1;
    }
  }

  void read_weights(const JsonValue& value, Step& step) {
    Parameter weight;
    weight.name = "weights";
    weight.maximum = 1e9;
    const ValueReader read(context_);
    double sum = 0;
    bool right = true;
    if (value.kind == Kind::array && value.items.size() != step.branches.size()) {
      context_.error(value.where, fmt::format("\"weights\" has {} entries for {} branches", value.items.size(),
                                              step.branches.size()));
      return;
    }
    if (value.kind != Kind::array && !require_object(context_, value, "\"weights\"")) return;
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      const auto number = read.number(weight, value.items[i]);
      right = right && number.has_value();
      step.branches[i].weight = number.value_or(1);
    }
    for (const JsonMember& member : value.members) {
      Branch* branch = find_branch(step, member.key, member.key_where);
      const auto number = read.number(weight, member.value);
      right = right && number.has_value() && branch != nullptr;
      if (branch != nullptr) branch->weight = number.value_or(1);
    }
    for (const Branch& branch : step.branches) sum += branch.weight;
    if (right && sum <= 0) context_.error(value.where, "the weights add up to 0: nothing could be chosen");
  }

  void read_park(const Fields& fields, Step& step) {
    step.park = fields.flag("park");
    if (step.park && in_submit_ == 0) {
      context_.error(fields.where("park"), "\"park\" is only for a spawn inside a \"submit_bio\" block");
    }
  }

  void read_with(const Fields& fields, const JsonValue& value, Step& step) {
    const auto names = fields.maybe_list("with");
    if (!names.has_value()) return;
    for (std::size_t i = 0; i < names->size(); ++i) {
      const Span where = value.items[i].where;
      const NamedResource* named = find_resource((*names)[i], where);
      if (named == nullptr) continue;
      static const std::vector<std::string> movable = {"mempool", "semaphore", "workers", "workqueue", "mutex"};
      if (std::find(movable.begin(), movable.end(), named->form->key) == movable.end()) {
        context_.error(where, fmt::format("{} is {}, it cannot travel with a task", in_quotes((*names)[i]),
                                          with_article(named->form->key)));
        continue;
      }
      for (const ResourceId id : {named->id, named->thread}) add_give_back(step.with, id);
    }
  }

  static void add_give_back(std::vector<GiveBack>& with, ResourceId id) {
    if (id == no_resource) return;
    for (GiveBack& known : with) {
      if (known.resource == id) {
        ++known.n;
        return;
      }
    }
    with.push_back({id, 1});
  }

  /// A workqueue is entered by its slot, then a thread, and left the other way round.
  static void emit(const Verb& verb, const NamedResource* resource, Step step, Steps& out) {
    if (resource == nullptr || resource->thread == no_resource) {
      out.push_back(std::move(step));
      return;
    }
    Step thread = step;
    thread.resource = resource->thread;
    const bool enters = verb.kind == StepKind::take;
    out.push_back(enters ? std::move(step) : std::move(thread));
    out.push_back(enters ? std::move(thread) : std::move(step));
  }

  const ReadContext& context_;
  const StepScope& scope_;
  int in_submit_ = 0;
};

}  // namespace

Steps read_steps(const ReadContext& context, const StepScope& scope, const JsonValue& value) {
  return StepReader(context, scope).read_all(value);
}

}  // namespace dmstall::models
