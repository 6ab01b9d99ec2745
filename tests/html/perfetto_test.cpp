// The trace events of a timed run, held against the rules of the format (Google, "Trace Event Format"): what a viewer
// silently drops or draws wrongly is an error here.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

using nlohmann::json;

using Track = std::pair<int, int>;  // pid, tid

/// What is wrong with a document; empty: nothing.
class TraceRules {
 public:
  std::string objection_to(const json& document) {
    for (const json& event : document.at("traceEvents")) {
      const std::string wrong = look_at(event);
      if (!wrong.empty()) return wrong + ": " + event.dump();
    }
    for (const auto& [track, open] : open_)
      if (open != 0) return fmt::format("{} slices of track {} do not end", open, track.second);
    for (const auto& [id, state] : flows_)
      if (state != Flow::ended) return fmt::format("flow {} has no end", id);
    return {};
  }
  std::set<int> named_tracks, flow_ids;
  std::map<std::string, std::vector<double>> counters;
  std::size_t slices = 0;

 private:
  enum class Flow { begun, ended };

  std::string look_at(const json& event) {
    const std::string phase = event.at("ph");
    if (phase == "M") {
      if (event.at("name") == "thread_name") named_tracks.insert(event.at("tid").get<int>());
      return {};
    }
    if (!event.at("ts").is_number()) return "no time";
    const double at = event["ts"];
    if (phase == "C") {
      const std::string name = event.at("name");
      double& before = counter_time_.try_emplace({event.at("pid"), name}, 0).first->second;
      if (at < before) return "a counter goes back in time";
      before = at;
      for (const auto& [key, value] : event.at("args").items())
        if (!value.is_number()) return "a counter that is no number";
      if (event["args"].contains("left")) counters[name].push_back(event["args"]["left"]);
      return {};
    }
    if (phase == "i") return event.at("s") == "g" ? "" : "an instant without a scope";
    const Track track{event.at("pid"), event.at("tid")};
    if (named_tracks.count(track.second) == 0) return "a track without a name";
    double& before = time_.try_emplace(track, 0).first->second;
    if (at < before) return "a track goes back in time";
    before = at;
    int& open = open_[track];
    if (phase == "B") {
      if (event.at("name").get<std::string>().empty()) return "a slice without a name";
      ++open, ++slices;
      return {};
    }
    if (phase == "E") return --open < 0 ? "a slice ends that has not begun" : "";
    if (phase != "s" && phase != "t" && phase != "f") return "a phase that was not to be written";
    // A flow is bound to the slice around it.
    if (open == 0) return "a flow outside of any slice";
    const int id = event.at("id");
    const auto known = flows_.find(id);
    if (phase == "s") {
      if (known != flows_.end()) return "a flow that begins twice";
      flows_[id] = Flow::begun;
      flow_ids.insert(id);
      return {};
    }
    if (known == flows_.end()) return "a flow that has not begun";
    if (known->second == Flow::ended) return "a flow that has ended";
    if (phase == "f") {
      if (event.at("bp") != "e") return "an end that is bound to the next slice";
      known->second = Flow::ended;
    }
    return {};
  }

  std::map<Track, double> time_;
  std::map<Track, int> open_;
  std::map<std::pair<int, std::string>, double> counter_time_;
  std::map<int, Flow> flows_;
};

class Perfetto : public ProgramTest {
 protected:
  json trace_of(const std::string& file, const std::string& more = "") const {
    const std::string place = (folder_ / "run.json").string();
    last_ = dmstall("run --format json --perfetto " + place + " " + more + file);
    return json::parse(read(place), nullptr, false);
  }
  mutable Outcome last_;
};

}  // namespace

TEST_F(Perfetto, FollowsTheFormat) {
  for (const char* name : {"seed/shared-pools.json", "tutorial/02-two-from-one-pool.json", "tutorial/03-stall.json",
                           "findings/flush-r1-three-segments.json", "android/apex-1-direct-shared.json"}) {
    const json trace = trace_of(scenario(name), "--events 200000 ");
    ASSERT_FALSE(trace.is_discarded()) << name;
    TraceRules rules;
    EXPECT_EQ(rules.objection_to(trace), "") << name;
    EXPECT_GT(rules.slices, 1U) << name;
    EXPECT_FALSE(rules.counters.empty()) << name;
  }
}

/// Memory that is accounted, a hog and an OOM killer: pages are counters, too.
TEST_F(Perfetto, FollowsTheFormatWhereMemoryIsAccounted) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(scenario("memory"))) files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  std::size_t pages = 0;
  for (const std::string& file : files) {
    if (read(file).find("\"accounted\"") == std::string::npos) continue;
    const json trace = trace_of(file, "--engine simulate --events 20000 ");
    TraceRules rules;
    EXPECT_EQ(rules.objection_to(trace), "") << file;
    for (const json& event : trace["traceEvents"]) pages += event["name"] == "pages" ? 1 : 0;
    if (pages > 0) break;
  }
  EXPECT_GT(pages, 0U);
}

