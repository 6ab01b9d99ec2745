#include "analysis/report/proof_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/report/omissions_text.hpp"
#include "analysis/report/wrapped.hpp"

namespace dmstall::analysis {

namespace {

constexpr std::size_t most_in_summary = 60;  ///< things of the chain
constexpr std::size_t most_held = 6;

/// "a > b > (c, d) > e": what shares a rank stands together.
std::vector<std::string> chain(const std::vector<RankedWait>& ranks) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < ranks.size();) {
    std::size_t end = i;
    while (end < ranks.size() && ranks[end].rank == ranks[i].rank) ++end;
    for (std::size_t j = i; j < end; ++j) {
      const bool alone = end - i == 1;
      words.push_back(fmt::format("{}{}{}", !alone && j == i ? "(" : "", ranks[j].thing,
                                  alone          ? ""
                                  : j + 1 == end ? ")"
                                                 : ","));
    }
    if (end < ranks.size()) words.back() += " >";
    i = end;
  }
  return words;
}

}  // namespace

std::string order_of_waits(const RunReport& report) {
  constexpr std::size_t most = 24;
  std::vector<std::string> words = chain(report.proof->ranks);
  const std::size_t more = words.size() > most ? words.size() - most : 0;
  words.resize(words.size() - more);
  return fmt::format("{}{}", fmt::join(words, " "), more > 0 ? fmt::format(" … and {} more", more) : "");
}

std::string proof_summary(const RunReport& report) {
  const Proof& proof = *report.proof;
  std::string out = "  who holds one of these waits only for those behind it:\n";
  std::vector<std::string> words = chain(proof.ranks);
  if (words.size() > most_in_summary) {
    const std::size_t more = words.size() - most_in_summary;
    words.resize(most_in_summary);
    words.push_back(fmt::format("… and {} more", more));
  }
  if (words.empty())
    words.emplace_back(proof.certificate.groups.empty() ? "(nobody waits for anything)"
                                                        : fmt::format("({} things)", proof.certificate.groups.size()));
  add_wrapped(words, "    ", out);
  if (proof.rung == 2)
    out += fmt::format(
        "  where waits go round (in brackets): {} cases of equations over {} ways to wait, none with a solution\n",
        proof.cases, proof.columns);
  for (const EventRule& rule : proof.certificate.events) {
    out += rule.counter.empty() ? fmt::format("  {} comes: every path of {} signals it\n", rule.event, rule.owed_by)
                                : fmt::format(
                                      "  {} comes: the last one counted in {} broadcasts it, and {} is held from the "
                                      "count until the others wait\n",
                                      rule.event, rule.counter, rule.guard);
  }
  out += "  covers: any schedule, the faults and the memory above, any number of kernel threads\n";
  out += limits_of_a_proof(report.kernel.text(), report.omissions);
  return out;
}

std::string proof_text(const RunReport& report) {
  if (!report.proves()) return {};
  std::string out = "\n  proof, from the highest rank down: what is waited for, where, and what is held meanwhile\n";
  for (const RankedWait& each : report.proof->ranks) {
    out += fmt::format("  {:>5}  {}\n", each.rank, each.thing);
    for (const std::string& function : each.functions) out += fmt::format("           in       {}\n", function);
    if (each.held.empty()) continue;
    const auto shown = std::vector<std::string>(
        each.held.begin(), each.held.begin() + static_cast<std::ptrdiff_t>(std::min(each.held.size(), most_held)));
    out += fmt::format("           holding  {}{}\n", fmt::join(shown, ", "),
                       each.held.size() > most_held ? fmt::format(" and {} above", each.held.size() - most_held) : "");
  }
  return out;
}

}  // namespace dmstall::analysis
