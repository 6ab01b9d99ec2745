// What the steps of a file become.
#include "tests/scenario/reading.hpp"

namespace dmstall::models {
namespace {

constexpr const char* every_step =
    R"j({ "format": 1, "name": "opposite-orders",
  "resources": { "a": {"mempool": 1}, "b": {"mempool": 1, "poll": false}, "lock": {"mutex": true}, )j"
    R"j("reg": {"rwsem": true}, "wq": {"workers": 2},
                 "kw": {"workqueue": {"max_active": 8, "threads": 1, "rescuer": true, "ordered": false}}, )j"
    R"j("tags": {"semaphore": 32}, "pending": {"counter": 0}, "done": {"event": true}, "seq": {"order": true} },
  "tasks": [
    { "name": "t0", "count": 1, "steps": [ {"take": "a"}, {"take": "b", "n": 2, "mode": "all"}, {"give": "b", )j"
    R"j("n": 2}, {"give": "a"} ] },
    { "name": "t1", "steps": [ {"enter": "wq"}, {"lock": "lock"}, {"unlock": "lock"}, {"leave": "wq"}, )j"
    R"j({"read_lock": "reg"}, {"read_unlock": "reg"}, {"write_lock": "reg"}, {"write_unlock": "reg"},
        {"count": "pending", "by": 1}, {"count": "pending", "by": -1, "if_zero": [ {"broadcast": "done"} ], )j"
    R"j("else": []}, {"await_zero": "pending"}, {"signal": "done"}, {"await": "done"}, {"clear": "done"},
        {"spend_us": 10}, {"choose": {"mismatch": [ {"take": "a"}, {"give": "a"} ], "match": []}, )j"
    R"j("fault": ["mismatch"]}, {"take": "a", "mode": "try", "else": [ {"finish": "error"} ]}, {"give": "a"},
        {"ticket": "seq"}, {"await_turn": "seq"}, {"pass_turn": "seq"}, {"submit_bio": [ {"take": "a"}, )j"
    R"j({"spawn": "child", "park": true, "with": ["a"]} ]}, {"await_children": true, "on": {"error": []}}, )j"
    R"j({"detach": true} ] },
    { "name": "child", "start": false, "steps": [ {"give": "a"} ] } ],
  "memory": {"allocator": "exhausted"}, "expect": {"verdict": "DEADLOCK"} })j";

ResourceId id_of(const TaskForm& form, const std::string& name) {
  for (std::size_t i = 0; i < form.resources.size(); ++i) {
    if (form.resources[i].name == name) return static_cast<ResourceId>(i);
  }
  ADD_FAILURE() << name;
  return no_resource;
}

const Resource& resource(const TaskForm& form, const std::string& name) {
  return form.resources[static_cast<std::size_t>(id_of(form, name))];
}

TEST(TaskForm, EveryStepOfTheFormat) {
  const Scenario scenario = must_read(every_step);
  EXPECT_TRUE(scenario.warnings.empty());
  const TaskForm& form = scenario.form;
  ASSERT_EQ(form.resources.size(), 11U);
  ASSERT_EQ(form.tasks.size(), 3U);
  EXPECT_EQ(form.tasks[0].name, "t0");
  EXPECT_FALSE(form.tasks[2].start);

  const Steps& t0 = form.tasks[0].steps;
  ASSERT_EQ(t0.size(), 4U);
  EXPECT_EQ(t0[1].kind, StepKind::take);
  EXPECT_EQ(t0[1].n, 2);
  EXPECT_EQ(t0[1].mode, TakeMode::all);
  EXPECT_EQ(t0[1].resource, id_of(form, "b"));
  EXPECT_EQ(t0[1].line, 5);
  EXPECT_EQ(t0[1].column, 60);

  const Steps& t1 = form.tasks[1].steps;
  ASSERT_EQ(t1.size(), 24U);
  const std::vector<StepKind> kinds = {
      StepKind::take,        StepKind::take,       StepKind::give,           StepKind::give,   StepKind::read_lock,
      StepKind::read_unlock, StepKind::write_lock, StepKind::write_unlock,   StepKind::count,  StepKind::count,
      StepKind::await_zero,  StepKind::signal,     StepKind::await,          StepKind::clear,  StepKind::spend,
      StepKind::choose,      StepKind::take,       StepKind::give,           StepKind::ticket, StepKind::await_turn,
      StepKind::pass_turn,   StepKind::submit_bio, StepKind::await_children, StepKind::detach};
  for (std::size_t i = 0; i < kinds.size(); ++i) EXPECT_EQ(t1[i].kind, kinds[i]) << i;
  EXPECT_EQ(t1[8].n, 1);
  EXPECT_EQ(t1[9].n, -1);
  ASSERT_EQ(t1[9].body.size(), 1U);
  EXPECT_EQ(t1[9].body[0].kind, StepKind::broadcast);
  EXPECT_TRUE(t1[9].else_steps.empty());
  EXPECT_EQ(t1[14].amount, 10);
  EXPECT_EQ(t1[14].spend, SpendKind::delay_us);
  ASSERT_EQ(t1[15].branches.size(), 2U);
  EXPECT_EQ(t1[15].branches[0].label, "mismatch");
  EXPECT_EQ(t1[15].branches[0].faults, 1);
  EXPECT_EQ(t1[15].branches[0].steps.size(), 2U);
  EXPECT_EQ(t1[15].branches[1].label, "match");
  EXPECT_EQ(t1[15].branches[1].faults, 0);
  EXPECT_EQ(t1[16].mode, TakeMode::try_);
  ASSERT_EQ(t1[16].else_steps.size(), 1U);
  EXPECT_EQ(t1[16].else_steps[0].status, Status::error);
  const Step& spawn = t1[21].body.at(1);
  EXPECT_EQ(spawn.kind, StepKind::spawn);
  EXPECT_EQ(spawn.flow, 2);
  EXPECT_TRUE(spawn.park);
  ASSERT_EQ(spawn.with.size(), 1U);
  EXPECT_EQ(spawn.with[0].resource, id_of(form, "a"));
  EXPECT_EQ(spawn.with[0].n, 1);
  ASSERT_EQ(t1[22].branches.size(), 1U);
  EXPECT_EQ(t1[22].branches[0].label, "error");
}

TEST(TaskForm, Resources) {
  const TaskForm form = must_read(every_step).form;
  const Resource& a = resource(form, "a");
  EXPECT_EQ(a.kind, ResourceKind::mempool);
  EXPECT_TRUE(a.soft);
  EXPECT_TRUE(a.poll);
  EXPECT_EQ(a.capacity, 1);
  EXPECT_EQ(a.memory, MemoryClass::slab);
  EXPECT_EQ(a.wait_function, "mempool_alloc");
  EXPECT_FALSE(resource(form, "b").poll);
  EXPECT_EQ(resource(form, "lock").kind, ResourceKind::mutex);
  EXPECT_EQ(resource(form, "lock").capacity, 1);
  EXPECT_FALSE(resource(form, "lock").soft);
  EXPECT_EQ(resource(form, "wq").kind, ResourceKind::workers);
  EXPECT_EQ(resource(form, "wq").capacity, 2);
  EXPECT_FALSE(resource(form, "wq").soft);
  const Resource& slot = resource(form, "kw");
  EXPECT_EQ(slot.kind, ResourceKind::slot);
  EXPECT_EQ(slot.capacity, 8);
  EXPECT_FALSE(slot.soft);
  const Resource& thread = resource(form, "kw.thread");
  EXPECT_EQ(thread.kind, ResourceKind::thread);
  EXPECT_EQ(thread.capacity, 2) << "one that exists and the rescuer";
  EXPECT_TRUE(thread.soft);
  EXPECT_EQ(thread.memory, MemoryClass::thread);
  EXPECT_EQ(resource(form, "tags").capacity, 32);
  EXPECT_EQ(resource(form, "seq").kind, ResourceKind::order);
}

TEST(TaskForm, HandedOver) {
  const TaskForm form =
      must_read(R"j({"format": 1, "resources": {"p": {"mempool": 1, "handed_over": true}, "s": {"semaphore": 0, )j"
                R"j("handed_over": true}, "m": {"mutex": true, "handed_over": true}, "l": {"rwsem": true, )j"
                R"j("handed_over": true},
      "w": {"workers": 1, "handed_over": true}, "q": {"workqueue": {}, "handed_over": true}, )j"
                R"j("plain": {"mempool": 1}}, "tasks": [{"name": "t", "steps": [{"take": "p"}, {"give": "s"}, )j"
                R"j({"lock": "m"}, )j"
                R"j({"read_lock": "l"},
      {"enter": "w"}, {"enter": "q"}]}]})j")
          .form;
  for (const char* name : {"p", "s", "m", "l", "w", "q", "q.thread"})
    EXPECT_TRUE(resource(form, name).handed_over) << name;
  EXPECT_FALSE(resource(form, "plain").handed_over);
}

