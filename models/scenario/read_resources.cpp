// "resources", of tasks and of scenario-defined targets.
#include <fmt/format.h>

#include "models/scenario/step_reader.hpp"

namespace dmstall::models {

namespace {

using Kind = JsonValue::Kind;

std::vector<std::string> form_names() {
  std::vector<std::string> names;
  for (const ResourceForm& form : resource_forms()) names.push_back(form.key);
  return names;
}

class ResourceReader {
 public:
  ResourceReader(const ReadContext& context, std::vector<Resource>& resources)
      : context_(context), resources_(resources) {}

  void read(const JsonMember& member) {
    if (!check_member_name(member)) return;
    if (!require_object(context_, member.value, fmt::format("resource {}", in_quotes(member.key)))) return;
    const ResourceForm* form = find_form(member.value);
    if (form == nullptr) return;
    const JsonValue& main = member.value.find(form->key)->value;
    const Fields fields(context_, member.value, form->options, with_article(form->key), {form->key});
    Resource resource;
    resource.name = member.key;
    resource.kind = form->kind;
    resource.soft = form->soft;
    resource.wait_function = form->wait_function;
    resource.handed_over = find_key(form->options, "handed_over") != nullptr && fields.flag("handed_over");
    NamedResource named{form, static_cast<ResourceId>(resources_.size()), no_resource};
    if (form->value == ParameterType::custom) {
      named.thread = named.id + 1;
      add_workqueue(resource, main);
    } else {
      read_main(*form, main, resource);
      read_options(*form, fields, resource);
      resources_.push_back(std::move(resource));
    }
    names_.emplace(member.key, named);
  }

  /// A resource and the threads of a workqueue must not have one name.
  void check_printed_names(const JsonValue& value) {
    for (const JsonMember& member : value.members) {
      const auto found = names_.find(member.key);
      if (found == names_.end() || found->second.thread == no_resource) continue;
      if (names_.count(member.key + ".thread") != 0) {
        context_.error(value.find(member.key + ".thread")->key_where,
                       fmt::format("{} is the name of the threads of workqueue {}", in_quotes(member.key + ".thread"),
                                   in_quotes(member.key)));
      }
    }
  }

  ResourceNames take() { return std::move(names_); }

 private:
  bool check_member_name(const JsonMember& member) const {
    JsonValue name;
    name.string = member.key;
    name.where = member.key_where;
    return check_name(context_, name, "resource");
  }

  const ResourceForm* find_form(const JsonValue& value) {
    const ResourceForm* found = nullptr;
    for (const ResourceForm& form : resource_forms()) {
      const JsonMember* member = value.find(form.key);
      if (member == nullptr) continue;
      if (found != nullptr) {
        context_.error(member->key_where, fmt::format("a resource is one thing, this one is {} and {}",
                                                      in_quotes(found->key), in_quotes(form.key)));
        return nullptr;
      }
      found = &form;
    }
    if (found == nullptr) {
      const std::string hint = value.members.empty()
                                   ? std::string()
                                   : context_.diagnostics.did_you_mean(value.members.front().key, form_names());
      context_.error({value.where.begin, value.where.begin + 1},
                     fmt::format("a resource is {}{}", one_of(form_names()), hint));
    }
    return found;
  }

  void read_main(const ResourceForm& form, const JsonValue& value, Resource& resource) {
    Parameter main;
    main.name = form.key;
    main.maximum = 1e9;
    if (form.value == ParameterType::integer) {
      resource.capacity = static_cast<std::int32_t>(ValueReader(context_).integer(main, value).value_or(0));
      return;
    }
    if (value.kind != Kind::boolean || !value.boolean) {
      context_.error(value.where, fmt::format("{} must be true, not {}", in_quotes(form.key), describe(value)));
    }
    if (form.kind == ResourceKind::mutex) resource.capacity = 1;
  }

  static void read_options(const ResourceForm& form, const Fields& fields, Resource& resource) {
    if (form.kind == ResourceKind::mempool) {
      resource.memory = MemoryClass::slab;
      resource.poll = fields.flag("poll");
      resource.rescuer = fields.flag("rescuer");
    }
    if (form.kind == ResourceKind::event) resource.capacity = fields.flag("set") ? 1 : 0;
  }

  void add_workqueue(Resource slot, const JsonValue& value) {
    const Fields fields(context_, value, workqueue_keys(), "a workqueue");
    const bool ordered = fields.flag("ordered");
    const auto max_active = fields.integer("max_active");
    if (ordered && fields.value("max_active") != nullptr && max_active != 1) {
      context_.warning(fields.where("max_active"), "an ordered workqueue runs one work item at a time");
    }
    slot.rescuer = fields.flag("rescuer");
    slot.capacity = static_cast<std::int32_t>(ordered ? 1 : max_active);
    Resource thread;
    thread.name = slot.name + ".thread";
    thread.kind = ResourceKind::thread;
    thread.soft = true;
    thread.memory = MemoryClass::thread;
    thread.rescuer = slot.rescuer;
    thread.handed_over = slot.handed_over;
    thread.capacity = static_cast<std::int32_t>(fields.integer("threads")) + (slot.rescuer ? 1 : 0);
    thread.wait_function = "queued work item";
    resources_.push_back(std::move(slot));
    resources_.push_back(std::move(thread));
  }

  const ReadContext& context_;
  std::vector<Resource>& resources_;
  ResourceNames names_;
};

}  // namespace

ResourceNames read_resources(const ReadContext& context, const JsonValue* value, std::vector<Resource>& resources) {
  if (value == nullptr || !require_object(context, *value, "\"resources\"")) return {};
  ResourceReader reader(context, resources);
  for (const JsonMember& member : value->members) reader.read(member);
  reader.check_printed_names(*value);
  return reader.take();
}

}  // namespace dmstall::models
