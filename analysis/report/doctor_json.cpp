#include "analysis/json.hpp"
#include "analysis/report/doctor_report.hpp"

namespace dmstall::analysis {

namespace {

template <typename Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json path_or_null(const std::string& path) {
  return path.empty() ? Json(nullptr) : Json(path);
}

const char* name_of(NeededBy by) {
  return by == NeededBy::command ? "command" : by == NeededBy::output ? "output" : "source";
}

}  // namespace

std::string doctor_json(const Doctor& doctor) {
  Json installed = Json::array(), features = Json::array();
  for (const InstalledPart& part : doctor.installed)
    installed.push_back({{"name", part.name}, {"path", path_or_null(part.path)}});
  for (const FoundFeature& each : doctor.features) {
    Json programs = Json::array();
    for (const FoundProgram& program : each.programs)
      programs.push_back(
          {{"name", program.program.name}, {"package", program.program.package}, {"path", path_or_null(program.path)}});
    features.push_back({{"name", each.feature.name},
                        {"usage", each.feature.usage},
                        {"needed_by", name_of(each.feature.by)},
                        {"complete", each.complete()},
                        {"programs", std::move(programs)}});
  }
  const Json document{{"dmstall_doctor", 1},
                      {"version", doctor.version},
                      {"kernels", doctor.kernels},
                      {"well", doctor.well()},
                      {"program", doctor.program},
                      {"processors", doctor.processors},
                      {"memory_mib", or_null(doctor.memory_mib)},
                      {"available_mib", or_null(doctor.available_mib)},
                      {"group_limit_mib", or_null(doctor.group_limit_mib)},
                      {"process_limit_mib", or_null(doctor.process_limit_mib)},
                      {"search_mib", doctor.search_mib},
                      {"usable_mib", or_null(doctor.usable_mib())},
                      {"sees_its_memory", doctor.sees_its_memory},
                      {"temporary", path_or_null(doctor.temporary)},
                      {"columns", or_null(doctor.columns)},
                      {"colours", doctor.colours},
                      {"installed", std::move(installed)},
                      {"features", std::move(features)}};
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace dmstall::analysis
