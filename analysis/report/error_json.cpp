#include "analysis/report/error_json.hpp"

#include "analysis/json.hpp"
#include "analysis/version.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

std::string error_json(const std::string& error, models::ExitCode code) {
  const Json document{
      {"dmstall_error", 1}, {"version", program_version()}, {"exit_code", static_cast<int>(code)}, {"error", error}};
  return models::printable_json(document.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace dmstall::analysis
