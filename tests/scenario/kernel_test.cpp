// "kernel" and what depends on it in a scenario file: releases, changes, expectations by release.
#include <gtest/gtest.h>

#include <string>

#include "models/scenario/settings.hpp"

namespace dmstall::tests {
namespace {

using models::Change;
using models::ReadResult;
using models::Scenario;
using models::VerdictKind;

ReadResult read(const std::string& kernel, const std::string& more = "") {
  return models::read_scenario_text(R"({"format": 1, "name": "k", "kernel": )" + kernel + R"(,
"devices": [{"name": "d", "target": "disk"}, {"name": "v", "target": "verity", "data": "d", "hash": "d"},
            {"name": "w", "target": "verity", "data": "v", "hash": "d"}],
"workload": [{"read": "w"}])" + more + "}",
                                    "k.json");
}

Scenario good(const std::string& kernel, const std::string& more = "") {
  const ReadResult result = read(kernel, more);
  EXPECT_TRUE(result.scenario) << models::format_diagnostics(result.diagnostics);
  return result.scenario.value_or(Scenario{});
}

std::string mistake(const std::string& kernel, const std::string& more = "") {
  const ReadResult result = read(kernel, more);
  EXPECT_FALSE(result.scenario);
  return result.diagnostics.empty() ? std::string() : format_headline(result.diagnostics.front());
}

TEST(Kernel, AReleaseAndChangesAreRead) {
  EXPECT_EQ(good("{}").kernel.release.text(), "6.1");
  EXPECT_EQ(good(R"({"release": "6.12"})").kernel.release.text(), "6.12");
  EXPECT_EQ(
      good(R"({"with": ["loop_rescuer", "flush_per_device"], "without": "verity_recheck"})").kernel.release.text(),
      "6.1 with flush_per_device, loop_rescuer, without verity_recheck");
  // A word for an empty list, so that an option can say it; what a release has already is no change of it.
  EXPECT_EQ(good(R"({"with": "none", "without": []})").kernel.release.text(), "6.1");
  EXPECT_EQ(good(R"({"release": "6.12", "with": "flush_per_device"})").kernel.release.text(), "6.12");
  EXPECT_FALSE(good(R"({"bio_list_order": "fifo"})").kernel.release.has(Change::bio_list_depth_first));
}

TEST(Kernel, UnknownReleasesAndChangesAreRefusedWithThoseThatAreKnown) {
  EXPECT_NE(mistake(R"({"release": "6.6"})").find(R"(must be "6.1" or "6.12", not "6.6")"), std::string::npos);
  const std::string unknown = mistake(R"({"with": "loop_rescue"})");
  EXPECT_NE(unknown.find("dmstall show releases"), std::string::npos) << unknown;
  EXPECT_NE(unknown.find("did you mean \"loop_rescuer\"?"), std::string::npos) << unknown;
  EXPECT_NE(mistake(R"({"with": [7]})").find("not 7"), std::string::npos);
  EXPECT_NE(mistake(R"({"with": "loop_rescuer", "without": ["loop_rescuer"]})").find("stands in \"with\", too"),
            std::string::npos);
}

TEST(Kernel, AChangeThatSharesAPoolIsARuleOfSharing) {
  const Scenario patched = good(R"({"with": "verity_module_pools"})");
  EXPECT_EQ(patched.sharing.rules.at("verity.recheck_pool").scope, models::SharingRule::Scope::module);
  EXPECT_EQ(patched.sharing.rules.at("verity.io_client").scope, models::SharingRule::Scope::module);
  // What the file says of a pool goes before.
  const Scenario own = good(R"({"with": "verity_module_pools"})", R"(, "sharing": {"verity.io_client": "device"})");
  EXPECT_EQ(own.sharing.rules.at("verity.io_client").scope, models::SharingRule::Scope::device);
  EXPECT_TRUE(good("{}").sharing.rules.empty());
}

constexpr const char* by_release =
    R"(, "expect": {"6.1": {"verdict": "DEADLOCK"}, "6.12": {"verdict": "PROGRESS", "proof": "proved"}})";

TEST(Kernel, EachReleaseHasItsExpectation) {
  EXPECT_EQ(good("{}", by_release).expect->verdict, std::vector{VerdictKind::deadlock});
  EXPECT_EQ(good(R"({"release": "6.12"})", by_release).expect->proof, "proved");
  // One object is what all of them must give; a release without an entry must give nothing in particular.
  EXPECT_EQ(good(R"({"release": "6.12"})", R"(, "expect": {"verdict": "STALL"})").expect->verdict,
            std::vector{VerdictKind::stall});
  EXPECT_FALSE(good("{}", R"(, "expect": {"6.12": {"verdict": "STALL"}})").expect);
}

TEST(Kernel, MistakesInTheExpectationOfAnyReleaseAreFound) {
  EXPECT_NE(
      mistake("{}", R"(, "expect": {"6.1": {"verdict": "DEADLOCK"}, "6.12": {"verdict": "LATER"}})").find("LATER"),
      std::string::npos);
  EXPECT_NE(mistake("{}", R"(, "expect": {"6.1": {"verdict": "DEADLOCK"}, "verdict": "PROGRESS"})").find("verdict"),
            std::string::npos);
  EXPECT_NE(mistake("{}", R"(, "expect": {"6.1": 7})").find("must be an object"), std::string::npos);
  EXPECT_NE(mistake("{}", R"(, "expect": {"6.1": {}})").find("expects nothing"), std::string::npos);
}

TEST(Kernel, AFileIsReadOnAnotherRelease) {
  const std::string text = R"({"format": 1, "name": "k", "devices": [{"name": "d", "target": "disk"}],
"workload": [{"read": "d"}])" +
                           std::string(by_release) + "}";
  const ReadResult other = models::read_scenario_on(text, "k.json", "6.12");
  ASSERT_TRUE(other.scenario);
  EXPECT_EQ(other.scenario->kernel.release.name(), "6.12");
  EXPECT_EQ(other.scenario->expect->verdict, std::vector{VerdictKind::progress});
  EXPECT_EQ(models::read_scenario_on(text, "k.json", "").scenario->kernel.release.name(), "6.1");
}

}  // namespace
}  // namespace dmstall::tests
