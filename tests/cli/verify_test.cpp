// Certificates from the command line: accepted with 0, changed files 65, a certificate that proves nothing 21.
#include "tests/cli/program_test.hpp"

#include "analysis/explore/explore.hpp"
#include "analysis/evidence/certificate_file.hpp"
#include "analysis/prove/prove.hpp"
#include "analysis/evidence/sha256.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"

#include <algorithm>

namespace dmstall::tests {
namespace {

class Certificates : public ProgramTest {
 protected:
  [[nodiscard]] analysis::Certificate prove(const std::string& path, bool with_faults) const {
    auto read = models::read_scenario_file(path);
    EXPECT_TRUE(read.scenario);
    if (!with_faults) read.scenario->faults = {.given = true, .any = false, .list = {}};
    analysis::Proof proof = analysis::prove(analysis::any_number_of_threads(models::compile(models::build_program(*read.scenario))));
    EXPECT_TRUE(proof.proved) << proof.reason;
    proof.certificate.scenario = read.scenario->name;
    proof.certificate.sha256 = analysis::sha256(this->read(path)).value_or("");
    proof.certificate.with_faults = with_faults;
    return proof.certificate;
  }
};

TEST_F(Certificates, AProofIsVerified) {
  const std::string path = scenario("seed/per-device-pools.json");
  write("proof.json", analysis::write_certificate(prove(path, true), path));
  const Outcome outcome = dmstall("verify " + (folder_ / "proof.json").string());
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  EXPECT_NE(outcome.out.find("VERIFIED  " + path), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("any number of requests"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("\nRESULT seed-per-device-pools VERIFIED any_number=yes with_faults=yes "), std::string::npos) << outcome.out;
}

TEST_F(Certificates, WhatRunProvesVerifyAccepts) {
  for (const char* name : {"seed/per-device-pools.json", "sizing/shared-client-r16.json", "android/phone-59.json"}) {
    SCOPED_TRACE(name);
    const std::string proof = (folder_ / "kept.json").string();
    ASSERT_EQ(dmstall("run --engine prove --proof " + proof + " " + scenario(name)).code, 0);
    const Outcome outcome = dmstall("verify " + proof);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("VERIFIED any_number=yes with_faults=yes"), std::string::npos) << outcome.out;
    fs::remove(proof);
  }
  // Nothing proved, nothing written.
  const fs::path none = folder_ / "none.json";
  EXPECT_EQ(dmstall("run --engine prove --proof " + none.string() + " " + scenario("seed/shared-pools.json")).code, 20);
  EXPECT_FALSE(fs::exists(none));
  EXPECT_EQ(dmstall("run --engine explore --proof " + none.string() + " " + scenario("seed/per-device-pools.json")).code, 64);
}

TEST_F(Certificates, AProofWithoutFaultsSaysSo) {
  const std::string path = scenario("seed/shared-pools.json");
  const analysis::Certificate certificate = prove(path, false);
  write("proof.json", analysis::write_certificate(certificate, path));
  const Outcome outcome = dmstall("verify " + (folder_ / "proof.json").string());
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("without faults"), std::string::npos) << outcome.out;
  // The same ranks do not prove it with the faults of the file.
  analysis::Certificate boast = certificate;
  boast.with_faults = true;
  write("boast.json", analysis::write_certificate(boast, path));
  const Outcome refused = dmstall("verify " + (folder_ / "boast.json").string());
  EXPECT_EQ(refused.code, 21) << refused.out;
  EXPECT_EQ(refused.out, "");
}

TEST_F(Certificates, AnOrderThatProvesNothingIsRefused) {
  const std::string path = scenario("seed/per-device-pools.json");
  analysis::Certificate certificate = prove(path, true);
  std::reverse(certificate.groups.begin(), certificate.groups.end());
  write("proof.json", analysis::write_certificate(certificate, path));
  const Outcome outcome = dmstall("verify " + (folder_ / "proof.json").string());
  EXPECT_EQ(outcome.code, 21) << outcome.out;
  EXPECT_NE(outcome.err.find("refused: "), std::string::npos) << outcome.err;
}

TEST_F(Certificates, ChangedFilesAreRefused) {
  const fs::path copy = write("stack.json", read(scenario("seed/per-device-pools.json")));
  const std::string text = analysis::write_certificate(prove(copy.string(), true), "elsewhere/stack.json");
  const std::string certificate = write("proof.json", text).string();
  EXPECT_EQ(dmstall("verify " + certificate).code, 0) << "found beside the certificate";
  EXPECT_EQ(dmstall("verify --scenario " + scenario("seed/per-device-pools.json") + " " + certificate).code, 0) << "the same bytes elsewhere";

  const Outcome other = dmstall("verify --scenario " + scenario("seed/shared-pools.json") + " " + certificate);
  EXPECT_EQ(other.code, 65);
  EXPECT_NE(other.err.find("the SHA-256 differs"), std::string::npos) << other.err;
  const Outcome nowhere = dmstall("verify --scenario nowhere.json " + certificate);
  EXPECT_EQ(nowhere.code, 65);
  EXPECT_NE(nowhere.err.find("--scenario says where it is"), std::string::npos) << nowhere.err;

  std::string changed = text;
  changed.replace(changed.find("upper."), 6, "lower.");
  const Outcome tampered = dmstall("verify " + write("changed.json", changed).string());
  EXPECT_EQ(tampered.code, 65);
  EXPECT_NE(tampered.err.find("its digest does not fit"), std::string::npos) << tampered.err;
  EXPECT_EQ(dmstall("verify " + (folder_ / "nothing.json").string()).code, 65);
  EXPECT_EQ(dmstall("verify " + copy.string()).code, 65) << "a scenario is no certificate";
  EXPECT_EQ(dmstall("verify").code, 64);
}

}  // namespace
}  // namespace dmstall::tests
