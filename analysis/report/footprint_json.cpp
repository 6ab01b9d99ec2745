
#include "analysis/json.hpp"
#include "analysis/report/footprint_report.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

Json one(const models::FootprintLine& line) {
  Json parts = Json::array();
  for (const models::FootprintPart& part : line.parts)
    parts.push_back({{"what", part.what}, {"count", part.count}, {"bytes_each", part.bytes_each}});
  Json row{{"target", line.target},
           {"kind", line.kind},
           {"pools", line.pools},
           {"devices", line.devices},
           {"elements", line.elements}};
  if (line.elements_each >= 0) row["elements_each"] = line.elements_each;
  row["bytes"] = line.bytes;
  row["never_used_bytes"] = line.never_used;
  row["parts"] = parts;
  return row;
}

}  // namespace

std::string footprint_json(const models::Footprint& footprint) {
  Json lines = Json::array(), devices = Json::array();
  for (const models::FootprintLine& line : footprint.lines) lines.push_back(one(line));
  for (const models::FootprintDevice& device : footprint.devices) {
    devices.push_back({{"name", device.name}, {"target", device.target}, {"bytes", device.bytes}});
  }
  const Json json{{"bytes", footprint.bytes},
                  {"shared_bytes", footprint.shared_bytes},
                  {"never_used_bytes", footprint.never_used_bytes},
                  {"rescuers", footprint.rescuers},
                  {"rescuer_bytes", footprint.rescuer_bytes},
                  {"architecture", footprint.layout.architecture},
                  {"page_kib", footprint.layout.page_kib},
                  {"compiled", footprint.layout.compiled()},
                  {"lower_bound", footprint.lower_bound},
                  {"lines", lines},
                  {"devices", devices},
                  {"not_counted", footprint.not_counted}};
  // Names in a scenario may be any UTF-8; what is not is replaced rather than refused.
  return models::printable_json(json.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace dmstall::analysis
