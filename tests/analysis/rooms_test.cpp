// The rooms of analysis/: which folder may include which, read from the #include lines of the tree.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace dmstall::tests {

namespace {

namespace fs = std::filesystem;

const fs::path root = DMSTALL_SOURCE_DIR;

struct Include {
  std::string from;   ///< the file, from the root of the tree
  std::string named;  ///< as the line names it
  bool quoted = false;
  std::size_t line = 0;
  std::string text;

  [[nodiscard]] std::string place() const { return from + ":" + std::to_string(line) + ": " + text; }
};

std::vector<Include> includes_of(const fs::path& file) {
  static const std::regex pattern(R"re(\s*#\s*include\s*(["<])([^">]+)[">].*)re");
  std::vector<Include> found;
  std::ifstream in(file);
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    std::smatch parts;
    if (std::regex_match(line, parts, pattern))
      found.push_back({fs::relative(file, root).generic_string(), parts[2], parts[1] == "\"", number, line});
  }
  return found;
}

std::vector<Include> includes_below(const std::string& folder) {
  std::vector<Include> all;
  for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
    if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
    for (Include& each : includes_of(entry.path())) all.push_back(std::move(each));
  }
  return all;
}

/// "analysis/engines/prove/scope.hpp" → "engines"; "analysis/version.hpp" → "": what all rooms share.
std::string room_of(const std::string& path) {
  const std::string above = "analysis/";
  if (path.rfind(above, 0) != 0) return "not analysis";
  const std::size_t end = path.find('/', above.size());
  return end == std::string::npos ? "" : path.substr(above.size(), end - above.size());
}

/// "analysis/engines/prove/scope.hpp" → "prove": of a room that has rooms of its own.
std::string inner_room_of(const std::string& path) {
  const std::string room = room_of(path);
  const std::size_t begin = std::string("analysis/").size() + room.size() + 1, end = path.find('/', begin);
  return end == std::string::npos ? "" : path.substr(begin, end - begin);
}

const std::vector<std::string> floors = {"engines", "verdict", "use", "report", "cli"};  // from the ground up

std::size_t floor_of(const std::string& room) {
  return static_cast<std::size_t>(std::find(floors.begin(), floors.end(), room) - floors.begin());
}

}  // namespace

TEST(Rooms, EveryFolderOfAnalysisIsOneOfThem) {
  for (const auto& entry : fs::directory_iterator(root / "analysis")) {
    if (!entry.is_directory()) continue;
    const std::string name = entry.path().filename().string();
    EXPECT_LT(floor_of(name), floors.size()) << "analysis/" << name << " has no floor";
  }
}

TEST(Rooms, NoArrowGoesUp) {
  std::size_t looked_at = 0;
  for (const Include& each : includes_below("analysis")) {
    const std::string from = room_of(each.from), to = room_of(each.named);
    if (from.empty() || to.empty() || to == "not analysis") continue;
    ++looked_at;
    EXPECT_LE(floor_of(to), floor_of(from)) << each.place();
  }
  EXPECT_GT(looked_at, 300U) << "the lines were not found";
}

TEST(Rooms, WhatAllShareNeedsNoRoom) {
  for (const Include& each : includes_below("analysis")) {
    if (room_of(each.from).empty()) {
      EXPECT_TRUE(room_of(each.named) == "not analysis" || room_of(each.named).empty()) << each.place();
    }
  }
}

/// Engines are read apart and must be wrong apart. Two things are shared on purpose: the certificate, which is the
/// language between prover and checker, and the movers of the replayer, which say of tokens in loops who can move
/// again: the search must not call somebody stuck whom the replayer will not.
TEST(Rooms, EnginesDoNotReadEachOther) {
  const std::set<std::string> shared = {"analysis/engines/prove/certificate.hpp", "analysis/engines/replay/movers.hpp"};
  for (const Include& each : includes_below("analysis/engines")) {
    if (room_of(each.named) != "engines" || shared.count(each.named) > 0) continue;
    EXPECT_EQ(inner_room_of(each.named), inner_room_of(each.from)) << each.place();
  }
}

