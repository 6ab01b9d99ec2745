#include "analysis/use/evidence/witness_file.hpp"

#include <fmt/format.h>

#include <array>
#include <new>
#include <stdexcept>
#include <utility>

#include "analysis/json.hpp"
#include "analysis/use/evidence/document.hpp"
#include "analysis/use/evidence/sha256.hpp"
#include "analysis/version.hpp"

namespace dmstall::analysis {

namespace {

using models::AlternativeKind;

constexpr std::array<std::pair<AlternativeKind, std::string_view>, 7> kind_names = {
    {{AlternativeKind::go_on, "go_on"},
     {AlternativeKind::allocator, "allocator"},
     {AlternativeKind::page, "page"},
     {AlternativeKind::reserve, "reserve"},
     {AlternativeKind::sleep, "sleep"},
     {AlternativeKind::refused, "refused"},
     {AlternativeKind::branch, "branch"}}};

std::string_view name_of(AlternativeKind kind) {
  for (const auto& [known, name] : kind_names) {
    if (known == kind) return name;
  }
  return {};
}

AlternativeKind kind_of(const std::string& name) {
  for (const auto& [kind, known] : kind_names) {
    if (known == name) return kind;
  }
  throw std::runtime_error(fmt::format("no move is called \"{}\"", name));
}

WitnessFile witness_from(const Json& document) {
  WitnessFile file;
  file.version = document.at("dmstall").get<std::string>();
  file.kernel = document.at("models").get<std::string>();
  file.scenario_file = document.at("scenario").at("file").get<std::string>();
  file.scenario_sha256 = document.at("scenario").at("sha256").get<std::string>();
  const auto engine = engine_from(document.at("engine").get<std::string>());
  const auto verdict = models::verdict_from(document.at("verdict").get<std::string>());
  if (!engine || !verdict) throw std::runtime_error("unknown engine or verdict");
  file.engine = *engine;
  file.verdict = *verdict;
  file.seed = document.at("seed").get<std::uint64_t>();
  file.witness.complete = document.at("complete").get<bool>();
  if (!document.at("moves").is_array()) throw std::runtime_error(misshapen_document);
  for (const Json& move : document.at("moves")) {
    models::RecordedStep step;
    step.token = move.at(0).get<std::int64_t>();
    if (move.at(1) == "start") {
      step.start_class = move.at(2).get<std::int32_t>();
    } else {
      step.kind = kind_of(move.at(1).get<std::string>());
      step.index = move.at(2).get<std::int32_t>();
    }
    file.witness.steps.push_back(step);
  }
  file.witness.stuck = document.at("stuck_tokens").get<std::vector<std::int64_t>>();
  return file;
}

}  // namespace

bool has_witness(const RunReport& report) {
  const bool stuck = report.verdict == models::VerdictKind::deadlock || report.verdict == models::VerdictKind::stall;
  return stuck && !report.error && !report.witness.stuck.empty();
}

std::string write_witness(const RunReport& report, const std::string& scenario_text) {
  const bool searched = report.found_by == Engine::explore && report.exploration.has_value();
  Json document{{"dmstall_witness", 1}, {"dmstall", program_version()}, {"models", report.kernel.text()}};
  document["scenario"] =
      Json{{"file", path_in_document(report.file)}, {"name", report.scenario}, {"sha256", sha256(scenario_text)}};
  document["verdict"] = std::string(to_string(report.verdict));
  document["exit_code"] = static_cast<int>(report.code);
  document["kind"] = std::string(to_string(report.stuck.kind));
  document["circle"] = report.stuck.circle;
  document["waited_for"] = report.stuck.waited_for;
  document["relieved_by_memory"] = report.relieved_by_memory;
  document["engine"] = searched ? "explore" : "simulate";
  document["seed"] = report.seed;
  document["assumptions"] = report.assumptions;
  if (searched) {
    const Exploration& search = *report.exploration;
    document["needs"] = Json{{"requests", search.requests},
                             {"fewest_requests", search.fewest_requests},
                             {"faults", search.faults},
                             {"failed_allocations", search.failures},
                             {"steps", report.witness.steps.size()}};
    document["point_of_no_return"] =
        search.no_return ? Json{{"step", *search.no_return}, {"exact", search.no_return_exact}} : Json();
  }
  Json steps = Json::array(), moves = Json::array();
  for (const NarratedStep& step : report.narrative) {
    steps.push_back({{"step", step.number},
                     {"who", step.who},
                     {"does", step.what},
                     {"functions", step.functions},
                     {"request", step.request}});
  }
  for (const models::RecordedStep& step : report.witness.steps) {
    if (step.start_class >= 0) {
      moves.push_back({step.token, "start", step.start_class});
    } else {
      moves.push_back({step.token, std::string(name_of(step.kind)), step.index});
    }
  }
  document["steps"] = std::move(steps);
  document["complete"] = report.witness.complete;
  document["moves"] = std::move(moves);
  document["stuck_tokens"] = report.witness.stuck;
  document["digest"] = digest_of(document);
  // A witness of a thousand steps can still be read and compared.
  return one_line_each(document, {"steps", "moves"});
}

WitnessRead read_witness(const std::string& text) {
  WitnessRead result;
  result.refusal = read_sealed(text, "dmstall_witness", "witness",
                               [&](const Json& document) { result.file = witness_from(document); });
  return result;
}

}  // namespace dmstall::analysis
