// Bad input of one kind: each mistake with its exact place and words. Resources, tasks, steps and targets.
#include "tests/scenario/reading.hpp"

// The same on each first line below, so that what is wrong stands on a line of its own. A macro: literals join
// literals.
#define ONE_OF_EACH                                                                                     \
  R"j({"format": 1, "resources": {"a": {"mempool": 1}, "s": {"semaphore": 1}, "m": {"mutex": true}, )j" \
  R"j("rw": {"rwsem": true}, "w": {"workers": 1}, "wq": {"workqueue": {}}, "c": {"counter": 0}, )j"     \
  R"j("e": {"event": true}, "o": {"order": true}},)j"

namespace dmstall::models {

TEST(Tasks, EveryMistakeHasItsPlaceAndWords) {
  expect_messages({
      {"no resource",
       R"j({"format": 1, "resources": {
"x": {}},
"tasks": [{"name": "t", "steps": []}]})j",
       {"2:6: error: a resource is \"mempool\", \"semaphore\", \"mutex\", \"rwsem\", \"workers\", \"workqueue\", "
        "\"counter\", \"event\" or \"order\""}},
      {"misspelt resource",
       R"j({"format": 1, "resources": {
"x": {"mempol": 1}},
"tasks": [{"name": "t", "steps": []}]})j",
       {"2:6: error: a resource is \"mempool\", \"semaphore\", \"mutex\", \"rwsem\", \"workers\", \"workqueue\", "
        "\"counter\", \"event\" or \"order\"; did you mean \"mempool\"?"}},
      {"two resources in one",
       R"j({"format": 1, "resources": {
"x": {"mempool": 1, "mutex": true}},
"tasks": [{"name": "t", "steps": []}]})j",
       {"2:21: error: a resource is one thing, this one is \"mempool\" and \"mutex\""}},
      {"mempool true",
       R"j({"format": 1, "resources": {
"x": {"mempool": true}},
"tasks": [{"name": "t", "steps": []}]})j",
       {"2:18: error: \"mempool\" must be a whole number, not true"}},
      {"negative mempool",
       R"j({"format": 1, "resources": {
"x": {"mempool": -1}},
"tasks": [{"name": "t", "steps": []}]})j",
       {"2:18: error: \"mempool\" is -1, must be 0 to 1000000000"}},
      {"mutex false",
       R"j({"format": 1, "resources": {
"x": {"mutex": false}},
"tasks": [{"name": "t", "steps": []}]})j",
       {"2:16: error: \"mutex\" must be true, not false"}},
      {"mutex with poll",
       R"j({"format": 1, "resources": {
"x": {"mutex": true, "poll": false}},
"tasks": [{"name": "t", "steps": []}]})j",
       {"2:22: error: unknown key \"poll\" in a mutex; known: handed_over"}},
      {"workqueue",
       R"j({"format": 1, "resources": {
"x": {"workqueue": {"max_active": 0, "rescue": true}}},
"tasks": [{"name": "t", "steps": []}]})j",
       {"2:35: error: \"max_active\" is 0, must be 1 to 100000",
        "2:38: error: unknown key \"rescue\" in a workqueue; did you mean \"rescuer\"?"}},
      {"ordered",
       R"j({"format": 1, "resources": {
"x": {"workqueue": {"max_active": 4, "ordered": true}}},
"tasks": [{"name": "t", "steps": []}]})j",
       {"2:35: warning: an ordered workqueue runs one work item at a time"}},
      {"threads of a workqueue",
       R"j({"format": 1, "resources": {
"x": {"workqueue": {}}, "x.thread": {"mutex": true}},
"tasks": [{"name": "t", "steps": []}]})j",
       {"2:25: error: \"x.thread\" is the name of the threads of workqueue \"x\""}},
      {"resource with a space",
       R"j({"format": 1, "resources": {
"x y": {"mutex": true}},
"tasks": [{"name": "t", "steps": []}]})j",
       {"2:1: error: the resource name \"x y\" holds a space, a quote, a brace, a \"*\" or a control character"}},
      {"resource as a number",
       R"j({"format": 1, "resources": {
"x": 1},
"tasks": [{"name": "t", "steps": []}]})j",
       {"2:6: error: resource \"x\" must be an object, not 1"}},
      {"task without a name",
       ONE_OF_EACH R"j( "tasks": [
{"steps": []}]})j",
       {"2:1: error: missing key \"name\" in a task"}},
      {"no steps",
       ONE_OF_EACH R"j( "tasks": [
{"name": "t"}]})j",
       {"2:1: error: missing key \"steps\" in a task"}},
      {"same task name",
       ONE_OF_EACH R"j( "tasks": [
{"name": "t", "steps": []},
{"name": "t", "steps": []}]})j",
       {"3:10: error: a second task is called \"t\"; the first is in line 2"}},
      {"nobody starts",
       ONE_OF_EACH R"j( "tasks": [
{"name": "t", "start": false, "steps": []}]})j",
       {"1:239: error: no task starts: there is nothing to run"}},
      {"count 0",
       ONE_OF_EACH R"j( "tasks": [
{"name": "t", "count": 0, "steps": []}]})j",
       {"2:24: error: \"count\" is 0, must be 1 to 1000000"}},
      {"count of a child",
       ONE_OF_EACH R"j( "tasks": [
{"name": "t", "steps": [{"spawn": "u"}]}, {"name": "u", "start": false, "count": 2, "steps": []}]})j",
       {"2:82: warning: \"count\" has no effect on a task that is only spawned"}},
      {"never spawned",
       ONE_OF_EACH R"j( "tasks": [
{"name": "t", "steps": []},
{"name": "u", "start": false, "steps": []}]})j",
       {"3:1: warning: task \"u\" never runs: it does not start, and nobody spawns it"}},
      {"steps as an object",
       ONE_OF_EACH R"j( "tasks": [
{"name": "t", "steps": {}}]})j",
       {"2:24: error: a list of steps must be an array, not an object"}},
      {"step as text",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
"take"]}]})j",
       {"3:1: error: a step must be an object, not \"take\""}},
      {"empty step",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{}]}]})j",
       {"3:1: error: a step needs a verb: take, give, enter, leave, lock, unlock, read_lock, read_unlock, write_lock, "
        "write_unlock, count, await_zero, signal, await, clear, broadcast, ticket, await_turn, pass_turn, spend_us, "
        "choose, spawn, await_children, submit_bio, detach, forever, while, finish, stop, submit"}},
      {"misspelt verb",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"tak": "a"}]}]})j",
       {"3:2: error: \"tak\" is no verb of a step; did you mean \"take\"?"}},
      {"unlike any verb",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"qqq": "a"}]}]})j",
       {"3:2: error: \"qqq\" is no verb of a step; verbs are take, give, enter, leave, lock, unlock, read_lock, "
        "read_unlock, write_lock, write_unlock, count, await_zero, signal, await, clear, broadcast, ticket, "
        "await_turn, pass_turn, spend_us, choose, spawn, await_children, submit_bio, detach, forever, while, finish, "
        "stop, "
        "submit"}},
      {"two verbs",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"take": "a", "give": "a"}]}]})j",
       {"3:15: error: a step has one verb, this one has \"take\" and \"give\""}},
      {"key of another verb",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"give": "a", "mode": "all"}]}]})j",
       {"3:15: error: unknown key \"mode\" in a \"give\" step; known: n"}},
      {"unknown resource",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"take": "aa"}]}]})j",
       {"3:10: error: no resource is called \"aa\"; did you mean \"a\"?"}},
      {"resource name as a number",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"take": 1}]}]})j",
       {"3:10: error: \"take\" must name a resource, not 1"}},
      {"take an rwsem",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"take": "rw"}]}]})j",
       {"3:10: error: \"rw\" is a rwsem, which has no \"take\"; it has read_lock, read_unlock, write_lock, "
        "write_unlock"}},
      {"take a mutex",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"take": "m"}]}]})j",
       {"3:10: error: \"m\" is a mutex, which has no \"take\"; it has lock, unlock"}},
      {"take a workqueue",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"take": "wq"}]}]})j",
       {"3:10: error: \"wq\" is a workqueue, which has no \"take\"; it has enter, leave"}},
      {"lock a mempool",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"lock": "a"}]}]})j",
       {"3:10: error: \"a\" is a mempool, which has no \"lock\"; it has take, give"}},
      {"signal a counter",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"signal": "c"}]}]})j",
       {"3:12: error: \"c\" is a counter, which has no \"signal\"; it has count, await_zero, while"}},
      {"count an event",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"count": "e"}]}]})j",
       {"3:11: error: \"e\" is an event, which has no \"count\"; it has signal, await, clear, broadcast, while"}},
      {"enter a mutex",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"enter": "m"}]}]})j",
       {"3:11: error: \"m\" is a mutex, which has no \"enter\"; it has lock, unlock"}},
      {"await a counter",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"await": "c"}]}]})j",
       {"3:11: error: \"c\" is a counter, which has no \"await\"; it has count, await_zero, while"}},
      {"n 0",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"take": "a", "n": 0}]}]})j",
       {"3:20: error: \"n\" is 0, must be 1 to 1000000000"}},
      {"n negative",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"give": "a", "n": -1}]}]})j",
       {"3:20: error: \"n\" is -1, must be 1 to 1000000000"}},
      {"mode",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"take": "a", "mode": "some"}]}]})j",
       {"3:23: error: \"mode\" must be \"each\", \"all\" or \"try\", not \"some\""}},
      {"lock all",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"lock": "m", "mode": "all"}]}]})j",
       {"3:23: error: \"mode\" must be \"try\", not \"all\""}},
      {"else without try",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"take": "a", "else": []}, {"take": "a", "mode": "all", "else": []}]}]})j",
       {"3:23: error: \"take\" has \"else\" only with \"mode\": \"try\"",
        "3:65: error: \"else\" is only for \"mode\": \"try\": the others wait"}},
      {"unknown task",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"spawn": "uu"}]}]})j",
       {"3:11: error: no task is called \"uu\"; did you mean \"u\"?"}},
      {"park outside",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"spawn": "u", "park": true}]}]})j",
       {"3:24: error: \"park\" is only for a spawn inside a \"submit_bio\" block"}},
      {"with",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"spawn": "u", "with": ["rw", "c", "aa", "a", "wq"]}]}]})j",
       {"3:25: error: \"rw\" is a rwsem, it cannot travel with a task",
        "3:31: error: \"c\" is a counter, it cannot travel with a task",
        "3:36: error: no resource is called \"aa\"; did you mean \"a\"?"}},
      {"submit in a task",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"submit": "low", "op": "read"}]}]})j",
       {"3:2: error: \"submit\" is only for the flows of \"targets\""}},
      {"empty choose",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"choose": {}}]}]})j",
       {"3:12: error: \"choose\" has nothing to choose from"}},
      {"choose",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"choose": {"x": [], "y": [{"tak": "a"}]}, "fault": ["z"], "weights": {"x": -1, "q": 1}}]}]})j",
       {"3:29: error: \"tak\" is no verb of a step; did you mean \"take\"?", "3:54: error: no branch is called \"z\"",
        "3:77: error: \"weights\" is -1, must be 0 to 1000000000", "3:81: error: no branch is called \"q\""}},
      {"weights",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"choose": {"x": [], "y": []}, "weights": [1]}, {"choose": {"x": []}, "weights": [0]}]}]})j",
       {"3:43: error: \"weights\" has 1 entries for 2 branches",
        "3:82: error: the weights add up to 0: nothing could be chosen"}},
      {"on",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"await_children": true, "on": {"fail": []}}]}]})j",
       {"3:33: error: a task ends \"ok\", \"bad\" or \"error\", not \"fail\""}},
      {"await_children false",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"await_children": false}]}]})j",
       {"3:20: error: \"await_children\" must be true, not false"}},
      {"stop",
       R"j({"format": 1, "resources": {"a": {"mempool": 1}}, "tasks": [{"name": "t", "steps": [
{"take": "a"},
{"stop": "reboot"}]}]})j",
       {"3:10: error: \"stop\" must be \"restart\" or \"panic\", not \"reboot\""}},
      {"finish",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"finish": "err"}]}]})j",
       {"3:12: error: \"finish\" must be \"ok\", \"bad\" or \"error\", not \"err\"; did you mean \"error\"?"}},
      {"spend",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"spend_us": -1}, {"spend_us": 0.5}]}]})j",
       {"3:14: error: \"spend_us\" is -1, must be 0 to 1000000000000 us",
        "3:32: error: \"spend_us\" must be a whole number, not 0.5"}},
      {"empty forever",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"forever": []}]}]})j",
       {"3:13: error: a \"forever\" without steps does nothing, without end"}},
      {"while without do",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"while": "e"}]}]})j",
       {"3:1: error: missing key \"do\" in a \"while\" step"}},
      {"while a mempool",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"while": "a", "do": []}]}]})j",
       {"3:11: error: \"a\" is a mempool, which has no \"while\"; it has take, give"}},
      {"unlock before lock",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"unlock": "m"}]}]})j",
       {"3:2: error: \"m\" is given here on a way through task \"t\" that does not hold it; where another task takes "
        "it, the resource says \"handed_over\": true"}},
      {"read_unlock after write_lock",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"write_lock": "rw"}, {"read_unlock": "rw"}]}]})j",
       {"3:2: error: \"rw\" is taken here and not given back on a way to the end of task \"t\"; where another task "
        "gives it back, the resource says \"handed_over\": true",
        "3:24: error: \"rw\" is given here on a way through task \"t\" that does not hold it; where another task takes "
        "it, the resource says \"handed_over\": true"}},
      {"leave without enter",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"leave": "wq"}]}]})j",
       {"3:2: error: \"wq\" is given here on a way through task \"t\" that does not hold it; where another task takes "
        "it, the resource says \"handed_over\": true"}},
      {"unlock for another task",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": [{"lock": "m"}]}, {"name": "t", "steps": [
{"unlock": "m"}]}]})j",
       {"2:36: error: \"m\" is taken here and not given back on a way to the end of task \"u\"; where another task "
        "gives it back, the resource says \"handed_over\": true",
        "3:2: error: \"m\" is given here on a way through task \"t\" that does not hold it; where another task takes "
        "it, the resource says \"handed_over\": true"}},
      {"counter below 0",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"count": "c", "by": -1}]}]})j",
       {"3:2: error: counter \"c\" goes below 0 here"}},
      {"counter below 0 on one way",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"count": "c"}, {"choose": {"x": [{"count": "c", "by": -2}], "y": []}}]}]})j",
       {"3:36: error: counter \"c\" goes below 0 here"}},
      {"counter raised elsewhere",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": [{"count": "c"}]}, {"name": "t", "steps": [
{"count": "c", "by": -1}]}]})j",
       {}},
      {"leaked",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"take": "a", "n": 2}, {"give": "a"}]}]})j",
       {"3:2: error: \"a\" is taken here and not given back on a way to the end of task \"t\"; where another task "
        "gives it back, the resource says \"handed_over\": true"}},
      {"leaked on one way",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"take": "a"}, {"choose": {"x": [{"finish": "error"}], "y": []}}, {"give": "a"}]}]})j",
       {"3:2: error: \"a\" is taken here and not given back on a way to the end of task \"t\"; where another task "
        "gives it back, the resource says \"handed_over\": true"}},
      {"leaked lock",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"lock": "m"}, {"write_lock": "rw"}]}]})j",
       {"3:2: error: \"m\" is taken here and not given back on a way to the end of task \"t\"; where another task "
        "gives it back, the resource says \"handed_over\": true",
        "3:17: error: \"rw\" is taken here and not given back on a way to the end of task \"t\"; where another task "
        "gives it back, the resource says \"handed_over\": true"}},
      {"given by another task",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": [{"give": "a"}]}, {"name": "t", "steps": [
{"take": "a"}]}]})j",
       {"2:36: error: \"a\" is given here on a way through task \"u\" that does not hold it; where another task takes "
        "it, the resource says \"handed_over\": true",
        "3:2: error: \"a\" is taken here and not given back on a way to the end of task \"t\"; where another task "
        "gives it back, the resource says \"handed_over\": true"}},
      {"travels with a child",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "start": false, "steps": [{"give": "a"}]}, {"name": "t", "steps": [
{"take": "a"}, {"spawn": "u", "with": ["a"]}]}]})j",
       {}},
      {"try that ends",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"take": "a", "mode": "try", "else": [{"finish": "error"}]}, {"give": "a"}]}]})j",
       {}},
      {"try that goes on",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"take": "a", "mode": "try"}, {"give": "a"}]}]})j",
       {"3:32: error: \"a\" is given here on a way through task \"t\" that does not hold it; where another task takes "
        "it, the resource says \"handed_over\": true"}},
      {"never reached",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"finish": "ok"},
{"take": "a"}]}]})j",
       {"4:2: warning: this step is never reached"}},
      {"after forever",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": []}, {"name": "t", "steps": [
{"forever": [{"spend_us": 1}]},
{"spend_us": 1}]}]})j",
       {"4:2: warning: this step is never reached"}},
      {"no ticket",
       ONE_OF_EACH R"j(
"tasks": [{"name": "u", "steps": [{"ticket": "o"}, {"pass_turn": "o"}]}, {"name": "t", "steps": [
{"await_turn": "o"}, {"pass_turn": "o"}]}]})j",
       {"3:2: error: task \"t\" draws no ticket of \"o\"", "3:23: error: task \"t\" draws no ticket of \"o\""}},
      {"target of dmstall",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}], "workload": [{"read": "d"}],
