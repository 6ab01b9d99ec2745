// The option table as data: each row says all that parser, help and completions need, and no two rows contradict.
#include "analysis/cli/option_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/cli/option_values.hpp"
#include "analysis/cli/parser.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::tests {

namespace {

using analysis::command_line;
using analysis::CommandLine;
using analysis::Takes;
using analysis::UsageError;
using analysis::Verb;
using analysis::VerbOption;

std::string name_of(const Verb& verb, const VerbOption& option) {
  return verb.name + " " + option.names.back();
}

/// A verb of one option, and what it takes.
struct OneOption {
  int number = 7;
  std::optional<double> seconds;
  bool flag = false;
  std::string text;
  std::vector<std::string> list, told;
  CommandLine all;

  explicit OneOption(VerbOption option) {
    all.verbs = {{.name = "verb", .about = "does nothing", .run = [] { return models::ExitCode::progress; }}};
    all.verbs.front().add({std::move(option)});
  }
  /// Why the words are refused; empty: they are not.
  [[nodiscard]] std::string refusal(std::vector<std::string> words) const {
    words.insert(words.begin(), "verb");
    try {
      const analysis::Asked asked = analysis::parse(all, words);
      EXPECT_EQ(asked.verb, &all.verbs.front());
      return {};
    } catch (const analysis::Misunderstood& error) {
      EXPECT_EQ(error.verb, "verb");
      return error.what();
    }
  }
};

}  // namespace

TEST(OptionTable, EveryRowIsComplete) {
  std::size_t rows = 0;
  for (const Verb& verb : command_line().verbs) {
    EXPECT_FALSE(verb.about.empty()) << verb.name;
    EXPECT_EQ(verb.examples.size(), 2U) << verb.name;
    EXPECT_TRUE(verb.run) << verb.name;
    for (const VerbOption& option : verb.options) {
      ++rows;
      SCOPED_TRACE(name_of(verb, option));
      EXPECT_FALSE(option.about.empty());
      EXPECT_TRUE(std::visit([](const auto& into) { return into ? true : false; }, option.into))
          << "its value goes nowhere";
      // A placeholder that says nothing is none.
      const std::set<std::string> meaningless = {"", "NAME", "TEXT", "STRING", "VALUE"};
      EXPECT_EQ(meaningless.count(option.shown_value()) > 0, option.flag() || option.positional());
      const analysis::NumberRange range = option.range.value_or(analysis::above_zero);
      EXPECT_LT(range.least, range.most);
      EXPECT_TRUE(option.path || option.value != "FILE");
    }
  }
  EXPECT_GT(rows, 80U);
}

TEST(OptionTable, NamesAreThereOnceAndOthersAreNamedAsTheyAreCalled) {
  std::size_t named = 0;
  for (const Verb& verb : command_line().verbs) {
    std::set<std::string> names{"-h", "--help"};
    for (const VerbOption& option : verb.options) {
      for (const std::string& name : option.names) EXPECT_TRUE(names.insert(name).second) << verb.name << " " << name;
      for (const auto* others : {&option.needs, &option.excludes}) {
        for (const std::string& other : *others) {
          ++named;
          const VerbOption* found = verb.find(other);
          ASSERT_NE(found, nullptr) << name_of(verb, option) << " names " << other;
          EXPECT_NE(found, &option);
        }
      }
    }
  }
  EXPECT_GT(named, 5U);
}

TEST(OptionTable, NumbersAreHeldAgainstTheirRange) {
  OneOption one({.names = {"--n"}, .value = "N", .about = "a number", .range = {{1, 9}}});
  one.all.verbs.front().options.front().into = &one.number;
  EXPECT_EQ(one.refusal({"--n", "3"}), "");
  EXPECT_EQ(one.number, 3);
  for (const char* wrong : {"0", "10", "-1", "x", "3x", "nan", "1e99"})
    EXPECT_EQ(one.refusal({"--n", wrong}), std::string("--n is ") + wrong + ", must be 1 to 9");
  EXPECT_EQ(one.refusal({"--n", "2.5"}), "--n is 2.5, must be a whole number");
  EXPECT_EQ(one.refusal({"--n", ""}), "--n is empty");
  EXPECT_EQ(one.refusal({"--n", "3", "--n", "4"}), "--n is given 2 times, and has one value");
  EXPECT_EQ(one.refusal({"--n"}), "--n needs N");
  EXPECT_EQ(one.number, 3) << "what is refused changes nothing";
}

TEST(OptionTable, AboveZeroIsNotZeroAndNotInfinite) {
  OneOption one({.names = {"--s"}, .value = "SECONDS", .about = "seconds", .range = analysis::above_zero});
  one.all.verbs.front().options.front().into = &one.seconds;
  EXPECT_EQ(one.refusal({"--s=0.25"}), "");
  EXPECT_EQ(one.seconds, 0.25);
  for (const char* wrong : {"0", "-0.0", "inf", "nan", "1e999"})
    EXPECT_EQ(one.refusal({"--s", wrong}), std::string("--s is ") + wrong + ", must be a number above 0");
}

TEST(OptionTable, AChoiceThatIsNearIsSuggested) {
  OneOption one({.names = {"--engine"}, .about = "which", .choices = {"simulate", "explore", "prove"}});
  one.all.verbs.front().options.front().into = &one.text;
  EXPECT_EQ(one.refusal({"--engine", "prove"}), "");
  EXPECT_EQ(one.text, "prove");
  EXPECT_EQ(one.refusal({"--engine", "prov"}),
            "--engine is prov, must be one of simulate, explore, prove; did you mean prove?");
  EXPECT_EQ(one.refusal({"--engine", "zzz"}), "--engine is zzz, must be one of simulate, explore, prove");
  EXPECT_EQ(one.refusal({"--engine"}), "--engine needs one of simulate, explore, prove");
}

TEST(OptionTable, HowOftenAndHowManyAtOnce) {
  for (const Takes takes : {Takes::again, Takes::commas, Takes::words}) {
    OneOption one({.names = {"--x"}, .value = "X", .about = "some", .takes = takes});
    one.all.verbs.front().options.front().into = &one.list;
    EXPECT_EQ(one.refusal({"--x", "a,b", "--x", "c"}), "");
    const std::vector<std::string> split = {"a", "b", "c"}, whole = {"a,b", "c"};
    EXPECT_EQ(one.list, takes == Takes::commas ? split : whole);
    const std::string two = one.refusal({"--x", "a", "b"});
    EXPECT_EQ(two.empty(), takes == Takes::words) << two;
  }
}

TEST(OptionTable, AFunctionIsToldEachValueAndMayRefuseIt) {
  OneOption one({.names = {"--x"}, .value = "X", .about = "some", .takes = Takes::again});
  one.all.verbs.front().options.front().into = [&one](const std::string& value) {
    if (value == "bad") throw UsageError("--x takes no bad");
    one.told.push_back(value);
  };
  EXPECT_EQ(one.refusal({"--x", "1", "--x", "2"}), "");
  EXPECT_EQ(one.told, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(one.refusal({"--x", "bad"}), "--x takes no bad");
}

TEST(OptionTable, AFlagTakesNoValue) {
  OneOption one({.names = {"-f", "--flag"}, .about = "on"});
  one.all.verbs.front().options.front().into = &one.flag;
  EXPECT_EQ(one.refusal({"-f", "--flag"}), "");
  EXPECT_TRUE(one.flag);
  EXPECT_EQ(one.refusal({"--flag=maybe"}), "--flag takes no value");
}

}  // namespace dmstall::tests
