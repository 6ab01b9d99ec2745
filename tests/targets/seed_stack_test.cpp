// models/targets/seed-stack.md against the machine: its flows exist, its resources are used where it says, and every
// wait of the per-device stack goes down in its table. With shared pools the same check fails, and only there.

#include <fstream>
#include <functional>
#include <sstream>

#include "tests/kernel/stacks.hpp"
#include "tests/targets/waits.hpp"

namespace dmstall::tests {
namespace {

struct Document {
  std::vector<std::string> ranks;
  std::vector<std::pair<std::string, std::vector<std::string>>> flows;  ///< name, text in backquotes below it
};

std::string read_file(const std::string& path) {
  std::ifstream file(std::string(DMSTALL_SOURCE_DIR) + "/" + path);
  EXPECT_TRUE(file) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> in_backquotes(const std::string& line) {
  std::vector<std::string> result;
  for (std::size_t open = line.find('`'); open != std::string::npos;) {
    const std::size_t close = line.find('`', open + 1);
    if (close == std::string::npos) break;
    result.push_back(line.substr(open + 1, close - open - 1));
    open = line.find('`', close + 1);
  }
  return result;
}

Document seed_document() {
  Document document;
  std::istringstream lines(read_file("models/targets/seed-stack.md"));
  bool in_ranks = false;
  bool in_flow = false;
  for (std::string line; std::getline(lines, line);) {
    if (line == "```ranks") {
      in_ranks = true;
    } else if (line == "```") {
      in_ranks = false;
    } else if (in_ranks) {
      document.ranks.push_back(line);
    } else if (line.rfind("### `", 0) == 0) {
      document.flows.push_back({in_backquotes(line).front(), {}});
      in_flow = true;
    } else if (line.rfind("## ", 0) == 0) {
      in_flow = false;
    } else if (in_flow) {
      for (std::string& word : in_backquotes(line)) document.flows.back().second.push_back(std::move(word));
    }
  }
  return document;
}

Machine seed_machine(const std::string& file, const std::function<void(models::Scenario&)>& change = {}) {
  models::ReadResult read = models::read_scenario_file(std::string(DMSTALL_SOURCE_DIR) + "/scenarios/seed/" + file);
  if (!read.scenario) throw std::runtime_error("cannot read " + file);
  if (change) change(*read.scenario);
  return models::compile(models::build_program(*read.scenario));
}

class Table {
 public:
  explicit Table(const std::vector<std::string>& ranks) {
    for (std::size_t i = 0; i < ranks.size(); ++i) place_[ranks[i]] = i;
  }
  /// A pool shared by the module stands where the upper device's stood.
  [[nodiscard]] std::optional<std::size_t> place(const std::string& name) const {
    const std::string own = name.rfind("verity.", 0) == 0 ? "upper" + name.substr(6) : name;
    const auto found = place_.find(own);
    return found == place_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::map<std::string, std::size_t> place_;
};

/// Pairs (held, waited for) that do not go down. A ticket holder waits for smaller tickets of its order only.
std::set<std::pair<std::string, std::string>> upward(const Waits& waits, const Table& table) {
  std::set<std::pair<std::string, std::string>> result;
  for (const auto& [held, wanted] : waits.pairs) {
    if (held == wanted && held == "snap.exception_order") continue;
    const auto from = table.place(held), to = table.place(wanted);
    if (!from || !to || *from >= *to) result.insert({held, wanted});
  }
  return result;
}

std::string text_of(const std::set<std::pair<std::string, std::string>>& pairs) {
  std::string text;
  for (const auto& [held, wanted] : pairs) text += "  holds " + held + ", waits for " + wanted + "\n";
  return text;
}

TEST(SeedStack, EveryFlowOfTheDocumentExistsAndUsesWhatItNames) {
  const Document document = seed_document();
  const Machine machine = seed_machine("per-device-pools.json");
  ASSERT_GE(document.flows.size(), 12u);
  const std::set<std::string> ranks(document.ranks.begin(), document.ranks.end());
  for (const auto& [name, words] : document.flows) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(has_flow(machine, name));
    // What the flow and the flows it calls use.
    std::set<std::string> uses;
    std::set<models::FlowId> seen;
    std::vector<models::FlowId> ahead;
    for (std::size_t i = 0; i < machine.flows.size(); ++i) {
      if (machine.flows[i].name == name) ahead.push_back(static_cast<models::FlowId>(i));
    }
    while (!ahead.empty()) {
      const models::FlowId flow = ahead.back();
      ahead.pop_back();
      if (!seen.insert(flow).second) continue;
      for (const Node& node : machine.nodes) {
        if (node.flow != flow) continue;
        if (node.resource != models::no_resource)
          uses.insert(machine.resources[static_cast<std::size_t>(node.resource)].name);
        if (node.entry != models::no_node) {
          const auto entry = std::find(machine.flow_entry.begin(), machine.flow_entry.end(), node.entry);
          ASSERT_NE(entry, machine.flow_entry.end());
          ahead.push_back(static_cast<models::FlowId>(entry - machine.flow_entry.begin()));
        }
      }
    }
    for (const std::string& word : words) {
      if (ranks.count(word) != 0) {
        EXPECT_EQ(uses.count(word), 1u) << word << " is named, but not used by the flow";
      }
    }
  }
}

TEST(SeedStack, EveryWaitGoesDownInTheTable) {
  const Document document = seed_document();
  const Table table(document.ranks);
  ASSERT_EQ(std::set<std::string>(document.ranks.begin(), document.ranks.end()).size(), document.ranks.size())
      << "a line is written twice";
  const Machine machine = seed_machine("per-device-pools.json");
  ASSERT_FALSE(machine.has_loops);
  const Waits waits = WaitWalker(machine).run();
  EXPECT_GT(waits.positions, 1000u);
  EXPECT_GT(waits.pairs.size(), 100u);
  for (const std::string& name : waits.waited_for)
    EXPECT_TRUE(table.place(name)) << name << " is waited for, but not in the table";
  for (const std::string& name : waits.held)
    EXPECT_TRUE(table.place(name)) << name << " is held in a wait, but not in the table";
  EXPECT_EQ(text_of(upward(waits, table)), "");
  for (const auto& [event, counter] : waits.signallers) {
    ASSERT_TRUE(table.place(event) && table.place(counter));
    EXPECT_LT(*table.place(event), *table.place(counter))
        << "whoever waits for " << event << " waits for those counted in " << counter;
  }
  EXPECT_EQ(waits.signallers.count({"snap.commit", "snap.pending_count"}), 1u);
}

TEST(SeedStack, TheTableHoldsForEveryFaultAndForFailingThreads) {
  const Table table(seed_document().ranks);
  const Machine machine = seed_machine("per-device-pools.json", [](models::Scenario& scenario) {
    scenario.faults = {.given = true, .any = true, .list = {}};
    scenario.memory.threads = models::Outcome::fails;
  });
  Waits waits = WaitWalker(machine).run();
  std::set<std::pair<std::string, std::string>> wrong = upward(waits, table);
  // Without new threads the flusher runs on the one rescuer of all flushers.
  for (auto pair = wrong.begin(); pair != wrong.end();) {
    pair = pair->first == "bdi_wq rescuer" ||
                   (pair->second == "bdi_wq rescuer" && pair->first == "in_flight/writeback-snap")
               ? wrong.erase(pair)
               : std::next(pair);
  }
  EXPECT_EQ(text_of(wrong), "");
}

TEST(SeedStack, EveryLineOfTheTableIsNeeded) {
  const Document document = seed_document();
  const Machine machine = seed_machine("per-device-pools.json");
  for (const std::string& name : document.ranks) EXPECT_TRUE(find_resource(machine, name)) << name;
  EXPECT_EQ(document.ranks.size(), machine.resources.size());
}

TEST(SeedStack, SharedPoolsBreakTheTableExactlyAtThePageAndTheClient) {
  const Table table(seed_document().ranks);
  const Waits waits = WaitWalker(seed_machine("shared-pools.json")).run();
  const auto wrong = upward(waits, table);
  std::set<std::string> wanted;
  for (const auto& pair : wrong) wanted.insert(pair.second);
  EXPECT_EQ(wanted, (std::set<std::string>{"verity.recheck_pool", "verity.io_client.pool", "verity.io_client.bios"}))
      << text_of(wrong);
  EXPECT_EQ(wrong.count({"verity.recheck_pool", "verity.recheck_pool"}), 1u)
      << "held by upper, wanted by lower: a second element of one pool";
}

TEST(SeedStack, ASharedPageFitsNoTableAtAll) {
  // Held while lower.io_bs is wanted, and wanted while lower.io_bs is held.
  const Waits waits = WaitWalker(seed_machine("shared-pools.json")).run();
  EXPECT_EQ(waits.pairs.count({"verity.recheck_pool", "lower.io_bs"}), 1u);
  EXPECT_EQ(waits.pairs.count({"lower.io_bs", "verity.recheck_pool"}), 1u);
}

/// Removes every give of the resource from these steps.
void keep_element(models::Steps& steps, ResourceId resource) {
  const auto gives = [&](const models::Step& step) {
    return step.kind == models::StepKind::give && step.resource == resource;
  };
  steps.erase(std::remove_if(steps.begin(), steps.end(), gives), steps.end());
  for (models::Step& step : steps) {
    keep_element(step.body, resource);
    keep_element(step.else_steps, resource);
    for (models::Branch& each : step.branches) keep_element(each.steps, resource);
  }
}

TEST(SeedStack, AJobFreedAfterTheCallbackBreaksTheTable) {
  // In 6.1 run_complete_job frees the job before it calls back. Freed afterwards it would be held by exceptions that
  // wait for their turn, and eight of them would be all there are.
  models::ReadResult read =
      models::read_scenario_file(std::string(DMSTALL_SOURCE_DIR) + "/scenarios/seed/per-device-pools.json");
  ASSERT_TRUE(read.scenario);
  Program program = models::build_program(*read.scenario);
  const ResourceId jobs = find_resource(program, "snap.kcopyd_jobs").value();
  int moved = 0;
  for (auto& flow : program.flows) {
    if (flow.name.rfind("copy a chunk of snap", 0) == 0) keep_element(flow.steps, jobs);
    if (flow.name != "exception of snap completes") continue;
    models::Step give;
    give.kind = models::StepKind::give;
    give.resource = jobs;
    ASSERT_EQ(flow.steps.back().kind, models::StepKind::finish);
    flow.steps.insert(flow.steps.end() - 1, give);
    ++moved;
  }
  ASSERT_EQ(moved, 1);
  const auto wrong = upward(WaitWalker(models::compile(program)).run(), Table(seed_document().ranks));
  EXPECT_EQ(wrong.count({"snap.kcopyd_jobs", "snap.exception_order"}), 1u) << text_of(wrong);
  EXPECT_EQ(wrong.count({"snap.kcopyd_jobs", "snap.commit"}), 1u);
}

TEST(SeedStack, ATableInTheWrongOrderIsNoticed) {
  std::vector<std::string> ranks = seed_document().ranks;
  const Waits waits = WaitWalker(seed_machine("per-device-pools.json")).run();
  int noticed = 0;
  for (std::size_t i = 0; i + 1 < ranks.size(); ++i) {
    std::swap(ranks[i], ranks[i + 1]);
    noticed += upward(waits, Table(ranks)).empty() ? 0 : 1;
    std::swap(ranks[i], ranks[i + 1]);
  }
  EXPECT_GT(noticed, 20) << "most neighbours cannot change places";
}

}  // namespace
}  // namespace dmstall::tests