TEST(TaskForm, MoreResources) {
  const TaskForm form = must_read(R"j({"format": 1, "resources": {"set": {"mempool": 4, "rescuer": true}, )j"
                                  R"j("o": {"workqueue": {"ordered": true, "rescuer": false}},
      "w": {"workqueue": {}}, "c": {"counter": 7}, "e": {"event": true, "set": true}}, "tasks": [{"name": "t", )j"
                                  R"j("daemon": true, "count": 3, "steps": []}]})j")
                            .form;
  EXPECT_TRUE(resource(form, "set").rescuer);
  EXPECT_EQ(resource(form, "o").capacity, 1);
  EXPECT_EQ(resource(form, "o.thread").capacity, 0);
  EXPECT_EQ(resource(form, "w").capacity, 256);
  EXPECT_EQ(resource(form, "w.thread").capacity, 1);
  EXPECT_EQ(resource(form, "c").capacity, 7);
  EXPECT_EQ(resource(form, "e").capacity, 1);
  EXPECT_TRUE(form.tasks[0].daemon);
  EXPECT_EQ(form.tasks[0].count, 3);
}

TEST(TaskForm, WorkqueuesLoopsWeightsAndWith) {
  const TaskForm form =
      must_read(R"j({"format": 1, "resources": {"w": {"workqueue": {}}, "p": {"mempool": 4}, "e": {"event": true}, )j"
                R"j("m": {"mutex": true}},
    "tasks": [{"name": "t", "steps": [{"enter": "w"}, {"take": "p", "n": 2, "keep": 1}, {"spawn": "u", )j"
                R"j("with": ["w", "p", "p"]},
       {"lock": "m", "mode": "try", "else": [{"finish": "bad"}]}, {"unlock": "m"},
       {"choose": {"x": [], "y": []}, "weights": {"y": 3, "x": 0.5}}, {"choose": {"x": [], "y": []}, "weights": [2, 0]},
       {"while": "e", "do": [{"clear": "e"}]}, {"forever": [{"await": "e"}, {"clear": "e"}]}]},
      {"name": "u", "start": false, "steps": [{"give": "p", "n": 2}, {"leave": "w"}]}]})j")
          .form;
  const Steps& t = form.tasks[0].steps;
  ASSERT_EQ(t.size(), 10U);
  EXPECT_EQ(t[0].resource, id_of(form, "w"));
  EXPECT_EQ(t[1].resource, id_of(form, "w.thread"));
  EXPECT_EQ(t[1].column, t[0].column);
  EXPECT_EQ(t[2].keep, 1);
  ASSERT_EQ(t[3].with.size(), 3U);
  EXPECT_EQ(t[3].with[1].resource, id_of(form, "w.thread"));
  EXPECT_EQ(t[3].with[2].n, 2);
  EXPECT_EQ(t[4].mode, TakeMode::try_);
  EXPECT_EQ(t[4].else_steps[0].status, Status::bad);
  EXPECT_EQ(t[6].branches[0].weight, 0.5);
  EXPECT_EQ(t[6].branches[1].weight, 3);
  EXPECT_EQ(t[7].branches[0].weight, 2);
  EXPECT_EQ(t[8].kind, StepKind::while_);
  EXPECT_EQ(t[8].body.size(), 1U);
  EXPECT_EQ(t[9].kind, StepKind::forever);
  const Steps& u = form.tasks[1].steps;
  ASSERT_EQ(u.size(), 3U);
  EXPECT_EQ(u[1].resource, id_of(form, "w.thread")) << "the thread goes before the slot";
  EXPECT_EQ(u[2].resource, id_of(form, "w"));
}

