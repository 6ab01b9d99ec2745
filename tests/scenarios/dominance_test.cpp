// Dominance: pairs of scenarios of which one can never be better than the other, over stacks in bulk.
//
// Nobody has to know a verdict to see that two of them cannot both be right: more faults, requests, sharing or failing
// pools never help; taking sharing away, other names, another order of devices and an idle device never harm; a flush
// of a filesystem writes a block first; swapping out is never better than a filesystem's writeback over the same stack.
//
// Stacks come from the registry of targets: half of those of two targets with default settings, and samples with one
// setting that is not the default and of three targets. DMSTALL_SEED chooses the samples and the verbs (1),
// DMSTALL_SWEEP=2 asks all verbs about all stacks of two targets with one setting, DMSTALL_SWEEP=3 all of three.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "analysis/report/reason_text.hpp"
#include "analysis/verdict/run_scenario.hpp"
#include "models/scenario/reader.hpp"
#include "tests/stacks/stacks.hpp"

namespace dmstall::tests {

namespace {

using models::VerdictKind;

/// A scenario in parts, so that one of them can be changed.
struct Question {
  std::vector<std::string> devices;
  std::string top, first_disk;
  std::string release = models::release_names().front();
  std::string changes;  ///< further members of "kernel", each with a comma before it
  std::string verb = "read";
  int requests = 2;
  std::string members;  ///< further members of the workload item, each with a comma before it
  std::string faults = "[]", sharing = "device";
  std::string memory = R"("allocator": "exhausted", "freed_by": "nothing", "threads": "succeed")";

  [[nodiscard]] std::string text() const {
    return fmt::format(R"({{ "format": 1, "name": "dominance",
  "kernel": {{ "release": "{}", "cpus": 2, "reserved_bio_based_ios": 1{} }},
  "devices": [
    {} ],
  "sharing": "{}", "memory": {{ {} }}, "faults": {},
  "workload": [ {{ "{}": "{}", "{}": {}, "in_flight": {}{} }} ] }})",
                       release, changes, joined(devices), sharing, memory, faults, verb, top,
                       verb == "writeback" || verb == "swap_out" ? "pages" : "count", requests, requests, members);
  }
};

enum class Answer : std::uint8_t { refused, open, progress, deadlock };

struct Asked {
  Answer answer = Answer::refused;
  std::string waited_for;
};

/// Each text once: many pairs have a side in common.
class Oracle {
 public:
  const Asked& ask(const Question& question) {
    const std::string text = question.text();
    const auto [known, fresh] = known_.try_emplace(text);
    if (fresh) known->second = run(text);
    return known->second;
  }
  [[nodiscard]] std::size_t asked() const { return known_.size(); }

 private:
  static Asked run(const std::string& text) {
    const models::ReadResult read = models::read_scenario_text(text, "dominance.json");
    if (!read.scenario) return {};
    analysis::RunOptions options;
    options.engine = analysis::Engine::all;
    options.timed = false;
    options.compare_without_faults = false;
    options.asked.states = 10'000;
    options.asked.seconds = 2;
    options.prover.seconds = 2;
    options.prover.words = 0;
    const analysis::RunReport report = analysis::run_scenario(*read.scenario, options);
    if (report.code == models::ExitCode::bad_scenario) return {};
    EXPECT_FALSE(report.error) << analysis::error_text(report) << "\n" << text;
    if (report.verdict == VerdictKind::progress) return {Answer::progress, {}};
    if (report.verdict != VerdictKind::deadlock && report.verdict != VerdictKind::stall) return {Answer::open, {}};
    Asked asked{Answer::deadlock, {}};
    for (const std::string& name : report.stuck.waited_for) asked.waited_for += name + " ";
    return asked;
  }

  std::map<std::string, Asked> known_;
};

/// Where `worse` makes progress, `better` does too.
struct Pair {
  Question better, worse;
};

struct Relation {
  const char* name;
  std::function<std::vector<Pair>(const Question&)> pairs;
};

Question with(Question question, std::string Question::*part, const std::string& value) {
  question.*part = value;
  return question;
}

/// A chain, the best first.
std::vector<Pair> chain(const std::vector<Question>& questions) {
  std::vector<Pair> pairs;
  for (std::size_t i = 1; i < questions.size(); ++i) pairs.push_back({questions[i - 1], questions[i]});
  return pairs;
}

/// The filesystem on `question`'s stack. Its blocks are there already: what an extent keeps in hand is another matter.
Question on_filesystem(Question question, const std::string& verb) {
  question.devices.push_back(
      fmt::format(R"({{ "name": "fs", "target": "filesystem", "device": "{}", "allocates": false }})", question.top));
  question.top = "fs";
  question.verb = verb;
  // Flushes come from one thread unless more are said, writes from as many as are in flight.
  if (verb == "flush") question.members = R"(, "threads": 2)";
  return question;
}