"targets": {
"verity": {"flows": {"read": []}}}})j",
       {"3:1: error: \"verity\" is the name of a target that dmstall has"}},
      {"unused target",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}], "workload": [{"read": "d"}],
"targets": {
"mine": {"flows": {"read": []}}}})j",
       {"3:1: warning: no device has target \"mine\""}},
      {"target without flows",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}, {"name": "x", "target": "mine", )j"
       R"j("low": "d"}], "workload": [{"read": "x"}],
"targets": {
"mine": {"roles": ["low"]}}})j",
       {"1:128: error: target \"mine\" of device \"x\" has no \"read\" flow",
        "3:9: error: missing key \"flows\" in a target"}},
      {"unknown flow",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}, {"name": "x", "target": "mine", )j"
       R"j("low": "d"}], "workload": [{"read": "x"}],
"targets": {
"mine": {"roles": ["low"], "flows": {"read": [], "raed": []}}}})j",
       {"3:50: error: a flow is \"read\", \"write\" or \"flush\", not \"raed\"; did you mean \"read\"?"}},
      {"no such flow",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}, {"name": "x", "target": "mine", )j"
       R"j("low": "d"}], "workload": [{"read": "x"}],
"targets": {
"mine": {"roles": ["low"], "flows": {"write": []}}}})j",
       {"1:128: error: target \"mine\" of device \"x\" has no \"read\" flow"}},
      {"unknown role",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}, {"name": "x", "target": "mine", )j"
       R"j("low": "d"}], "workload": [{"read": "x"}],
