// JUnit reports are valid, whatever bytes paths, names and reports hold, and say the same as the text.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>

#include "analysis/report/check_report.hpp"
#include "analysis/report/xml_text.hpp"

namespace dmstall::tests {

namespace {

namespace fs = std::filesystem;
using analysis::CheckKind;
using analysis::CheckOutcome;
using analysis::CheckRun;

CheckOutcome outcome(const std::string& file, CheckKind kind, const std::string& found) {
  CheckOutcome result;
  result.file = file;
  result.kind = kind;
  result.found = found;
  result.seconds = 0.25;
  return result;
}

/// One of every kind, in three folders.
CheckRun every_kind() {
  CheckRun run;
  run.kernel = "6.1";
  run.outcomes = {outcome("a/passed.json", CheckKind::passed, "PROGRESS"),
                  outcome("a/unmet.json", CheckKind::unmet, "DEADLOCK circle a -> b"),
                  outcome("b/c/late.json", CheckKind::timed_out, "INCONCLUSIVE"),
                  outcome("b/c/refused.json", CheckKind::refused, "error"),
                  outcome("disagreed.json", CheckKind::disagreed, "error"),
                  outcome("crashed.json", CheckKind::crashed, "crashed"),
                  outcome("later.json", CheckKind::not_run, "")};
  run.outcomes[1].unmet = {"expected kind self, found circle"};
  run.outcomes[1].report = "DEADLOCK  a/unmet.json\n  circle: a -> b\n";
  run.outcomes[5].stderr_text = "assertion failed\n";
  run.ending = analysis::CheckEnding::interrupted;
  return run;
}

std::string every_byte() {
  std::string text;
  for (int byte = 0; byte < 256; ++byte) text += static_cast<char>(byte);
  return text + "<&>\"']]>\xEF\xBF\xBF\xED\xA0\x80\xF4\x90\x80\x80\xC0\xAF\xE2\x82";
}

class JUnit : public testing::Test {
 protected:
  void SetUp() override {
    file_ = fs::temp_directory_path() / ("dmstall-junit-" + std::to_string(::getpid()) + ".xml");
  }
  void TearDown() override { fs::remove(file_); }

  /// Well-formed and as tests/fixtures/junit.xsd describes it.
  bool valid(const std::string& document, const std::string& schema = "junit.xsd") const {
    std::ofstream(file_) << document;
    const int status = std::system(("xmllint --noout --schema " + std::string(DMSTALL_SOURCE_DIR) + "/tests/fixtures/" +
                                    schema + " " + file_.string() + " 2>" + file_.string() + ".err")
                                       .c_str());
    fs::remove(file_.string() + ".err");
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_NE(WEXITSTATUS(status), 127) << "xmllint is missing (Debian: libxml2-utils)";
    EXPECT_NE(WEXITSTATUS(status), 5) << "the schema itself is wrong";
    return WEXITSTATUS(status) == 0;
  }

