// What a terminal or a runner of CI jobs would obey is shown as an escape; everything else stays as it is.
#include "models/scenario/printable.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "models/scenario/source_text.hpp"

namespace dmstall::models {
namespace {

TEST(Printable, WhatCanBeReadStays) {
  for (const char* text : {"", "verity.recheck_pool", "dm_submit_bio < submit_bio", "größer, 三つ, café …", "a::b",
                           "## heading", "#[x]", "# #[x]", "##", "##x", "C:\\x", "1 ≥ 0"}) {
    EXPECT_EQ(printable(text), text);
    EXPECT_EQ(printable_lines(text), text);
    EXPECT_EQ(printable_json(text), text);
  }
}

TEST(Printable, ControlsAndMarksOfDirection) {
  EXPECT_EQ(printable("\x1b[31m"), "\\x1b[31m");
  EXPECT_EQ(printable("a\r\nb\tc\x7f"), "a\\x0d\\x0ab\\x09c\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m\xc2\x85"),
            "\\x9b31m\\x85");
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "abc\xe2\x81\xa6"),
            "\\u202eabc\\u2066");
  EXPECT_EQ(printable("\xe2\x80\xa8\xe2\x80\xa9\xd8\x9c\xef\xbb\xbf"), "\\u2028\\u2029\\u061c\\ufeff");
  EXPECT_EQ(printable("\xf3\xa0\x81\xa1"), "\\U000e0061");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(Printable, BytesThatAreNoText) {
  EXPECT_EQ(printable("\xff\xfe"), "\\xff\\xfe");
  EXPECT_EQ(printable("\xc3("), "\\xc3(");
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "half of a surrogate pair";
  EXPECT_EQ(printable("\xc0\x9b"), "\\xc0\\x9b") << "an overlong escape";
}

TEST(Printable, CommandsOfRunners) {
  EXPECT_EQ(printable("##[error]x"), "\\x23#[error]x");
  EXPECT_EQ(printable("a ##vso[task.x]"), "a \\x23#vso[task.x]");
  EXPECT_EQ(printable("###[x]"), "#\\x23#[x]");
  const std::vector<std::pair<std::string, std::string>> shown_as = {
      {"a\n::stop-commands::x\n", "a\n\\x3a:stop-commands::x\n"},
      {"::x", "\\x3a:x"},
      {"  \t::x", "  \t\\x3a:x"},
      {"\xc2\xa0\xe3\x80\x80::x", "\xc2\xa0\xe3\x80\x80\\x3a:x"},  // spaces that .NET takes away
      {"a ::x", "a ::x"},
  };
  for (const auto& [text, shown] : shown_as) EXPECT_EQ(printable_lines(text), shown);
}

TEST(Printable, ColoursOnlyWhereAskedFor) {
  EXPECT_EQ(printable_lines("\x1b[1;31mDEADLOCK\x1b[0m", true), "\x1b[1;31mDEADLOCK\x1b[0m");
  EXPECT_EQ(printable_lines("\x1b[1;31mDEADLOCK\x1b[0m"), "\\x1b[1;31mDEADLOCK\\x1b[0m");
  EXPECT_EQ(printable_lines("\x1b[2J\x1b]0;x\x07\x1b[38;2;1;1;1;1;1m", true),
            "\\x1b[2J\\x1b]0;x\\x07\\x1b[38;2;1;1;1;1;1m");
}

TEST(Printable, IsTheSameTwice) {
  std::mt19937 random(5);
  const std::string bits[] = {"::",   "##[", "\n", " ",      "\x1b[0m", "\xc2\x9b", "\xe2\x80\xae",
                              "\xff", "x",   "\\", "##vso[", "\t",      "é"};
  for (int i = 0; i < 5000; ++i) {
    std::string text;
    for (int n = 0; n < 8; ++n) text += bits[random() % std::size(bits)];
    EXPECT_EQ(printable_lines(printable_lines(text)), printable_lines(text)) << text;
    EXPECT_EQ(printable(printable(text)), printable(text)) << text;
    EXPECT_FALSE(first_invalid_utf8(printable(text)).has_value());
  }
}

TEST(Printable, ADocumentSaysTheSame) {
  const nlohmann::ordered_json document{{"name\xc2\x9b", "##[error] \xe2\x80\xae \xf3\xa0\x81\xa1 \x7f ##vso[x] ::y"},
                                        {"n", 1}};
  const std::string text = printable_json(document.dump(2));
  EXPECT_EQ(nlohmann::ordered_json::parse(text), document);
  EXPECT_EQ(text.find("##["), std::string::npos);
  EXPECT_EQ(text.find("##vso["), std::string::npos);
  for (const char* bad : {"\xc2\x9b", "\xe2\x80\xae", "\xf3\xa0\x81\xa1", "\x7f"})
    EXPECT_EQ(text.find(bad), std::string::npos);
}

}  // namespace
}  // namespace dmstall::models