/// The same scenario with other names, which sort the other way round.
Question renamed(Question question) {
  // Every name of the sweep is a target's id and a number, in quotes.
  const auto rename = [&](std::string& text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
      result += text[i];
      if (text[i] != '"') continue;
      const std::size_t end = text.find('"', i + 1);
      if (end == std::string::npos) continue;
      const std::string word = text.substr(i + 1, end - i - 1);
      const bool name = !word.empty() && std::isdigit(static_cast<unsigned char>(word.back())) != 0;
      if (name) {
        const auto digits = word.find_last_not_of("0123456789") + 1;
        result += fmt::format("z{:03}", 999 - std::stoi(word.substr(digits)));
      } else {
        result += word;
      }
      result += '"';
      i = end;
    }
    text = result;
  };
  for (std::string& device : question.devices) rename(device);
  rename(question.faults);
  for (std::string* name : {&question.top, &question.first_disk}) {
    std::string quoted = '"' + *name + '"';
    rename(quoted);
    *name = quoted.substr(1, quoted.size() - 2);
  }
  return question;
}

Question reordered(Question question) {
  std::reverse(question.devices.begin(), question.devices.end());
  return question;
}

Question beside_idle_devices(Question question) {
  question.devices.insert(
      question.devices.begin(),
      {R"({ "name": "idle_data", "target": "disk" })", R"({ "name": "idle_hash", "target": "disk" })",
       R"({ "name": "idle", "target": "verity", "data": "idle_data", "hash": "idle_hash" })",
       R"({ "name": "idle_snapshot", "target": "snapshot", "origin": "idle", "cow": "idle_hash" })"});
  return question;
}

std::string on_disk(const Question& question, const char* fault) {
  return fmt::format(R"([{{ "device": "{}", "fault": "{}" }}])", question.first_disk, fault);
}

std::vector<Pair> both_ways(const Question& a, const Question& b) {
  return {{a, b}, {b, a}};
}

const std::vector<Relation>& relations() {
  static const std::vector<Relation> all = {
      {"a flush of a filesystem and a write of its block",
       [](const Question& q) -> std::vector<Pair> {
         const Question faulty = with(q, &Question::faults, on_disk(q, "bad_block"));
         return {{on_filesystem(q, "write"), on_filesystem(q, "flush")},
                 {on_filesystem(faulty, "write"), on_filesystem(faulty, "flush")}};
       }},
      {"swapping out and a filesystem's writeback",
       [](const Question& q) -> std::vector<Pair> {
         Question swap = q;
         swap.verb = "swap_out";
         return {{on_filesystem(q, "writeback"), swap}};
       }},
      {"more faults",
       [](const Question& q) {
         std::vector<Pair> pairs;
         for (const char* fault : {"bad_block", "late_corruption", "io_error", "hash_block"}) {
           const Question faulty = with(q, &Question::faults, on_disk(q, fault));
           pairs.push_back({q, faulty});
           pairs.push_back({faulty, with(q, &Question::faults, "\"any\"")});
         }
         return pairs;
       }},
      {"a request more",
       [](const Question& q) {
         Question one = q, three = q;
         one.requests = 1;
         three.requests = 3;
         return chain({one, q, three});
       }},
      {"more sharing",
       [](const Question& q) {
         std::vector<Pair> pairs;
         for (const char* faults : {"[]", "\"any\""}) {
           const Question base = with(q, &Question::faults, faults);
           const auto shared = [&](const char* preset) { return with(base, &Question::sharing, preset); };
           for (const char* part : {"SR", "SC"}) {
             pairs.push_back({base, shared(part)});
             pairs.push_back({shared(part), shared("module")});
           }
           pairs.push_back({base, shared("SB")});
         }
         return pairs;
       }},
      {"a fix less",
       [](const Question& q) {
         std::vector<Pair> pairs;
         for (const char* fix : {"mempool_poll", "kcopyd_thread_per_client", "bio_list_depth_first",
                                 "flush_clones_under_lock", "reserve_fits_one_flush", "loop_queue_per_device"}) {
           pairs.push_back({q, with(q, &Question::changes, fmt::format(R"(, "without": "{}")", fix))});
         }
         pairs.push_back({with(q, &Question::changes, R"(, "with": "loop_rescuer")"), q});
         pairs.push_back({q, with(q, &Question::changes, R"(, "with": "verity_module_pools")")});
         return pairs;
       }},
      {"more pools that fail",
       [](const Question& q) {
         const auto memory = [&](const char* text) { return with(q, &Question::memory, text); };
         const Question page = memory(R"("allocator": "plentiful", "fails": ["page"], "threads": "succeed")");
         const Question slab = memory(R"("allocator": "plentiful", "fails": ["slab"], "threads": "succeed")");
         const Question both = memory(R"("allocator": "plentiful", "fails": ["page", "slab"], "threads": "succeed")");
         const Question none = memory(R"("allocator": "plentiful", "threads": "succeed")");
         const Question unpooled =
             memory(R"("allocator": "exhausted", "freed_by": "nothing", "threads": "succeed", "unpooled": "fails")");
         const Question threads = memory(R"("allocator": "exhausted", "freed_by": "nothing", "threads": "fail")");
         const Question adversary = memory(R"("allocator": "adversary", "threads": "succeed")");
         std::vector<Pair> pairs = chain({none, page, both, q, unpooled});
         for (const auto& more : {Pair{none, slab}, Pair{slab, both}, Pair{q, threads}, Pair{q, adversary}})
           pairs.push_back(more);
         return pairs;
       }},
      {"other names", [](const Question& q) { return both_ways(q, renamed(q)); }},
      {"another order of the devices", [](const Question& q) { return both_ways(q, reordered(q)); }},
      {"an idle device", [](const Question& q) { return both_ways(q, beside_idle_devices(q)); }},
  };
  return all;
}

