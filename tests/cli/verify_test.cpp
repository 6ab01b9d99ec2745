// Certificates from the command line: accepted with 0, changed files 65, a certificate that proves nothing 21.
#include <algorithm>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/prove/prove.hpp"
#include "analysis/report/objection_text.hpp"
#include "analysis/use/evidence/certificate_file.hpp"
#include "analysis/use/evidence/sha256.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"
#include "tests/cli/program_test.hpp"

namespace dmstall::tests {
namespace {

class Certificates : public ProgramTest {
 protected:
  [[nodiscard]] analysis::Certificate prove(const std::string& path, bool with_faults) const {
    auto read = models::read_scenario_file(path);
    EXPECT_TRUE(read.scenario);
    if (!with_faults) read.scenario->faults = {.given = true, .any = false, .list = {}};
    analysis::Proof proof =
        analysis::prove(analysis::any_number_of_threads(models::compile(models::build_program(*read.scenario))));
    EXPECT_TRUE(proof.proved) << to_text(proof.objection);
    proof.certificate.scenario = read.scenario->name;
    proof.certificate.sha256 = analysis::sha256(this->read(path));
    proof.certificate.with_faults = with_faults;
    return proof.certificate;
  }

  /// What a certificate of this file, with its faults, has to name.
  [[nodiscard]] static analysis::Certificate of_the_file(const std::string& path) {
    analysis::Certificate names;
    const models::Program program = models::build_program(*models::read_scenario_file(path).scenario);
    names.kernel = program.kernel;
    for (const models::Omission& omission : program.omissions) {
      (omission.effect == models::Effect::hides_deadlock ? names.could_matter : names.cannot_matter)
          .push_back(omission.id);
    }
    return names;
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
  EXPECT_NE(outcome.out.find("\nRESULT seed-per-device-pools VERIFIED any_number=yes with_faults=yes "),
            std::string::npos)
      << outcome.out;
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
  EXPECT_EQ(
      dmstall("run --engine explore --proof " + none.string() + " " + scenario("seed/per-device-pools.json")).code, 64);
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
  const analysis::Certificate covers = of_the_file(path);
  boast.could_matter = covers.could_matter;
  boast.cannot_matter = covers.cannot_matter;
  write("boast.json", analysis::write_certificate(boast, path));
  const Outcome refused = dmstall("verify " + (folder_ / "boast.json").string());
  EXPECT_EQ(refused.code, 21) << refused.out;
  EXPECT_EQ(refused.out, "");
}

// A proof is about models that lack something: a certificate that does not name it, or names it as harmless, is
// refused.
TEST_F(Certificates, WhatTheModelsLeaveOutBelongsToTheProof) {
  const std::string path = scenario("seed/per-device-pools.json");
  const analysis::Certificate certificate = prove(path, true);
  ASSERT_FALSE(certificate.could_matter.empty());
  ASSERT_FALSE(certificate.cannot_matter.empty());
  const std::string id = certificate.could_matter.front();
  const auto verified = [&](const analysis::Certificate& changed) {
    write("proof.json", analysis::write_certificate(changed, path));
    return dmstall("verify " + (folder_ / "proof.json").string());
  };
  const Outcome accepted = verified(certificate);
  EXPECT_EQ(accepted.code, 0) << accepted.err;
  EXPECT_NE(accepted.out.find(id), std::string::npos) << accepted.out;

  analysis::Certificate silent = certificate;
  silent.could_matter.erase(silent.could_matter.begin());
  const Outcome refused = verified(silent);
  EXPECT_EQ(refused.code, 65) << refused.out;
  EXPECT_NE(refused.err.find("does not name what the models leave out today and what could matter: " + id),
            std::string::npos)
      << refused.err;

  analysis::Certificate harmless = silent;
  harmless.cannot_matter.push_back(id);
  EXPECT_EQ(verified(harmless).code, 65);

  analysis::Certificate old = certificate;
  old.cannot_matter.emplace_back("verity.what-was-modelled-since");
  const Outcome other = verified(old);
  EXPECT_EQ(other.code, 65);
  EXPECT_NE(other.err.find("what these models do not: verity.what-was-modelled-since"), std::string::npos) << other.err;
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
  EXPECT_EQ(dmstall("verify --scenario " + scenario("seed/per-device-pools.json") + " " + certificate).code, 0)
      << "the same bytes elsewhere";

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
