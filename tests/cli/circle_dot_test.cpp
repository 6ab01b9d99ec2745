// `run --dot`: the circle as a graph that Graphviz reads.
#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {
namespace {

using nlohmann::json;

struct Graph {
  std::map<std::string, std::string> shape, label;  ///< of a node
  std::vector<std::pair<std::string, std::string>> arrows;
  std::string mistake;  ///< empty: the text is a graph
};

/// A reader of the part of the DOT language that is written: one statement after the other.
class Reader {
 public:
  explicit Reader(const std::string& text) : text_(text) {}

  Graph read() {
    expect("digraph");
    (void)word();
    expect("{");
    while (graph_.mistake.empty() && !accept("}")) statement();
    skip();
    if (graph_.mistake.empty() && at_ != text_.size()) graph_.mistake = "text behind the graph";
    for (const auto& [from, to] : graph_.arrows) {
      for (const std::string& end : {from, to}) {
        if (graph_.shape.count(end) == 0 && graph_.mistake.empty()) graph_.mistake = end + " is no node";
      }
    }
    return graph_;
  }

 private:
  void skip() {
    while (at_ < text_.size()) {
      if (text_.compare(at_, 2, "//") == 0) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
        ++at_;
      } else {
        break;
      }
    }
  }
  bool accept(const std::string& token) {
    skip();
    if (at_ > text_.size() || text_.compare(at_, token.size(), token) != 0) return false;
    at_ += token.size();
    return true;
  }
  void expect(const std::string& token) {
    if (!accept(token) && graph_.mistake.empty()) graph_.mistake = "no " + token + " before: " + rest();
  }
  std::string word() {
    skip();
    std::string out;
    if (at_ < text_.size() && text_[at_] == '"') {
      for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
        if (text_[at_] == '\n' && graph_.mistake.empty()) graph_.mistake = "a line ends within a text";
        if (text_[at_] == '\\' && at_ + 1 < text_.size()) out += text_[at_++];
        out += text_[at_];
      }
      ++at_;
      return out;
    }
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_'))
      out += text_[at_++];
    if (out.empty() && graph_.mistake.empty()) graph_.mistake = "no word before: " + rest();
    return out;
  }
  [[nodiscard]] std::string rest() const { return text_.substr(std::min(at_, text_.size()), 40); }
  std::string number_or_word() {
    skip();
    std::string out;
    while (at_ < text_.size() && (std::isdigit(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '.'))
      out += text_[at_++];
    return out.empty() ? word() : out;
  }
  std::map<std::string, std::string> attributes() {
    std::map<std::string, std::string> all;
    if (!accept("[")) return all;
    do {
      const std::string name = word();
      expect("=");
      all[name] = number_or_word();
    } while (accept(",") && graph_.mistake.empty());
    expect("]");
    return all;
  }
  void statement() {
    const std::string id = word();
    if (accept("=")) {
      (void)number_or_word();
    } else if (accept("->")) {
      graph_.arrows.emplace_back(id, word());
      (void)attributes();
    } else {
      auto has = attributes();
      if (id != "node" && id != "edge") {
        graph_.shape[id] = has["shape"];
        graph_.label[id] = has["label"];
      }
    }
    expect(";");
  }

  const std::string& text_;
  std::size_t at_ = 0;
  Graph graph_;
};

class CircleDot : public ProgramTest {
 protected:
  [[nodiscard]] Graph graph_of(const std::string& file) const {
    const fs::path dot = folder_ / "circle.dot";
    const Outcome ran = dmstall("run --dot " + dot.string() + " " + file);
    EXPECT_TRUE(ran.err.empty()) << ran.err;
    const std::string text = read(dot);
    if (std::system("command -v dot >/dev/null 2>&1") == 0) {
      EXPECT_EQ(std::system(("dot -Tsvg " + dot.string() + " >/dev/null 2>" + (folder_ / "dot.err").string()).c_str()),
                0)
          << read(folder_ / "dot.err") << text;
    }
    Graph graph = Reader(text).read();
    EXPECT_EQ(graph.mistake, "") << text;
    return graph;
  }
};

TEST_F(CircleDot, TheReaderRefusesWhatIsNoGraph) {
  EXPECT_EQ(Reader("digraph \"x\" { a [shape=box]; b [shape=box]; a -> b [label=\"\\\"\"]; }").read().mistake, "");
  for (const char* text : {"digraph x { a -> b; }", "digraph x { a [shape=box] }", "digraph x { a [shape]; }",
                           "digraph \"x { }", "digraph x { } y", "graph x { }", "digraph x { a [label=\"\n\"]; }"})
    EXPECT_NE(Reader(text).read().mistake, "") << text;
}

// Two threads, one pool: who waits for it, and who has it and waits for that one.
TEST_F(CircleDot, TheSeedsCircleGoesRoundThroughItsPool) {
  const Graph graph = graph_of(scenario("seed/shared-pools.json"));
  std::map<std::string, std::size_t> shapes;
  for (const auto& [node, shape] : graph.shape) ++shapes[shape];
  EXPECT_EQ(shapes, (std::map<std::string, std::size_t>{{"box", 2}, {"ellipse", 1}}));
  ASSERT_EQ(graph.arrows.size(), 3U);
  std::map<std::string, std::string> next;
  for (const auto& [from, to] : graph.arrows) EXPECT_TRUE(next.emplace(from, to).second) << from;
  std::string at = graph.arrows.front().first, way;
  for (int i = 0; i < 3; ++i) way += graph.shape.at(at = next.at(at)) + " ";
  EXPECT_EQ(at, graph.arrows.front().first) << "it goes round";
  EXPECT_NE(way.find("ellipse"), std::string::npos);
  for (const auto& [node, label] : graph.label) {
    const char* name = graph.shape.at(node) == "box" ? "kverityd/" : "verity.recheck_pool";
    EXPECT_EQ(label.rfind(name, 0), 0U) << label;
  }
}

TEST_F(CircleDot, EveryKindOfStuckSetIsAGraph) {
  for (const char* file : {"tutorial/01-opposite-orders.json", "findings/ext4-extent-three-bios.json",
                           "history/qat-backlog-lost-wakeup-before.json", "findings/snapshot-status-r257.json",
                           "history/raid5-journal-plug-spin-before.json", "findings/loop-no-rescuer.json"}) {
    SCOPED_TRACE(file);
    const Graph graph = graph_of(scenario(file));
    EXPECT_GE(graph.arrows.size(), 1U);
  }
}

TEST_F(CircleDot, ProgressWritesNone) {
  const fs::path dot = folder_ / "none.dot";
  EXPECT_EQ(dmstall("run --dot " + dot.string() + " " + scenario("tutorial/04-linear-over-disk.json")).code, 0);
  EXPECT_FALSE(fs::exists(dot));
  EXPECT_EQ(dmstall("run --dot " + dot.string() + " " + scenario("tutorial/04-linear-over-disk.json") + " " +
                    scenario("tutorial/03-stall.json"))
                .code,
            64);
}

}  // namespace
}  // namespace dmstall::tests