/// The lowest value of a counter is what the figures of the run, counted elsewhere, call the lowest.
TEST_F(Perfetto, CountersAgreeWithTheFigures) {
  TraceRules rules;
  ASSERT_EQ(rules.objection_to(trace_of(scenario("seed/shared-pools.json"))), "");
  std::size_t compared = 0;
  const json report = json::parse(last_.out);
  for (const json& pool : report["runs"][0]["run"]["resources"]) {
    const auto counter = rules.counters.find(pool["name"]);
    if (pool["lowest_free"] == pool["capacity"] || counter == rules.counters.end()) continue;
    ++compared;
    EXPECT_EQ(*std::min_element(counter->second.begin(), counter->second.end()), pool["lowest_free"]) << pool["name"];
    EXPECT_EQ(counter->second.front(), pool["capacity"]) << pool["name"];
  }
  EXPECT_GT(compared, 8U);
}

TEST_F(Perfetto, HasALanePerThreadAndAFlowPerBio) {
  const json trace = trace_of(scenario("seed/shared-pools.json"));
  TraceRules rules;
  ASSERT_EQ(rules.objection_to(trace), "");
  std::set<std::string> lanes;
  for (const json& event : trace["traceEvents"])
    if (event["ph"] == "M" && event["name"] == "thread_name") lanes.insert(event["args"]["name"]);
  for (const char* name : {"kverityd/upper", "kverityd/lower", "flusher/snap"}) {
    EXPECT_TRUE(std::any_of(lanes.begin(), lanes.end(), [&](const std::string& each) {
      return each.starts_with(name);
    })) << name;
  }
  EXPECT_FALSE(rules.flow_ids.empty());
  // The wait that ends the run is on the lane of who waits.
  const std::string text = trace.dump();
  EXPECT_NE(text.find("waits for 1 verity.recheck_pool (0 of 1 left)"), std::string::npos);
}

/// The rules notice what they are for.
TEST_F(Perfetto, TheRulesFindWhatIsBroken) {
  const json whole = trace_of(scenario("seed/shared-pools.json"));
  const auto broken = [&](const auto& change) {
    json copy = whole;
    change(copy["traceEvents"]);
    return TraceRules().objection_to(copy);
  };
  const auto first = [](json& events, const char* phase) {
    return std::find_if(events.begin(), events.end(), [&](const json& event) { return event["ph"] == phase; });
  };
  const auto last = [](json& events, const char* phase) {
    std::size_t i = events.size();
    while (i > 0 && events[i - 1]["ph"] != phase) --i;
    return events.begin() + static_cast<std::ptrdiff_t>(i) - 1;
  };
  EXPECT_EQ(broken([](json&) {}), "");
  for (const char* phase : {"B", "E", "s", "f"})
    EXPECT_NE(broken([&](json& events) { events.erase(first(events, phase)); }), "") << phase;
  EXPECT_NE(broken([&](json& events) { (*last(events, "E"))["ts"] = 0; }), "");
  EXPECT_NE(broken([&](json& events) { (*last(events, "C"))["ts"] = -1; }), "");
  EXPECT_NE(broken([&](json& events) { (*last(events, "t"))["id"] = 1'000'000; }), "");
  EXPECT_NE(broken([&](json& events) { (*first(events, "B"))["tid"] = 1'000'000; }), "");
}

TEST_F(Perfetto, ChangesNothingOfTheRun) {
  const std::string file = scenario("seed/shared-pools.json");
  const Outcome plain = dmstall("run --engine simulate " + file),
                watched = dmstall("run --engine simulate --perfetto " + (folder_ / "a.json").string() + " --html " +
                                  (folder_ / "a.html").string() + " " + file);
  EXPECT_EQ(plain.out, watched.out);
  EXPECT_EQ(plain.code, watched.code);
}

TEST_F(Perfetto, IsOfOneTimedRun) {
  const std::string file = scenario("seed/shared-pools.json"), place = (folder_ / "a.json").string();
  EXPECT_EQ(dmstall("run --engine prove --perfetto " + place + " " + file).code, 64);
  EXPECT_EQ(dmstall("run --perfetto " + place + " " + file + " " + file).code, 64);
  EXPECT_FALSE(fs::exists(place));
  // A file that is refused has no run: a document without events.
  const std::string bad = write("bad.json", "{}").string();
  EXPECT_EQ(dmstall("run --perfetto " + place + " " + bad).code, 65);
  EXPECT_TRUE(json::parse(read(place))["traceEvents"].empty());
}

}  // namespace dmstall::tests
