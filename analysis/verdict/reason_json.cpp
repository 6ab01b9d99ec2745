#include "analysis/verdict/reason_json.hpp"

#include <cstddef>
#include <utility>

#include "analysis/json.hpp"

namespace dmstall::analysis {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Refusal, kind, names, at, figure, of, held)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(MoveRefusal, kind, step, figure, what)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Objection, kind, names, figure, of, more, seconds, turn)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SearchBound, kind, amount, seconds, requests, flag, of, of_class, leaves)

namespace because {

// What has nothing to say but its name.
template <typename Empty>
void nothing_to(nlohmann::json& json, const Empty&) {
  json = nlohmann::json::object();
}
#define DMSTALL_WITHOUT_FIGURES(Type)                      \
  void to_json(nlohmann::json& json, const Type& reason) { \
    nothing_to(json, reason);                              \
  }                                                        \
  void from_json(const nlohmann::json&, Type&) {}

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RunCompleted, seed, end_s)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RunStalled, seed)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RunStopped, seed, end_s, by, finished, requests)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RunStuck, seed, at_s, steps)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RecordCut, at_s, refusal)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RunOutOfTime, simulated_s)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RunOutOfSteps, steps)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RunGivenUp, steps)
DMSTALL_WITHOUT_FIGURES(RunTooLarge)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Exhausted, requests, states, starvation_open)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StuckSet, least, requests, faults, failures, steps)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Endless, tasks)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Overtaken, tasks, from_step, steps)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SearchEnded, bound)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Proved, scope, by_equations)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(NotProved, why, timeout_raises)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(NotChecked, refusal)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SystemMemory, whole_process)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(WallTime, seconds, flag)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(WallTimeOfAll, seconds)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ProcessMemory, mib)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(NoAnswer, signal, status, said)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Replayed, steps, file, claimed, found)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RunRefused, at_s, refusal)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StuckSetRefused, refusal)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RoundRefused, refusal)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CertificateRefused, refusal)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Contradiction, proved, seed, file)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ScenarioWrong, said)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(NotCompiled, file, line, column, said)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(NotRead, said)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Crashed, end)

#undef DMSTALL_WITHOUT_FIGURES

}  // namespace because

namespace {

template <std::size_t index = 0>
Reason reason_from(std::size_t kind, const nlohmann::json& data) {
  if constexpr (index == std::variant_size_v<Reason>) {
    throw nlohmann::json::out_of_range::create(401, "no such reason", &data);
  } else {
    if (kind == index) return data.get<std::variant_alternative_t<index, Reason>>();
    return reason_from<index + 1>(kind, data);
  }
}

}  // namespace

nlohmann::json json_of(const Reasons& reasons) {
  nlohmann::json all = nlohmann::json::array();
  for (const Reason& reason : reasons)
    all.push_back({reason.index(), std::visit([](const auto& each) { return nlohmann::json(each); }, reason)});
  return all;
}

Reasons reasons_from(const nlohmann::json& json) {
  Reasons reasons;
  for (const nlohmann::json& each : json) reasons.push_back(reason_from(each.at(0).get<std::size_t>(), each.at(1)));
  return reasons;
}

}  // namespace dmstall::analysis
