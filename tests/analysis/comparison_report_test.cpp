// What a comparison prints: tables that fit, figures that can be read back, one document per machine-readable format.
#include "analysis/report/comparison_report.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "analysis/report/bytes_text.hpp"
#include "analysis/report/comparison_sections.hpp"
#include "analysis/report/table.hpp"
#include "models/scenario/reader.hpp"

namespace dmstall::tests {

namespace {

using namespace dmstall::analysis;

std::size_t columns_of(const std::string& line) {
  return static_cast<std::size_t>(
      std::count_if(line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The widest that two keys can make a table: an unusual verdict, kind and amount in every cell.
Comparison wide() {
  Comparison comparison;
  comparison.file = "x.json";
  comparison.scenario = "x";
  comparison.keys = {"reserved_bio_based_ios", "sharing"};
  comparison.seeds = 10;
  for (int i = 0; i < 20; ++i) {
    ComparisonRow& row = comparison.rows.emplace_back();
    row.values = {"65535", "module"};
    row.reserved_ios = 65535;
    row.effective_ios = 1024;
    row.seeds_with_verdict = 10;
    models::Footprint memory;
    memory.bytes = 1023 * 1024 + i;
    memory.lines = {{"io_client", "verity", 59, 59, 944, 16, 1023 * 1024 + i, 0, {{"biovecs", 944, 4096}}}};
    row.memory = std::make_shared<const models::Footprint>(std::move(memory));
    row.number = static_cast<std::size_t>(i) + 1;
    row.from_runs = true;
    row.verdict = i == 0 ? models::VerdictKind::inconclusive : models::VerdictKind::deadlock;
    row.reasons = {because::RunOutOfSteps{1}};
    if (i > 0) row.kind = models::DeadlockKind::empty_reserve;
    if (i > 1)
      row.mib_per_s = Spread{12345.67, 12345.67, 12345.67}, row.p50_us = row.p99_us = Spread{999'990, 999'990, 999'990},
      row.relative = 1;
    row.polls = 1234;
    row.runs.resize(1);
    row.runs[0].assumptions = {i % 2 == 0 ? "faults: bad_block on ufs" : "faults: none", "memory: exhausted"};
  }
  return comparison;
}

Comparison of_text(const std::string& text, const std::vector<models::Variation>& vary) {
  const models::ReadResult read = models::read_scenario_text(text, "x.json");
  EXPECT_TRUE(read.scenario) << models::format_diagnostics(read.diagnostics);
  ComparisonOptions options;
  options.engine = Engine::simulate;
  options.seeds = 2;
  return run_comparison(plan_comparison(text, read.scenario.value_or(models::Scenario{}), vary, {}), options);
}

const std::string many_verity = R"j({ "format": 1, "name": "many", "devices": [ { "name": "d", "target": "disk" },
  { "name": "v{i}", "target": "verity", "data": "d", "hash": "d", "repeat": 59 } ], "workload": [ { "read": "v0" } ],
  "memory": { "allocator": "plentiful" }, "faults": [] })j";

}  // namespace

TEST(Table, IsPaddedByCodePointsAndEndsWithoutSpaces) {
  EXPECT_EQ(text_table({{{"a"}, {"n", true}}, {{"x…", "1"}, {"y", "22"}}}, 1), " a    n\n x…   1\n y   22\n");
  EXPECT_EQ(text_table({{{"reserved_bio_based_ios"}, {"b"}}, {{"1", "2"}}}, 0),
            "reserved_bio_\nbased_ios      b\n1              2\n");
}

TEST(Table, MarkdownEscapesWhatWouldEndACell) {
  EXPECT_EQ(markdown_table({{{"k"}, {"n", true}}, {{"a|b", "1"}}}), "| k | n |\n|---|---:|\n| a\\|b | 1 |\n");
}

TEST(ComparisonText, FitsInto132ColumnsWithTwoKeys) {
  for (const std::string& line : lines_of(comparison_text(wide(), false))) {
    if (line.rfind("RESULT", 0) == 0) continue;
    EXPECT_LE(columns_of(line), 132U) << line;
  }
}

TEST(ComparisonText, SaysWhatItIsNot) {
  const std::string text = comparison_text(wide(), false);
  EXPECT_NE(text.find("not a forecast of a device's"), std::string::npos);
  EXPECT_NE(text.find("not a proof"), std::string::npos);
  EXPECT_NE(text.find("memory: exhausted\n"), std::string::npos);
  EXPECT_NE(text.find("faults: none   [rows 2, 4,"), std::string::npos);
  EXPECT_NE(text.find("65535 (1024)"), std::string::npos);
  EXPECT_NE(text.find("row 1: not finished"), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(comparison_text(wide(), true).find('\x1b'), std::string::npos);
}

TEST(ComparisonText, BiovecsOfFiftyNineDevicesAsAFormula) {
  const std::string text = comparison_text(of_text(many_verity, {{"reserved_bio_based_ios", {"0", "1", "16"}}}), false);
  EXPECT_NE(text.find("59 × 16 × 4096 B = 3,866,624 B = 3.87 MB = 3.69 MiB"), std::string::npos) << text;
  EXPECT_NE(text.find("59 × 1 × 4096 B = 241,664 B = 241.66 kB = 236.00 KiB"), std::string::npos) << text;
  EXPECT_NE(text.find("rows 1, 3: "), std::string::npos) << "0 and 16 are the same to the kernel\n" << text;
  EXPECT_NE(text.find("0 (16)"), std::string::npos);
  EXPECT_NE(text.find("own of one verity"), std::string::npos);
}

TEST(ComparisonText, NamesReservedIosAlsoWhenTheyAreNotVaried) {
  EXPECT_NE(comparison_text(of_text(many_verity, {{"cpus", {"1", "2"}}}), false).find("  reserved_bio_based_ios: 16\n"),
            std::string::npos);
}

TEST(ComparisonText, RowNumbersAreFoldedAndSizesHaveUnits) {
  EXPECT_EQ(row_numbers({0, 2, 3, 4, 6, 7}), "1, 3 to 5, 7, 8");
  EXPECT_EQ(size_text(1023), "1023 B");
  EXPECT_EQ(size_text(3'866'624), "3.69 MiB");
  EXPECT_EQ(size_text(8704), "8.50 KiB");
  EXPECT_EQ(size_text(1023 * 1024), "1.00 MiB");
  EXPECT_EQ(grouped(3'866'624), "3,866,624");
  EXPECT_EQ(grouped(-866'624), "-866,624");
  EXPECT_EQ(grouped(12), "12");
}

TEST(ComparisonCsv, HasOneHeaderLineAndRawFigures) {
  Comparison comparison = wide();
  comparison.rows.resize(2);
  comparison.rows[1].values = {"{\"a\": 1, \"b\": 2}", "x\ny"};
  const std::string csv = comparison_csv(comparison);
  EXPECT_EQ(csv.rfind("scenario,reserved_bio_based_ios,sharing,reference,effective_reserved_ios,reserved_bytes,", 0),
            0U)
      << csv;
  EXPECT_NE(csv.find("\r\nx,\"{\"\"a\"\": 1, \"\"b\"\": 2}\",\"x\ny\",0,1024,"), std::string::npos) << csv;
  EXPECT_EQ(csv.substr(csv.size() - 2), "\r\n");
}

TEST(ComparisonResult, CountsRowsByVerdict) {
  EXPECT_EQ(comparison_result_line(wide()),
            "RESULT x COMPARED rows=20 seeds=10 progress=0 deadlock=19 stall=0 livelock=0 starvation=0 inconclusive=1 "
            "error=0 digest=0000000000000000");
}

}  // namespace dmstall::tests