  fs::path file_;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_F(JUnit, IsValidForEveryKindOfOutcome) {
  EXPECT_TRUE(valid(check_junit(every_kind())));
}

TEST_F(JUnit, IsValidForNothing) {
  EXPECT_TRUE(valid(analysis::check_junit(CheckRun{})));
}

TEST_F(JUnit, IsValidWhateverBytesItIsMadeOf) {
  CheckRun run = every_kind();
  for (CheckOutcome& one : run.outcomes) {
    one.file += every_byte();
    one.scenario = one.expected = one.found = one.diagnostics = one.result = one.report = one.stderr_text =
        every_byte();
    one.unmet = one.unchecked = {every_byte()};
  }
  EXPECT_TRUE(valid(check_junit(run)));
  run.outcomes = {outcome(".json", CheckKind::passed, ""), outcome("/", CheckKind::unmet, "")};
  EXPECT_TRUE(valid(check_junit(run)));
}

TEST_F(JUnit, TheSchemaRefusesWhatReadersWouldMisread) {
  const std::string good = check_junit(every_kind());
  const auto changed = [&](const char* from, const char* to) { return std::regex_replace(good, std::regex(from), to); };
  EXPECT_FALSE(valid(changed(" tests=\"7\"", "")));
  EXPECT_FALSE(valid(changed("time=\"0.250\"", "time=\"2,5e-1\"")));
  EXPECT_FALSE(valid(changed("<failure", "<failed"))) << "not even well-formed";
  EXPECT_FALSE(valid(changed("name=\"unmet\"", "name=\"passed\""))) << "two cases that look like one";
  EXPECT_FALSE(valid(changed("assertion failed", "&#1;")));
}

TEST_F(JUnit, TheXunitPluginOfJenkinsHasADocumentOfItsOwn) {
  CheckRun run = every_kind();
  run.outcomes[1].known = analysis::Known::yes;
  const std::string plugin = check_junit(run, analysis::JUnitFor::xunit);
  EXPECT_TRUE(valid(plugin, "jenkins-xunit.xsd"));
  EXPECT_TRUE(valid(plugin)) << "what it leaves out is optional elsewhere";
  EXPECT_FALSE(valid(check_junit(run), "jenkins-xunit.xsd")) << "it refuses a test case with a file";
}

TEST_F(JUnit, AKnownFailureIsSkippedWithItsReason) {
  CheckRun run = every_kind();
  run.outcomes[1].known = analysis::Known::yes;
  run.outcomes[1].reason = "ticket 7";
  run.outcomes[1].until = "2026-12-31";
  const std::string document = check_junit(run);
  EXPECT_TRUE(valid(document));
  EXPECT_TRUE(contains(document, "<skipped message=\"known until 2026-12-31: ticket 7: DEADLOCK circle a -> b\""))
      << document;
  EXPECT_TRUE(contains(document, "<testsuites name=\"dmstall check\" tests=\"7\" failures=\"0\" errors=\"4\""));
  EXPECT_TRUE(contains(document,
                       "<testsuite name=\"a\" tests=\"2\" failures=\"0\" errors=\"0\" time=\"0.500\" skipped=\"1\">"));
}

TEST_F(JUnit, CountsFailuresAndErrorsApart) {
  const std::string document = check_junit(every_kind());
  EXPECT_TRUE(
      contains(document, "<testsuites name=\"dmstall check\" tests=\"7\" failures=\"1\" errors=\"4\" time=\"1.750\">"))
      << document;
  EXPECT_TRUE(contains(document,
                       "<testsuite name=\"a\" tests=\"2\" failures=\"1\" errors=\"0\" time=\"0.500\" skipped=\"0\">"));
  EXPECT_TRUE(contains(document, "<testsuite name=\"b/c\" tests=\"2\" failures=\"0\" errors=\"2\""));
  EXPECT_TRUE(contains(document,
                       "<testsuite name=\".\" tests=\"3\" failures=\"0\" errors=\"2\" time=\"0.750\" skipped=\"1\">"));
}

TEST_F(JUnit, ACaseNamesItsFileAndCarriesTheReport) {
  const std::string document = check_junit(every_kind());
  EXPECT_TRUE(contains(document, "<testcase classname=\"a\" name=\"unmet\" file=\"a/unmet.json\" time=\"0.250\">"))
      << document;
  EXPECT_TRUE(contains(document, "<failure type=\"not_as_expected\" message=\"expected kind self, found circle\">"));
  EXPECT_TRUE(contains(document, "circle: a -&gt; b\n"));
  EXPECT_TRUE(contains(document, "<error type=\"crashed\""));
  EXPECT_TRUE(contains(document, "<system-err>assertion failed"));
  EXPECT_TRUE(contains(document, "<property name=\"dmstall.kernel\" value=\"6.1\""));
  EXPECT_TRUE(contains(document, "<property name=\"dmstall.version\" value=\"0."));
}

TEST(XmlText, KeepsTextAndReplacesWhatXmlCannotHold) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(analysis::xml_text("plain <&> text\n\twith \xE2\x86\x92 and \xF0\x9F\x92\xA5"),
            "plain <&> text\n\twith \xE2\x86\x92 and \xF0\x9F\x92\xA5");
  EXPECT_EQ(analysis::xml_text(std::string("a\0b", 3)), "a" + bad + "b");
  EXPECT_EQ(analysis::xml_text("\x1b[31m\x7f"), bad + "[31m\\x7f");
  EXPECT_EQ(analysis::xml_text("one\r\ntwo\rthree"), "one\ntwo\nthree");
  EXPECT_EQ(analysis::xml_text("\xC3"), bad) << "cut off";
  EXPECT_EQ(analysis::xml_text("\xC0\xAF"), bad + bad) << "overlong";
  EXPECT_EQ(analysis::xml_text("\xED\xA0\x80"), bad) << "a surrogate";
  EXPECT_EQ(analysis::xml_text("\xEF\xBF\xBE"), bad) << "U+FFFE";
}

}  // namespace dmstall::tests
