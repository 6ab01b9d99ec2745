// What the models leave out, in reports: what could make this verdict another one stands there in words, the rest in
// the JSON and in `dmstall show`.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "analysis/report/omissions_text.hpp"
#include "analysis/report/run_report.hpp"

namespace dmstall::tests {

namespace {

using analysis::RunReport;
using models::Effect;
using models::VerdictKind;

const std::vector<models::Omission> three = {
    {"part.hides", "a/b.c:f", "a wait of f", Effect::hides_deadlock, "somebody calls f", {}},
    {"part.invents", "a/b.c:g", "a second element for g", Effect::invents_deadlock, "two call g", {}},
    {"part.harmless", "a/b.c:h", "the colour of h", Effect::none, "nobody looks at it", {}}};

RunReport report_of(VerdictKind verdict, bool proved = false) {
  RunReport report;
  report.file = "stack.json";
  report.scenario = "stack";
  report.verdict = verdict;
  report.reasons = {analysis::because::RunStalled{}};
  report.omissions = three;
  if (proved) {
    report.proof.emplace();
    report.proof->proved = true;
  }
  return report;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST(OmissionsReport, AVerdictIsToldWhatCouldChangeIt) {
  const std::string progress = plain_run_report(report_of(VerdictKind::progress));
  EXPECT_TRUE(has(progress, "  left out, could turn PROGRESS into DEADLOCK when\n    part.hides: somebody calls f\n"))
      << progress;
  EXPECT_TRUE(has(progress, "  left out without such an effect, with reasons in dmstall show: 2 things\n")) << progress;
  const std::string deadlock = plain_run_report(report_of(VerdictKind::deadlock));
  EXPECT_TRUE(has(deadlock, "  left out, could turn DEADLOCK into PROGRESS when\n    part.invents: two call g\n"))
      << deadlock;
  EXPECT_FALSE(has(deadlock, "part.hides")) << deadlock;
  const std::string open = plain_run_report(report_of(VerdictKind::inconclusive));
  EXPECT_TRUE(has(open, "part.hides") && has(open, "part.invents") && has(open, ": 1 thing\n")) << open;
}

TEST(OmissionsReport, AProofCountsWhatCouldMatter) {
  EXPECT_TRUE(has(plain_run_report(report_of(VerdictKind::progress, true)),
                  "\n  of this model of Linux 6.1; 1 omission could matter: part.hides\n"));
  RunReport nothing = report_of(VerdictKind::progress, true);
  nothing.omissions.erase(nothing.omissions.begin());
  EXPECT_TRUE(has(plain_run_report(nothing), "\n  of this model of Linux 6.1; no known omission could matter\n"));
}

TEST(OmissionsReport, JsonHasAllOfThem) {
  const auto document = nlohmann::json::parse(analysis::run_report_json({report_of(VerdictKind::progress)}));
  const auto& rows = document.at("runs").at(0).at("leaves_out");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0], (nlohmann::json{{"id", "part.hides"},
                                     {"function", "a/b.c:f"},
                                     {"what", "a wait of f"},
                                     {"effect", "hides_deadlock"},
                                     {"could_matter", true},
                                     {"reason", "somebody calls f"}}));
  EXPECT_EQ(rows[1].at("could_matter"), false) << "the verdict is PROGRESS";
  EXPECT_EQ(rows[2].at("effect"), "none");
}

TEST(OmissionsReport, OtherFormatsNameWhatCouldMatter) {
  const RunReport report = report_of(VerdictKind::progress);
  EXPECT_TRUE(has(run_report_markdown(report, 0), "could turn PROGRESS into DEADLOCK: `part.hides`: somebody calls f"))
      << run_report_markdown(report, 0);
  EXPECT_TRUE(has(run_report_lockdep(report, 0), "could turn PROGRESS into DEADLOCK: part.hides"))
      << run_report_lockdep(report, 0);
}

TEST(OmissionsReport, TheFullListHasFunctionTextAndReason) {
  EXPECT_EQ(analysis::omissions_in_full(three),
            "left out, could turn PROGRESS into DEADLOCK\n"
            "  part\n"
            "    hides: a wait of f\n"
            "      when somebody calls f\n"
            "      in a/b.c:f\n"
            "left out, could turn DEADLOCK into PROGRESS\n"
            "  part\n"
            "    invents: a second element for g\n"
            "      when two call g\n"
            "      in a/b.c:g\n"
            "left out, changes no verdict\n"
            "  part\n"
            "    harmless: the colour of h\n"
            "      because nobody looks at it\n"
            "      in a/b.c:h\n");
}

}  // namespace dmstall::tests
