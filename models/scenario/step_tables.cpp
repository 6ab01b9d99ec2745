// The tables of resources and verbs of the tasks form, declared in format_tables.hpp.
#include "models/scenario/declare.hpp"
#include "models/scenario/format_tables.hpp"

namespace dmstall::models {

using declare::choice;
using declare::custom;
using declare::flag;
using declare::steps;
using declare::text_list;
using declare::whole;

namespace {

ResourceForm form(std::string key, ResourceKind kind, ParameterType value, std::string wait_function, std::string help,
                  KeyTable options = {}) {
  ResourceForm result;
  result.key = std::move(key);
  result.kind = kind;
  result.value = value;
  result.soft = kind == ResourceKind::mempool;
  result.options = std::move(options);
  result.wait_function = std::move(wait_function);
  result.help = std::move(help);
  return result;
}

Verb verb(std::string name, StepKind kind, VerbValue value, std::vector<std::string> resources, std::string help,
          KeyTable options = {}) {
  Verb result;
  result.name = std::move(name);
  result.kind = kind;
  result.value = value;
  result.resources = std::move(resources);
  result.options = std::move(options);
  result.help = std::move(help);
  return result;
}

Verb on_resource(std::string name, StepKind kind, std::vector<std::string> resources, std::string help,
                 KeyTable options = {}) {
  return verb(std::move(name), kind, VerbValue::resource, std::move(resources), std::move(help), std::move(options));
}

Verb submit() {
  Verb result = verb("submit", StepKind::call, VerbValue::role, {}, "sends a request to the lower device of a role",
                     {declare::required(choice("op", "", {"read", "write", "flush"}, "what is asked of it")),
                      custom("on", "steps by how it ended: ok, bad, error")});
  result.in_target_only = true;
  return result;
}

constexpr double most_elements = 1'000'000'000;

}  // namespace

const std::vector<ResourceForm>& resource_forms() {
  using Type = ParameterType;
  using Kind = ResourceKind;
  const Parameter handed_over = flag("handed_over", "false", "what one task takes another gives back: not checked");
  static const std::vector<ResourceForm> forms = {
      form("mempool", Kind::mempool, Type::integer, "mempool_alloc", "elements in reserve, an allocator behind them",
           {flag("poll", "true", "a waiter asks the allocator again every 5 s"),
            flag("rescuer", "false", "a bio_set with a rescuer"), handed_over}),
      form("semaphore", Kind::semaphore, Type::integer, "down", "permits", {handed_over}),
      form("mutex", Kind::mutex, Type::boolean, "mutex_lock", "a lock", {handed_over}),
      form("rwsem", Kind::rwsem, Type::boolean, "rwsem_down",
           "readers or one writer; a queued writer blocks new readers", {handed_over}),
      form("workers", Kind::workers, Type::integer, "queue_work", "worker threads, a fixed number", {handed_over}),
      form("workqueue", Kind::slot, Type::custom, "queue_work", "max_active and the threads behind it", {handed_over}),
      form("counter", Kind::counter, Type::integer, "wait_event", "its value at the start"),
      form("event", Kind::event, Type::boolean, "wait_for_completion", "stays set until it is cleared",
           {flag("set", "false", "set at the start")}),
      form("order", Kind::order, Type::boolean, "wait_event", "tickets served in sequence"),
  };
  return forms;
}

const std::vector<Verb>& verbs() {
  const Parameter n = whole("n", "", "1", 1, most_elements, "how many");
  const Parameter try_mode = choice("mode", "", {"try"}, "try: never waits");
  const Parameter otherwise = steps("else", "what happens when try fails");
  const KeyTable lock_options = {try_mode, otherwise};
  using Kind = StepKind;
  using Value = VerbValue;
  static const std::vector<Verb> table = {
      on_resource("take", Kind::take, {"mempool", "semaphore", "workers"}, "takes elements, waits for them",
                  {n, choice("mode", "each", {"each", "all", "try"}, "one at a time, all or none, or without waiting"),
                   whole("keep", "", "0", 0, most_elements, "leaves at least so many for others"), otherwise}),
      on_resource("give", Kind::give, {"mempool", "semaphore", "workers"}, "gives elements back", {n}),
      on_resource("enter", Kind::take, {"workqueue", "workers"}, "runs in a worker from here on"),
      on_resource("leave", Kind::give, {"workqueue", "workers"}, "the worker is free again"),
      on_resource("lock", Kind::take, {"mutex"}, "takes a mutex", lock_options),
      on_resource("unlock", Kind::give, {"mutex"}, "releases a mutex"),
      on_resource("read_lock", Kind::read_lock, {"rwsem"}, "takes an rwsem for reading", lock_options),
      on_resource("read_unlock", Kind::read_unlock, {"rwsem"}, "ends reading"),
      on_resource("write_lock", Kind::write_lock, {"rwsem"}, "takes an rwsem for writing", lock_options),
      on_resource("write_unlock", Kind::write_unlock, {"rwsem"}, "ends writing"),
      on_resource("count", Kind::count, {"counter"}, "changes a counter, and tests it in the same step",
                  {whole("by", "", "1", -most_elements, most_elements, "what is added"),
                   steps("if_zero", "what happens when it is 0 then"), steps("else", "what happens when it is not")}),
      on_resource("await_zero", Kind::await_zero, {"counter"}, "waits until a counter is 0"),
      on_resource("signal", Kind::signal, {"event"}, "sets an event"),
      on_resource("await", Kind::await, {"event"}, "waits until an event is set, or broadcast"),
      on_resource("clear", Kind::clear, {"event"}, "clears an event"),
      on_resource("broadcast", Kind::broadcast, {"event"}, "wakes those who wait for an event now"),
      on_resource("ticket", Kind::ticket, {"order"}, "draws the next number"),
      on_resource("await_turn", Kind::await_turn, {"order"}, "waits until its number is served"),
      on_resource("pass_turn", Kind::pass_turn, {"order"}, "lets the next number be served"),
      verb("spend_us", Kind::spend, Value::microseconds, {}, "time passes (timed runs)"),
      verb("choose", Kind::choose, Value::branches, {}, "one of several ways, by label",
           {text_list("fault", "labels that count as a fault"),
            custom("weights", "label -> weight in timed runs, or a list in the order of the labels")}),
      verb("spawn", Kind::spawn, Value::task, {}, "starts a task as a child",
           {flag("park", "false", "it starts when the outermost submit_bio block ends"),
            text_list("with", "elements that travel with it; a name twice means two")}),
      verb("await_children", Kind::await_children, Value::just_true, {}, "waits for all own children",
           {custom("on", "steps by the worst of their ends: ok, bad, error")}),
      verb("submit_bio", Kind::submit_bio, Value::steps, {}, "a block on whose end parked children start"),
      verb("detach", Kind::detach, Value::just_true, {},
           "the caller goes on; the rest happens at completion, in no thread"),
      verb("forever", Kind::forever, Value::steps, {}, "repeats without end"),
      verb("while", Kind::while_, Value::resource, {"event", "counter"},
           "repeats while an event is set, or a counter above 0", {declare::required(steps("do", "what is repeated"))}),
      verb("finish", Kind::finish, Value::status, {}, "ends the task: ok, bad or error"),
      verb("stop", Kind::stop, Value::ending, {},
           "the machine restarts or panics: nothing happens any more, and nobody is stuck"),
      submit(),
  };
  return table;
}

const std::vector<std::string>& machine_endings() {
  static const std::vector<std::string> endings = {"restart", "panic"};
  return endings;
}

const Verb* find_verb(std::string_view name) {
  for (const Verb& known : verbs()) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

}  // namespace dmstall::models