struct Row {
  std::size_t pairs = 0, refused = 0, open = 0, deadlocks = 0, violations = 0;
};

void compare(const Pair& pair, Oracle& oracle, Row& row) {
  ++row.pairs;
  const Asked& worse = oracle.ask(pair.worse);
  const Asked& better = oracle.ask(pair.better);
  if (worse.answer == Answer::refused || better.answer == Answer::refused) ++row.refused;
  if (worse.answer == Answer::open || better.answer == Answer::open) ++row.open;
  if (worse.answer == Answer::deadlock) ++row.deadlocks;
  if (better.answer != Answer::deadlock || worse.answer != Answer::progress) return;
  if (++row.violations <= 3) {
    ADD_FAILURE() << "DEADLOCK for want of " << better.waited_for << ":\n"
                  << pair.better.text() << "\nbut PROGRESS, which can be no better:\n"
                  << pair.worse.text();
  }
}

struct Sample {
  std::size_t targets;
  int settings;
  std::size_t stride;
  bool every_verb;
};

std::vector<Sample> samples() {
  const char* const asked = std::getenv("DMSTALL_SWEEP");
  if (asked == nullptr) return {{1, 1, 3, false}, {2, 0, 2, false}, {2, 1, 127, false}, {3, 0, 211, false}};
  if (std::string(asked) == "3") return {{3, 0, 1, false}};
  return {{1, 1, 1, true}, {2, 1, 1, true}};
}

std::size_t seed() {
  const char* const text = std::getenv("DMSTALL_SEED");
  return text == nullptr ? 1 : std::strtoull(text, nullptr, 10);
}

std::string first_disk(const WrittenStack& stack) {
  const std::string& object = stack.devices.front();  // the ones below come first
  const std::size_t begin = object.find(": \"") + 3;
  return object.substr(begin, object.find('"', begin) - begin);
}

}  // namespace

TEST(Dominance, NothingIsBetterForHavingLess) {
  const std::vector<Variant> variants = all_variants();
  std::map<std::string, Row> table;
  const std::vector<std::string> releases = releases_of_this_run();
  std::size_t stacks = 0, asked = 0;
  for (const Sample& sample : samples()) {
    std::size_t number = seed();
    each_stack(variants, sample.targets, sample.settings, [&](const StackOfTargets& stack) {
      if (number++ % sample.stride != 0) return;
      ++stacks;
      const WrittenStack made = written(stack);
      Question question;
      question.release = releases[stacks % releases.size()];
      question.devices = made.devices;
      question.top = made.top;
      question.first_disk = first_disk(made);
      static const std::vector<std::string> verbs = {"read", "write", "flush"};
      Oracle oracle;
      for (std::size_t i = 0; i < verbs.size(); ++i) {
        if (!sample.every_verb && (number / sample.stride) % verbs.size() != i) continue;
        question.verb = verbs[i];
        for (const Relation& relation : relations()) {
          for (const Pair& pair : relation.pairs(question)) compare(pair, oracle, table[relation.name]);
        }
      }
      asked += oracle.asked();
    });
  }
  std::printf("%zu stacks, %zu scenarios, seed %zu\n%-50s %8s %8s %8s %10s %10s\n", stacks, asked, seed(),
              "never better:", "pairs", "refused", "open", "deadlocks", "violations");
  for (const Relation& relation : relations()) {
    const Row& row = table[relation.name];
    std::printf("%-50s %8zu %8zu %8zu %10zu %10zu\n", relation.name, row.pairs, row.refused, row.open, row.deadlocks,
                row.violations);
    EXPECT_EQ(row.violations, 0u) << relation.name;
    EXPECT_GT(row.pairs - row.refused, 0u) << relation.name;
  }
}

}  // namespace dmstall::tests
