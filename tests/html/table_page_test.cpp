// The pages of a sizing, a comparison and a check: charts name what is smallest and safe, tables hold every row.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "analysis/use/page/best_rows.hpp"
#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

using nlohmann::json;

class TablePage : public ProgramTest {
 protected:
  json page(const std::string& arguments, int code) const {
    const std::string place = (folder_ / "page.html").string();
    const Outcome outcome = dmstall(arguments + " --html " + place);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    text_ = read(place);
    const std::string before = R"(<script type="application/json" id="data">)";
    const std::size_t begin = text_.find(before) + before.size();
    return json::parse(text_.substr(begin, text_.find("</script>", begin) - begin), nullptr, false);
  }
  mutable std::string text_;
};

/// A row as a comparison would make it.
analysis::ComparisonRow row(std::int64_t bytes, models::VerdictKind verdict, double mib_per_s, bool from_runs = false) {
  analysis::ComparisonRow row;
  auto memory = std::make_shared<models::Footprint>();
  memory->bytes = bytes;
  row.memory = memory;
  row.verdict = verdict;
  row.from_runs = from_runs;
  if (!from_runs) {
    row.judgement.emplace();
    row.judgement->verdict = verdict;
  }
  if (mib_per_s > 0) row.mib_per_s = analysis::Spread{mib_per_s, mib_per_s, mib_per_s};
  return row;
}

}  // namespace

/// A flush of three segments takes three bios from a reserve of R and gives none back before it has them all: R >= 3.
TEST_F(TablePage, ASizingNamesTheSmallestSafeSize) {
  const json data = page("size --range 1..6 " + scenario("sizing/linear-3-flush.json"), 0);
  ASSERT_EQ(data["kind"], "size");
  const json& series = data["series"][0];
  ASSERT_EQ(series["rows"].size(), 6U);
  EXPECT_EQ(series["rows"][series["smallest_safe"].get<std::size_t>()]["label"], "3");
  for (const json& row : series["rows"]) {
    const bool safe = std::stoi(row["label"].get<std::string>()) >= 3;
    EXPECT_EQ(row["safe"], safe) << row;
    EXPECT_EQ(row["verdict"], safe ? "PROGRESS" : "DEADLOCK") << row;
  }
}

TEST_F(TablePage, AComparisonHasARowForEachSetting) {
  const json data = page("compare --seeds 2 --vary reserved_bio_based_ios=2,3,16 --vary cpus=1,8 " +
                             scenario("sizing/linear-3-flush.json"),
                         0);
  ASSERT_EQ(data["kind"], "compare");
  std::vector<std::string> labels;
  for (const json& row : data["rows"]) labels.push_back(row["label"]);
  EXPECT_EQ(labels, (std::vector<std::string>{"2, 1", "2, 8", "3, 1", "3, 8", "16, 1", "16, 8"}));
  EXPECT_EQ(data["rows"][data["smallest_safe"].get<std::size_t>()]["label"], "3, 1");
  EXPECT_FALSE(data["tables"].empty());
}

/// Fast is at least 95 % of the best throughput of the safe rows, and the row with the least memory of these is named.
TEST_F(TablePage, AComparisonNamesTheSmallestFastRow) {
  const json data =
      page("compare --seeds 1 --vary reserved_bio_based_ios=1,16,64 " + scenario("android/phone-59.json"), 0);
  double best = 0;
  for (const json& row : data["rows"]) {
    ASSERT_TRUE(row["safe"]) << row;
    best = std::max(best, row["mib_per_s"][0].get<double>());
  }
  ASSERT_GT(best, 0);
  std::optional<std::size_t> least;
  for (std::size_t i = 0; i < data["rows"].size(); ++i) {
    const json& row = data["rows"][i];
    if (row["mib_per_s"][0] < 0.95 * best) continue;
    if (!least || row["bytes"] < data["rows"][*least]["bytes"]) least = i;
  }
  EXPECT_EQ(data["smallest_fast"], *least);
  EXPECT_EQ(data["rows"][data["smallest_safe"].get<std::size_t>()]["label"], "1");
}

TEST(BestRows, SafeIsWhatWasProvedOrExhausted) {
  using enum models::VerdictKind;
  analysis::Comparison comparison;
  comparison.rows = {row(100, deadlock, 50), row(150, progress, 90, true), row(400, progress, 99),
                     row(200, progress, 40), row(300, progress, 95),       row(200, progress, 41)};
  // 100 gets stuck and 150 was only run.
  EXPECT_EQ(analysis::smallest_safe_row(comparison), 3U);
  // 95 of 99 is 96 %; 41 is far from it.
  EXPECT_EQ(analysis::smallest_fast_row(comparison), 4U);
  EXPECT_EQ(analysis::smallest_fast_row(comparison, 0.97), 2U);
  comparison.rows.resize(2);
  EXPECT_EQ(analysis::smallest_safe_row(comparison), std::nullopt);
  EXPECT_EQ(analysis::smallest_fast_row(comparison), std::nullopt);
}

TEST_F(TablePage, ACheckHasASectionForEachScenario) {
  fs::create_directories(folder_ / "all");
  fs::copy(scenario("tutorial/02-two-from-one-pool.json"), folder_ / "all/passes.json");
  std::string other = read(scenario("tutorial/02-two-from-one-pool.json"));
  other.replace(other.find("\"verdict\": \"DEADLOCK\""), 21, "\"verdict\": \"PROGRESS\"");
  write("all/fails.json", other);
  write("all/refused.json", "{}");
  const json data = page("check " + (folder_ / "all").string(), 65);
  ASSERT_EQ(data["kind"], "check");
  std::map<std::string, json> by_name;
  for (const json& each : data["scenarios"]) by_name[fs::path(each["file"].get<std::string>()).stem()] = each;
  ASSERT_EQ(by_name.size(), 3U);
  EXPECT_EQ(by_name["passes"]["outcome"], "passed");
  EXPECT_EQ(by_name["passes"]["run"]["circle"]["pools"], json({"pool"}));
  EXPECT_EQ(by_name["fails"]["outcome"], "not_as_expected");
  EXPECT_FALSE(by_name["fails"]["run"]["walk"]["steps"].empty()) << "a failure can be stepped through";
  EXPECT_EQ(by_name["refused"]["outcome"], "refused");
  EXPECT_LT(text_.size(), 500'000U);
  // The same as a format of a report.
  const std::string report = (folder_ / "report.html").string();
  EXPECT_EQ(dmstall("check --report html=" + report + " " + (folder_ / "all").string()).code, 65);
  EXPECT_EQ(read(report).substr(0, 15), "<!doctype html>");
}

}  // namespace dmstall::tests
