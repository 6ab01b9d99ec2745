// Names, paths and lines of strangers are shown and not obeyed: no escape sequence, no mark of direction, no command of
// a runner of CI jobs leaves the program, in whichever format and through whichever stream.
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/source_text.hpp"
#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

/// Why the text would be obeyed somewhere; empty: nowhere. Written apart from the escaping itself.
std::string objection_to(const std::string& text, bool github) {
  if (models::first_invalid_utf8(text)) return "bytes that are no UTF-8";
  for (const std::string_view bad :
       {"\x1b",         "\r",           "\x07",         "\x08",         "\x7f",         "\xc2\x9b",     "\xc2\x85",
        "\xc2\x9d",     "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac", "\xe2\x80\xad",
        "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9", "\xe2\x80\x8e", "\xe2\x80\x8f",
        "\xd8\x9c",     "##[",          "##vso[",       "##teamcity["}) {
    if (text.find(bad) != std::string::npos) return fmt::format("holds {:?}", bad);
  }
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    line.erase(0, line.find_first_not_of(" \t"));
    const bool ours = github && (line.starts_with("::error file=") || line.starts_with("::warning file=") ||
                                 line.starts_with("::notice "));
    if (line.starts_with("::") && !ours) return "a line that begins with ::";
    begin = end + 1;
  }
  return {};
}

class HostileText : public ProgramTest {
 protected:
  void expect_harmless(const std::string& arguments) const {
    const Outcome outcome = dmstall(arguments);
    const bool github = arguments.find("github") != std::string::npos;
    EXPECT_NE(outcome.code, 70) << arguments << outcome.err;
    EXPECT_NE(outcome.code, -1) << arguments;
    EXPECT_EQ(objection_to(outcome.out, github), "") << arguments << "\n" << outcome.out;
    EXPECT_EQ(objection_to(outcome.err, false), "") << arguments << "\n" << outcome.err;
  }

  void in_all_formats(const std::string& file) const {
    for (const char* format : {"text", "json", "sarif", "github", "markdown"})
      expect_harmless(fmt::format("run --format {} {}", format, file));
    expect_harmless("run --steps --style lockdep " + file);
    for (const char* format : {"text", "json", "junit", "xunit", "sarif", "github", "markdown", "html"})
      expect_harmless(fmt::format("check --format {} {}", format, file));
    for (const char* format : {"text", "json", "csv", "markdown", "html"}) {
      expect_harmless(fmt::format("compare --seeds 1 --vary cpus=1 --format {} {}", format, file));
      expect_harmless(fmt::format("size --range 1 --format {} {}", format, file));
    }
    for (const char* what : {"show ", "show --sharing ", "show --dot ", "show --bytes ", "export --promela "}) {
      if (std::string(what) == "export --promela ") continue;  // Promela's own lines begin with ::
      expect_harmless(what + file);
    }
  }
};

}  // namespace

TEST_F(HostileText, NamesThatLookLikeCommands) {
  for (const char* name :
       {"::stop-commands::pwned", "##[error]pwned", "##vso[task.complete]x", "##teamcity[x]", "::add-mask::DEADLOCK"}) {
    SCOPED_TRACE(name);
    const std::string file =
        write(
            "s.json",
            fmt::format(R"({{"format": 1, "name": "{0}", "devices": [{{"name": "{0}", "target": "disk"}}], "faults": [],
        "workload": [{{"write": "{0}", "count": 1, "name": "{0}"}}], "expect": {{"verdict": "STALL"}}}})",
                        name))
            .string();
    in_all_formats(file);
  }
}

TEST_F(HostileText, TasksAndBranchesThatLookLikeCommands) {
  const std::string file =
      write("t.json",
            R"({"format": 1, "name": "x", "resources": {"::a::b": {"mempool": 1}, "##[b]": {"mempool": 1}},
              "memory": {"allocator": "exhausted", "freed_by": "nothing"},
      "tasks": [{"name": "::t::t", "steps": [{"choose": {"::stop-commands::x": [], "##[error]": []}},
          {"take": "::a::b"}, {"take": "##[b]"}, {"give": "##[b]"}, {"give": "::a::b"}]},
                {"name": "##[u]", "steps": [{"take": "##[b]"}, {"take": "::a::b"}, {"give": "::a::b"},
                    {"give": "##[b]"}]}]})")
          .string();
  for (const char* format : {"text", "json", "sarif", "github", "markdown"})
    expect_harmless(fmt::format("run --format {} {}", format, file));
  expect_harmless("run --steps " + file);
  expect_harmless("run --steps --style lockdep " + file);
  expect_harmless("show " + file);
}

TEST_F(HostileText, LinesOfRefusedFiles) {
  const std::string texts[] = {"{\"format\":1,\n##[error]pwned by excerpt\n}\n",
                               "{\"format\":1,\n \"\xc2\x9b[31mabc\xc2\x85::error::x\": 1}\n",
                               "{\"format\":1,\n \"\xe2\x80\xae"
                               "abc\": 1}\n",
                               "{\"format\":1,\n::stop-commands::x\n}\n",
                               "{\"format\":1, \"a\\u001b[31m\\nb\\r::error::x\": 1}\n",
                               "{\"format\":1,\r\n\"\xe2\x80\xa8::x::\": 1}\n",
                               "\x1b[2J",
                               "\xff\xfe##vso[x]",
                               "{\"format\":1, \"name\": \"a\xe2\x80\xae\", \"tasks\": []}\n",
                               "{\"format\":1, \"name\": \"\xc2\x9b"
                               "31m\", \"tasks\": []}\n"};
  for (const std::string& text : texts) {
    SCOPED_TRACE(text);
    const std::string file = write("bad.json", text).string();
    in_all_formats(file);
    EXPECT_EQ(dmstall("run " + file).code, 65);
  }
}

TEST_F(HostileText, PathsOfFiles) {
  const std::string good = read(scenario("tutorial/01-opposite-orders.json"));
  for (const std::string& name :
       {std::string("::stop-commands::x.json"), std::string("##[error]x.json"), std::string("a\x1b[31mb.json"),
        std::string("a\rb.json"), std::string("a\n::stop-commands::x.json"), std::string("a\xc2\x9b.json"),
        std::string("a\xe2\x80\xae.json"), std::string("a\xff.json")}) {
    SCOPED_TRACE(name);
    write(name, good);
    const std::string there = "cd '" + folder_.string() + "' && ", quoted = "'" + name + "'";
    for (const std::string& arguments :
         {"run " + quoted, "run --format json " + quoted, "run --format github " + quoted,
          "run --format sarif " + quoted, "run --format markdown " + quoted, "check --format junit " + quoted,
          "check " + quoted, "check --format github " + quoted, "run --witness w.json " + quoted,
          std::string("replay w.json"), "show " + quoted, "run 'no-such-" + name + "'", "show 'no-such-" + name + "'",
          "replay 'no-such-" + name + "'", "run --trace '/no-such/" + name + "' " + quoted,
          "check --baseline known.json --update-baseline " + quoted, "check 'no-such-" + name + "'"}) {
      const Outcome outcome = dmstall(arguments, there);
      EXPECT_NE(outcome.code, 70) << arguments << outcome.err;
      const bool github = arguments.find("github") != std::string::npos;
      EXPECT_EQ(objection_to(outcome.out, github), "") << arguments << "\n" << outcome.out;
      EXPECT_EQ(objection_to(outcome.err, false), "") << arguments << "\n" << outcome.err;
    }
    fs::remove(folder_ / name);
    fs::remove(folder_ / "known.json");
  }
}

}  // namespace dmstall::tests