"targets": {
"mine": {"roles": ["low"], "flows": {"read": [{"submit": "lov", "op": "reed"}, {"submit": "low"}]}}}})j",
       {"3:58: error: the target has no role \"lov\"; did you mean \"low\"?",
        "3:71: error: \"op\" must be \"read\", \"write\" or \"flush\", not \"reed\"; did you mean \"read\"?",
        "3:80: error: missing key \"op\" in a \"submit\" step"}},
      {"spawn in a target",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}, {"name": "x", "target": "mine", )j"
       R"j("low": "d"}], "workload": [{"read": "x"}],
"targets": {
"mine": {"roles": ["low"], "flows": {"read": [{"spawn": "t"}]}}}})j",
       {"3:57: error: the flow of a target cannot spawn a task"}},
      {"role named like a key",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}, {"name": "x", "target": "mine", )j"
       R"j("low": "d"}], "workload": [{"read": "x"}],
"targets": {
"mine": {"roles": ["low", "name", "low"], "flows": {"read": []}}}})j",
       {"1:69: error: device \"x\" stands on itself",
        "3:27: error: a role cannot be called \"name\": every device has that key",
        "3:35: error: the role \"low\" is listed twice"}},
      {"role not given",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}, {"name": "x", "target": "mine", )j"
       R"j("low": "d"}], "workload": [{"read": "x"}],
"targets": {
"mine": {"roles": ["low", "hash"], "flows": {"read": []}}}})j",
       {"1:60: error: missing key \"hash\" in a mine device"}},
  });
}

}  // namespace dmstall::models