/// Between the rooms within a room arrows go one way only.
TEST(Rooms, NoCircleOfFolders) {
  std::map<std::string, std::map<std::string, std::string>> arrows;  // from, to, where
  for (const char* floor : {"analysis", "models", "sim"}) {
    for (const Include& each : includes_below(floor)) {
      if (!each.quoted) continue;
      const std::string from = fs::path(each.from).parent_path().generic_string(),
                        to = fs::path(each.named).parent_path().generic_string();
      // A folder and the folders in it are one thing seen from outside.
      if (from == to || from.rfind(to + "/", 0) == 0 || to.rfind(from + "/", 0) == 0) continue;
      arrows[from].emplace(to, each.place());
    }
  }
  std::set<std::string> done;
  std::vector<std::string> way;
  const auto walk = [&](const auto& self, const std::string& at) -> void {
    const auto met = std::find(way.begin(), way.end(), at);
    if (met != way.end()) {
      std::string circle;
      for (auto each = met; each != way.end(); ++each) {
        const std::string& next = std::next(each) == way.end() ? at : *std::next(each);
        circle += "\n  " + arrows[*each][next];
      }
      ADD_FAILURE() << "folders in a circle:" << circle;
      return;
    }
    if (done.count(at) > 0) return;
    way.push_back(at);
    for (const auto& [to, where] : arrows[at]) self(self, to);
    way.pop_back();
    done.insert(at);
  };
  std::vector<std::string> folders;
  for (const auto& [from, to] : arrows) folders.push_back(from);
  EXPECT_GT(folders.size(), 15U) << "the folders were not found";
  for (const std::string& folder : folders) walk(walk, folder);
}

/// Options are data (analysis/cli/option_table.hpp); one file turns them into calls of the library.
TEST(Rooms, OnlyTheParserKnowsItsLibrary) {
  std::size_t known = 0;
  for (const char* floor : {"analysis", "models", "sim", "tests"}) {
    for (const Include& each : includes_below(floor)) {
      if (each.named.rfind("CLI/", 0) != 0) continue;
      ++known;
      EXPECT_EQ(each.from, "analysis/cli/parser.cpp") << each.place();
    }
  }
  EXPECT_EQ(known, 1U);
}

/// Two files include the library, one on each floor. Behind that of the analysis are writers of JSON, and what goes
/// through a pipe or into a file as JSON; everybody else works with values. A header may only name the type.
TEST(Rooms, JsonIsForWritersAndDocuments) {
  const std::regex writers(
      R"(analysis/report/(html/)?\w*json\.cpp|analysis/report/sarif\.cpp|analysis/use/evidence/\w+\.[ch]pp|)"
      R"(analysis/use/compare/(journal|measurement)\.cpp|analysis/use/check/check_outcome\.cpp|)"
      R"(analysis/verdict/(judgement|reason_json)\.cpp|models/scenario/json_document\.cpp)");
  std::size_t known = 0;
  for (const char* floor : {"analysis", "models", "sim"}) {
    for (const Include& each : includes_below(floor)) {
      if (each.named == "nlohmann/json.hpp") {
        ++known;
        EXPECT_TRUE(each.from == "analysis/json.hpp" || each.from == "models/scenario/json_document.cpp")
            << each.place();
      }
      const bool allowed = each.named != "analysis/json.hpp" || std::regex_match(each.from, writers);
      EXPECT_TRUE(allowed) << each.place();
    }
  }
  EXPECT_EQ(known, 2U);
}

/// A report is made of findings in one place; who answers does not see it.
TEST(Rooms, NoEngineSeesAReport) {
  const std::regex adapters(R"(analysis/verdict/(simulate|explore|prove|replay)_scenario\.[ch]pp|)"
                            R"(analysis/verdict/(one_verdict|finding|reason|repairs)\.[ch]pp)");
  std::size_t known = 0;
  for (const Include& each : includes_below("analysis/verdict")) {
    if (!std::regex_match(each.from, adapters)) continue;
    ++known;
    EXPECT_NE(each.named, "analysis/verdict/run_report.hpp") << each.place();
    EXPECT_NE(each.named, "analysis/verdict/run_scenario.hpp") << each.place();
  }
  EXPECT_GT(known, 20U);
}

