// Certificates as files: what is written is read again, what was changed is refused, and where somebody repairs the
// digest after a change, the checker decides by arithmetic.
#include "analysis/use/evidence/certificate_file.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <random>
#include <regex>

#include "analysis/report/refusal_text.hpp"
#include "analysis/use/evidence/document.hpp"
#include "tests/oracle/builder.hpp"
#include "tests/verify/certificates.hpp"

namespace dmstall::tests {
namespace {

using namespace steps;
using analysis::read_certificate;
using analysis::write_certificate;

bool same(const Cases& a, const Cases& b) {
  const auto same_row = [](const Multiplier& x, const Multiplier& y) {
    return x.row == y.row && x.target == y.target && x.of_class == y.of_class && x.times == y.times;
  };
  return a.split == b.split &&
         std::equal(a.branches.begin(), a.branches.end(), b.branches.begin(), b.branches.end(), same) &&
         std::equal(a.multipliers.begin(), a.multipliers.end(), b.multipliers.begin(), b.multipliers.end(), same_row);
}

bool same(const Certificate& a, const Certificate& b) {
  const auto same_group = [](const analysis::RankGroup& x, const analysis::RankGroup& y) {
    return x.things == y.things && x.cases.has_value() == y.cases.has_value() && (!x.cases || same(*x.cases, *y.cases));
  };
  const auto same_rule = [](const analysis::EventRule& x, const analysis::EventRule& y) {
    return x.event == y.event && x.counter == y.counter && x.guard == y.guard && x.owed_by == y.owed_by;
  };
  return a.scenario == b.scenario && a.sha256 == b.sha256 && a.with_faults == b.with_faults &&
         a.any_number == b.any_number && a.could_matter == b.could_matter && a.cannot_matter == b.cannot_matter &&
         std::equal(a.groups.begin(), a.groups.end(), b.groups.begin(), b.groups.end(), same_group) &&
         std::equal(a.events.begin(), a.events.end(), b.events.begin(), b.events.end(), same_rule);
}

Certificate every_kind() {
  Certificate certificate = ranked({{"b", "c"}, {"e"}, {"f"}, {"completion of read \"lower\" (ä)"}});
  certificate.scenario = "all kinds";
  certificate.sha256 = std::string(64, 'a');
  certificate.with_faults = certificate.any_number = false;
  certificate.could_matter = {"verity.uevent"};
  certificate.cannot_matter = {"disk.tags", "dm-io.bvec-pool"};
  certificate.groups[0].cases =
      split({"b", 4},
            leaf({somebody(), waits({"b", 4}, "7/2"), supply({"b", 4}), bound("r", "12"), requests("task t0", "1/3")}),
            split({"c", 1, true}, leaf({supply({"c", 1, true})}), leaf({})));
  certificate.events = {{"e", "count", "lock", ""}, {"f", "", "", "t1"}, {"g", "count", "", ""}};
  return certificate;
}

TEST(CertificateFile, WhatIsWrittenIsRead) {
  const auto read = read_certificate(write_certificate(every_kind(), "scenarios/a b.json"));
  ASSERT_TRUE(read.file) << read.refusal;
  EXPECT_TRUE(same(read.file->certificate, every_kind()));
  EXPECT_EQ(read.file->scenario_file, "scenarios/a b.json");
}

/// As somebody would who wants to get away with a change.
std::string with_its_digest(const std::string& text) {
  auto document = analysis::parse_document(text);
  document["digest"] = analysis::digest_of(document);
  return document.dump(1);
}

TEST(CertificateFile, OtherDocumentsAreRefused) {
  const std::string text = write_certificate(every_kind());
  const auto refusal = [](const std::string& changed) { return read_certificate(changed).refusal; };
  const auto replaced = [&](const std::string& from, const std::string& to) {
    EXPECT_NE(text.find(from), std::string::npos) << from;
    std::string changed = text;
    return with_its_digest(changed.replace(changed.find(from), from.size(), to));
  };
  EXPECT_EQ(refusal(with_its_digest(text)), "");
  EXPECT_EQ(refusal("{}"), "not a certificate of version 1");
  EXPECT_EQ(refusal("[]"), "not a certificate of version 1");
  EXPECT_EQ(refusal(replaced("\"dmstall_certificate\": 1", "\"dmstall_certificate\": 2")),
            "not a certificate of version 1");
  EXPECT_NE(refusal("{"), "");
  EXPECT_NE(refusal(std::string(200'000, '[')), "");
  EXPECT_EQ(refusal(replaced("\"rank\":2", "\"rank\":3")), "its ranks do not count 1, 2, 3, …");
  EXPECT_EQ(refusal(replaced("\"times\":\"7/2\"", "\"times\":3.5")), "\"times\" is missing or not what belongs there");
  EXPECT_EQ(refusal(replaced("\"need\":4", "\"need\":0")), "\"need\" is missing or not what belongs there");
  EXPECT_EQ(refusal(replaced("\"need\":4", "\"need\":4.5")), "\"need\" is missing or not what belongs there");
  EXPECT_EQ(refusal(replaced("\"row\":\"bound\"", "\"row\":\"somebody\"")),
            "a row \"somebody\" is about something else");
  EXPECT_EQ(refusal(replaced("\"row\":\"bound\"", "\"row\":\"bounds\"")), "no row is called \"bounds\"");
  EXPECT_EQ(refusal(replaced("\"with_faults\": false", "\"with_faults\": false, \"trust\": \"me\"")),
            "no key \"trust\" belongs there");
  EXPECT_EQ(refusal(replaced("\"left_out_could_matter\":[", "\"left_out_could_matter\":[7,")),
            "something else than a name where a name belongs");
  EXPECT_EQ(refusal(replaced("\"covers\"", "\"hides\"")), "no key \"hides\" belongs there");
  EXPECT_EQ(refusal(replaced("\"with_faults\": false", "\"with_faults\": 0")),
            "\"with_faults\" is missing or not what belongs there");
  EXPECT_EQ(refusal(replaced("\"models\": \"\"", "\"models\": 6.1")),
            "\"models\" is missing or not what belongs there");
  EXPECT_EQ(refusal(replaced("\"owed_by\":\"t1\"", "\"owed_by\":\"t1\",\"batch_of\":\"c\"")),
            "an event ends a batch or is owed by a class");
}

models::Program gate(int workers, int elements) {
  ProgramBuilder b("gate");
  const auto w = b.workers("workers", workers), p = b.mempool("pool", elements), l = b.semaphore("slot", 1);
  b.task("upper", {take(w), take(p), take(l), give(l), give(p), give(w)}, workers);
  b.task("lower", {take(l), take(p), give(p), give(l)});
  return b.program();
}

Certificate gate_certificate() {
  Certificate certificate = ranked({{"workers"}, {"pool", "slot"}});
  certificate.scenario = "gate";
  certificate.groups[1].cases = split({"pool"}, leaf({supply({"pool"}, "7/2"), bound("workers", "15/4")}),
                                      split({"slot"}, leaf({supply({"slot"}, "3")}), leaf({somebody("1")})));
  return certificate;
}

double value(const std::string& times) {
  const std::size_t slash = times.find('/');
  return slash == std::string::npos ? std::stod(times)
                                    : std::stod(times.substr(0, slash)) / std::stod(times.substr(slash + 1));
}

/// With multipliers s of the supply (bound 9) and w of the workers (bound -8): 9 s > 8 w, and s <= w because of who
/// holds one of each and waits for the slot. The other leaves take any multiplier; nothing else may have changed.
bool still_proves(const Certificate& changed) {
  Certificate back = changed;
  const Cases& cases = *changed.groups[1].cases;
  const double s = value(cases.branches[0].multipliers[0].times), w = value(cases.branches[0].multipliers[1].times);
  const Certificate original = gate_certificate();
  for (std::size_t i = 0; i < 2; ++i)
    back.groups[1].cases->branches[0].multipliers[i].times = original.groups[1].cases->branches[0].multipliers[i].times;
  for (std::size_t i = 0; i < 2; ++i)
    back.groups[1].cases->branches[1].branches[i].multipliers[0].times =
        original.groups[1].cases->branches[1].branches[i].multipliers[0].times;
  return same(back, original) && s <= w && 9 * s > 8 * w;
}

TEST(CertificateFile, AThousandChangedNumbers) {
  const models::Machine machine = models::compile(gate(8, 9));
  const std::string text = write_certificate(gate_certificate(), "gate.json");
  ASSERT_TRUE(analysis::verify(machine, read_certificate(text).file->certificate).accepted);
  // Every number between the name of the kernel and the digest, which are not claims.
  const std::regex numbers("[0-9]+");
  std::vector<std::pair<std::size_t, std::size_t>> places;
  const std::size_t from = text.find("\"with_faults\""), to = text.find("\"digest\"");
  for (std::sregex_iterator found(text.begin() + static_cast<std::ptrdiff_t>(from),
                                  text.begin() + static_cast<std::ptrdiff_t>(to), numbers),
       none;
       found != none; ++found) {
    places.emplace_back(from + static_cast<std::size_t>(found->position()), static_cast<std::size_t>(found->length()));
  }
  ASSERT_GT(places.size(), 10u);
  std::mt19937 random(3);
  int unread = 0, refused = 0, accepted = 0;
  for (int i = 0; i < 1'000;) {
    const auto [at, length] = places[random() % places.size()];
    const std::string number = std::to_string(random() % (random() % 2 == 0 ? 10 : 1'000));
    if (text.compare(at, length, number) == 0) continue;
    ++i;
    std::string changed = text;
    changed.replace(at, length, number);
    const auto as_it_is = read_certificate(changed);
    EXPECT_FALSE(as_it_is.file) << changed;
    EXPECT_EQ(as_it_is.refusal, "changed since it was written: its digest does not fit");

    const auto repaired = read_certificate(with_its_digest(changed));
    if (!repaired.file) {
      ++unread;
      continue;
    }
    const analysis::Verification found = analysis::verify(machine, repaired.file->certificate);
    (found.accepted ? accepted : refused) += 1;
    // Neither is anything refused that proves, as long as it can be computed at all.
    if (analysis::to_text(found.refusal).find("not an exact positive number") != std::string::npos) continue;
    EXPECT_EQ(found.accepted, still_proves(repaired.file->certificate)) << analysis::to_text(found.refusal) << changed;
  }
  std::printf("1000 changes: all noticed; with the digest repaired %d not read, %d refused, %d still prove\n", unread,
              refused, accepted);
  EXPECT_GT(unread, 50);
  EXPECT_GT(refused, 100);
  EXPECT_GT(accepted, 50);
}

}  // namespace
}  // namespace dmstall::tests
