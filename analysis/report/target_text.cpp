#include "analysis/report/target_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>
#include <vector>

#include "analysis/report/omissions_text.hpp"

namespace dmstall::analysis {

namespace {

std::vector<std::string> names_of(const std::vector<const models::ModelPart*>& parts) {
  std::vector<std::string> names;
  for (const models::ModelPart* part : parts) names.push_back(part->name);
  return names;
}

}  // namespace

std::string target_text(const models::TargetDescription& target) {
  std::string out = fmt::format("{}: {}\n  source: {}\n", target.id, target.about, target.source);
  if (!target.parts.empty()) out += fmt::format("  made of: {}\n", fmt::join(names_of(target.parts), ", "));
  if (!target.modelled) out += "  not modelled yet: scenarios that use it are refused\n";
  out += "  parameters:\n";
  for (const models::Parameter& parameter : target.parameters) {
    std::string value = parameter.default_text.empty() ? (parameter.required ? "required" : "optional")
                                                       : "default " + parameter.default_text;
    if (!parameter.unit.empty()) value += " " + parameter.unit;
    out += fmt::format("    {:<18} {:<24} {}\n", parameter.name, value, parameter.help);
  }
  out += "  pools:\n";
  if (target.device_mapper) {
    for (const models::PoolDescription& pool : models::common_pools())
      out += fmt::format("    {:<18} {:<40} size {}\n", pool.name, pool.holds, pool.sized_by);
  }
  for (const models::PoolDescription& pool : target.pools)
    out += fmt::format("    {:<18} {:<40} size {}\n", pool.name, pool.holds, pool.sized_by);
  std::vector<models::Omission> omissions;
  for (const models::ModelPart* part : target.parts) {
    omissions.insert(omissions.end(), part->omissions.begin(), part->omissions.end());
  }
  return out + omissions_in_full(models::in_order(std::move(omissions)));
}

}  // namespace dmstall::analysis