/// An engine puts together names only: of a thing, of a place in a flow; in `concrete` the text of a bug of its own.
TEST(Rooms, EnginesSayWhatTheyFindAsData) {
  const std::set<std::string> names = {"analysis/engines/explore/concrete.cpp", "analysis/engines/prove/things.cpp",
                                       "analysis/engines/replay/where.cpp", "analysis/engines/verify/survey.cpp"};
  std::set<std::string> seen;
  for (const Include& each : includes_below("analysis/engines")) {
    if (each.named.rfind("fmt/", 0) != 0) continue;
    EXPECT_EQ(names.count(each.from), 1U) << each.place();
    seen.insert(each.from);
  }
  EXPECT_EQ(seen, names);
}

/// Sentences about a verdict are made in report/. Two files of verdict/ put a text together: the narrative of a
/// witness, which the models tell step by step, and the name of a queue that a repair adds to the machine. What a
/// document, a baseline or a list of files is refused for is no verdict; those texts stay where the document is read.
TEST(Rooms, SentencesAboutAVerdictAreOfReport) {
  const std::set<std::string> texts = {"analysis/verdict/narrative.cpp", "analysis/verdict/repairs.cpp"};
  for (const Include& each : includes_below("analysis/verdict")) {
    if (each.named.rfind("fmt/", 0) == 0) {
      EXPECT_EQ(texts.count(each.from), 1U) << each.place();
    }
  }
  const std::regex sentence(
      "raises the bound|every schedule searched|every schedule of|stuck set with|certificate checked|PROVED for|"
      "expected PROGRESS|a bug in dmstall");
  std::size_t of_report = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root / "analysis")) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream in(entry.path());
    std::string line;
    const std::string file = fs::relative(entry.path(), root).generic_string();
    for (std::size_t number = 1; std::getline(in, line); ++number) {
      const std::size_t quote = line.find('"');
      if (quote == std::string::npos || !std::regex_search(line.substr(quote), sentence)) continue;
      const bool said_here = room_of(file) == "report";
      of_report += said_here ? 1U : 0U;
      EXPECT_TRUE(said_here) << file << ":" << number << ": " << line;
    }
  }
  EXPECT_GT(of_report, 10U);
}

/// A stranger finds his way in each room.
TEST(Rooms, EveryRoomHasAMapThatFitsAScreenOrTwo) {
  constexpr std::size_t most_lines = 60, widest = 120;
  for (const std::string& room : floors) {
    std::ifstream in(root / "analysis" / room / "README.md");
    ASSERT_TRUE(in) << room;
    std::size_t lines = 0;
    for (std::string line; std::getline(in, line); ++lines) EXPECT_LE(line.size(), widest) << room << ": " << line;
    EXPECT_LE(lines, most_lines) << room;
    EXPECT_GT(lines, 10U) << room;
  }
}

/// What a map calls `like/this` is there.
TEST(Rooms, NoMapNamesWhatIsGone) {
  const std::regex name(R"re(`([a-z_]+(?:/[a-z_]*)+)`)re");
  std::size_t named = 0;
  for (const std::string& room : floors) {
    const fs::path here = root / "analysis" / room;
    std::ifstream in(here / "README.md");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    for (auto each = std::sregex_iterator(text.begin(), text.end(), name); each != std::sregex_iterator(); ++each) {
      const std::string path = (*each)[1];
      ++named;
      const auto is_there = [&](const fs::path& from) {
        const std::string whole = (from / path).string();
        return fs::exists(whole) || fs::exists(whole + ".hpp") || fs::exists(whole + ".cpp");
      };
      EXPECT_TRUE(is_there(root) || is_there(root / "analysis") || is_there(here)) << room << "/README.md: " << path;
    }
  }
  EXPECT_GT(named, 8U);
}

}  // namespace dmstall::tests
