#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "analysis/report/bytes_text.hpp"
#include "analysis/report/footprint_report.hpp"
#include "analysis/report/table.hpp"
#include "models/kernel/sizes.hpp"

namespace dmstall::analysis {

namespace {

std::string name_of(const models::FootprintLine& line) {
  return fmt::format("{}.{}", line.target, line.kind);
}

/// "59 × 16 × 4,096 B = …" where all pools are alike, "18 × 4,096 B = …" where not.
std::string formula(const models::FootprintLine& line, const models::FootprintPart& part) {
  const bool alike = line.elements_each >= 0 && line.pools * line.elements_each == part.count;
  const std::string count =
      alike ? fmt::format("{} × {}", grouped(line.pools), grouped(line.elements_each)) : grouped(part.count);
  return fmt::format("{} × {} B = {}", count, grouped(part.bytes_each), bytes_in_units(part.count * part.bytes_each));
}

void add_table(const models::Footprint& footprint, std::string& out) {
  std::size_t width = 4;
  for (const models::FootprintLine& line : footprint.lines) width = std::max(width, name_of(line).size());
  out += fmt::format("  {:<{}} {:>8} {:>8} {:>10} {:>8} {:>14}\n", "pool", width, "pools", "devices", "elements",
                     "each", "bytes");
  for (const models::FootprintLine& line : footprint.lines) {
    const bool pool = line.elements > 0 || line.elements_each >= 0;
    const std::string each = !pool ? "" : line.elements_each < 0 ? "differ" : grouped(line.elements_each);
    const std::string bytes = line.bytes == 0 && line.elements > 0 ? "not known" : grouped(line.bytes);
    out +=
        fmt::format("  {:<{}} {:>8} {:>8} {:>10} {:>8} {:>14}\n", name_of(line), width, pool ? grouped(line.pools) : "",
                    grouped(line.devices), pool ? grouped(line.elements) : "", each, bytes);
  }
}

void add_formulas(const models::Footprint& footprint, std::string& out) {
  std::size_t name_width = 0, what_width = 0;
  std::vector<const models::FootprintLine*> lines;
  for (const models::FootprintLine& line : footprint.lines) {
    if (line.bytes == 0) continue;
    lines.push_back(&line);
    name_width = std::max(name_width, name_of(line).size());
    what_width = std::max(what_width, line.parts.front().what.size());
  }
  if (lines.empty()) return;
  std::stable_sort(lines.begin(), lines.end(), [](const auto* a, const auto* b) { return a->bytes > b->bytes; });
  out += "  largest part of each:\n";
  for (const models::FootprintLine* line : lines) {
    const models::FootprintPart& part = line->parts.front();
    out += fmt::format("    {:<{}}  {:<{}}  {}\n", name_of(*line), name_width, part.what, what_width,
                       formula(*line, part));
  }
}

void add_devices(const models::Footprint& footprint, std::string& out) {
  // Devices of one target that cost the same are one line, in the order in which the first of them appears.
  std::map<std::pair<std::string, std::int64_t>, std::size_t> known;
  std::vector<std::tuple<const models::FootprintDevice*, std::int64_t>> alike;
  for (const models::FootprintDevice& device : footprint.devices) {
    if (device.bytes == 0) continue;
    const auto [at, fresh] = known.emplace(std::pair(device.target, device.bytes), alike.size());
    if (fresh) alike.emplace_back(&device, 0);
    ++std::get<1>(alike[at->second]);
  }
  if (alike.empty()) return;
  out += fmt::format("  devices{}:\n", footprint.shared_bytes > 0 ? ", shared pools apart" : "");
  for (const auto& [device, count] : alike) {
    const std::string who = count == 1 ? device->name : fmt::format("{} and {} more", device->name, grouped(count - 1));
    out += fmt::format("    {} ({})  {}{}\n", who, device->target, count == 1 ? "" : "each ",
                       bytes_in_units(device->bytes));
  }
}

}  // namespace

std::string size_facts_text(const models::MemoryLayout& layout) {
  Table table;
  table.columns = {{"what", false}, {"bytes", true}, {"", false}, {"how", false}, {"where (Linux 6.1.192)", false}};
  for (const models::SizeFact& fact : models::size_facts(layout)) {
    const char* known = !layout.compiled() && fact.by_page ? "derived" : "compiled";
    table.rows.push_back({fact.what, fact.bytes == 0 ? "differs" : grouped(fact.bytes), known, fact.how, fact.source});
  }
  return fmt::format("sizes: {}, pages of {} KiB, as the allocator rounds them; verity with sha256\n",
                     layout.architecture, layout.page_kib) +
         text_table(table, 2);
}

std::string footprint_text(const models::Footprint& footprint) {
  if (footprint.devices.empty()) return "";
  std::string out = fmt::format("memory in reserve: {}{}\n", footprint.lower_bound ? "at least " : "",
                                bytes_in_units(footprint.bytes));
  if (footprint.shared_bytes > 0)
    out += fmt::format("  of it shared between devices: {}\n", bytes_in_units(footprint.shared_bytes));
  if (footprint.never_used_bytes > 0) {
    out += fmt::format("  of it reserved but never used: {} (vectors for bios that fit into their inline ones)\n",
                       bytes_in_units(footprint.never_used_bytes));
  }
  if (footprint.layout.architecture != models::MemoryLayout{}.architecture) {
    out += fmt::format("  {} with pages of {} KiB{}\n", footprint.layout.architecture, footprint.layout.page_kib,
                       footprint.layout.compiled() ? "" : ": what depends on the page size is derived");
  }
  if (!footprint.lines.empty()) add_table(footprint, out);
  add_formulas(footprint, out);
  add_devices(footprint, out);
  if (footprint.rescuers > 0) {
    out += fmt::format("  beside the reserves: rescuer threads, one for each workqueue of a device: {} × {} B = {}\n",
                       grouped(footprint.rescuers), grouped(footprint.rescuer_bytes),
                       bytes_in_units(footprint.rescuers * footprint.rescuer_bytes));
  }
  for (const std::string& line : footprint.not_counted) out += fmt::format("  not counted: {}\n", line);
  return out;
}

}  // namespace dmstall::analysis