TEST(TaskForm, TargetsOfTheScenario) {
  const Scenario scenario =
      must_read(R"j({"format": 1, "devices": [{"name": "d", "target": "disk"},
      {"name": "x", "target": "cache", "fast": "d", "slow": "d", "reserve": {"pool": 3}}], "workload": [{"read": "x"}],
      "sharing": {"cache.pool": "module"}, "memory": {"fails": ["cache.pool", "x.pool"]},
      "targets": {"cache": {"roles": ["fast", "slow"], "resources": {"pool": {"mempool": 1}, "w": {"workers": 1}},
        "flows": {"read": [{"take": "pool"}, {"submit": "fast", "op": "read", "on": {"error": [{"enter": "w"}, )j"
                R"j({"submit": "slow", "op": "read"}, {"leave": "w"}]}}, {"give": "pool"}]}}}})j");
  ASSERT_EQ(scenario.targets.size(), 1U);
  const ScenarioTarget& target = scenario.targets[0];
  EXPECT_EQ(target.roles, (std::vector<std::string>{"fast", "slow"}));
  EXPECT_EQ(target.resources.at(0).name, "pool");
  const Steps& read = target.flows.at("read");
  ASSERT_EQ(read.size(), 3U);
  EXPECT_EQ(read[1].kind, StepKind::call);
  EXPECT_EQ(read[1].flow, no_flow);
  EXPECT_EQ(read[1].role, "fast");
  EXPECT_EQ(read[1].op, "read");
  EXPECT_EQ(read[1].branches.at(0).label, "error");
  EXPECT_EQ(read[1].branches[0].steps.at(1).role, "slow");
  EXPECT_EQ(scenario.devices[1].text("slow"), "d");
  EXPECT_EQ(scenario.devices[1].reserve.at("pool"), 3);
}

}  // namespace
}  // namespace dmstall::models
