#include "analysis/verdict/prove_few.hpp"

#include <utility>

#include "analysis/engines/verify/alike.hpp"
#include "analysis/verdict/explore_scenario.hpp"
#include "analysis/verdict/prove_scenario.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/alike.hpp"
#include "models/targets/build_few.hpp"

namespace dmstall::analysis {

namespace {

constexpr std::size_t worth_it = 64;  ///< stacks of one kind: fewer are proved with all of their names

std::vector<AlikeNames> in_names(const std::vector<models::AlikeStacks>& kinds) {
  std::vector<AlikeNames> all;
  for (const models::AlikeStacks& kind : kinds) {
    AlikeNames& names = all.emplace_back();
    for (const models::NamedStack& stack : kind) names.push_back({stack.devices, stack.workload});
  }
  return all;
}

}  // namespace

std::optional<FewProof> prove_few(const models::Scenario& scenario, const RunOptions& options, bool alone) {
  const std::vector<models::AlikeStacks> kinds = models::alike_stacks(scenario, worth_it);
  if (kinds.empty()) return std::nullopt;
  std::optional<models::Program> program = models::build_program_of_few(scenario, kinds);
  if (!program) return std::nullopt;
  FewProof few;
  few.times_as_many = static_cast<double>(scenario.devices.size()) /
                      static_cast<double>(models::with_few(scenario, kinds, models::stacks_of_few).devices.size());
  few.machine = searched_machine(scenario, models::compile(*program));
  program.reset();
  RunOptions by_ranks = options;
  by_ranks.prover.equations = false;
  few.finding = prove_scenario(few.machine, by_ranks, alone);
  if (few.finding.answer.error) return few;
  if (!few.finding.proves() || !few.finding.proof->certificate.any_number) return std::nullopt;
  Certificate& certificate = few.finding.proof->certificate;
  certificate.alike = in_names(kinds);
  if (const FewStacks checked = check_alike(scenario, certificate); checked.refusal) {
    few.finding.answer = no_answer(models::ExitCode::engines_disagree, because::CertificateRefused{checked.refusal});
    few.finding.proof->proved = false;
  }
  return few;
}

}  // namespace dmstall::analysis
