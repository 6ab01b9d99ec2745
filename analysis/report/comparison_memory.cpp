// The part of a comparison about reserved memory.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "analysis/report/bytes_text.hpp"
#include "analysis/report/comparison_sections.hpp"
#include "analysis/use/compare/spread.hpp"

namespace dmstall::analysis {

namespace {

/// Rows whose devices keep the same memory.
struct MemoryGroup {
  const models::Footprint* memory = nullptr;
  std::vector<std::size_t> rows;
};

std::string kind_of(const models::FootprintLine& line) {
  return line.target + "." + line.kind;
}

bool same_memory(const models::Footprint& a, const models::Footprint& b) {
  return a.bytes == b.bytes && a.shared_bytes == b.shared_bytes &&
         std::equal(a.lines.begin(), a.lines.end(), b.lines.begin(), b.lines.end(),
                    [](const models::FootprintLine& x, const models::FootprintLine& y) {
                      return kind_of(x) == kind_of(y) && x.pools == y.pools && x.elements == y.elements &&
                             x.bytes == y.bytes;
                    });
}

std::vector<MemoryGroup> groups_of(const Comparison& comparison) {
  std::vector<MemoryGroup> groups;
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    const models::Footprint& memory = *comparison.rows[i].memory;
    const auto known = std::find_if(groups.begin(), groups.end(), [&](const MemoryGroup& group) {
      return group.memory == &memory || same_memory(*group.memory, memory);
    });
    if (known == groups.end()) {
      groups.push_back({&memory, {comparison.rows[i].number - 1}});
    } else {
      known->rows.push_back(comparison.rows[i].number - 1);
    }
  }
  return groups;
}

const models::FootprintLine* line_of(const models::Footprint& memory, const std::string& kind) {
  const auto found = std::find_if(memory.lines.begin(), memory.lines.end(),
                                  [&](const models::FootprintLine& line) { return kind_of(line) == kind; });
  return found == memory.lines.end() ? nullptr : &*found;
}

std::int64_t bytes_of(const models::Footprint& memory, const std::string& kind) {
  const models::FootprintLine* line = line_of(memory, kind);
  return line == nullptr ? 0 : line->bytes;
}

/// Kinds of pools that hold bytes in some group, in the order in which they are created.
std::vector<std::string> kinds_of(const std::vector<MemoryGroup>& groups) {
  std::vector<std::string> kinds;
  for (const MemoryGroup& group : groups) {
    for (const models::FootprintLine& line : group.memory->lines) {
      if (line.bytes > 0 && std::find(kinds.begin(), kinds.end(), kind_of(line)) == kinds.end())
        kinds.push_back(kind_of(line));
    }
  }
  return kinds;
}

/// The kind that is worth a formula: of those that differ between the groups the one with most bytes.
std::string kind_in_question(const std::vector<MemoryGroup>& groups, const std::vector<std::string>& kinds) {
  std::string best;
  std::int64_t best_bytes = -1;
  bool best_differs = false;
  for (const std::string& kind : kinds) {
    std::set<std::int64_t> bytes;
    for (const MemoryGroup& group : groups) bytes.insert(bytes_of(*group.memory, kind));
    const bool differs = bytes.size() > 1;
    if (std::pair(differs, *bytes.rbegin()) > std::pair(best_differs, best_bytes))
      best = kind, best_bytes = *bytes.rbegin(), best_differs = differs;
  }
  return best;
}

/// Other kinds whose largest part is as large: "; the same of verity.bufio_client".
std::string kinds_alike(const models::Footprint& memory, const models::FootprintLine& line) {
  std::string others;
  const models::FootprintPart& part = line.parts.front();
  for (const models::FootprintLine& other : memory.lines) {
    if (kind_of(other) == kind_of(line) || other.parts.empty()) continue;
    const models::FootprintPart& theirs = other.parts.front();
    if (theirs.what == part.what && theirs.count == part.count && theirs.bytes_each == part.bytes_each)
      others += (others.empty() ? "" : ", ") + kind_of(other);
  }
  return others.empty() ? "" : fmt::format("; the same of {}", others);
}

/// "59 × 16 × 4096 B = 3,866,624 B = 3.87 MB = 3.69 MiB"
std::string formula(const models::FootprintLine& line) {
  const models::FootprintPart& part = line.parts.front();  // the largest
  const bool even = line.elements_each > 0 && line.pools * line.elements_each == part.count;
  const std::string count =
      even ? fmt::format("{} × {}", line.pools, line.elements_each) : fmt::format("{}", part.count);
  const std::int64_t bytes = part.count * part.bytes_each;
  return fmt::format("{} × {} B = {}", count, part.bytes_each, bytes_in_units(bytes));
}

std::vector<std::string> targets_of(const std::vector<MemoryGroup>& groups) {
  std::vector<std::string> targets;
  for (const MemoryGroup& group : groups) {
    for (const models::FootprintDevice& device : group.memory->devices) {
      if (device.bytes > 0 && std::find(targets.begin(), targets.end(), device.target) == targets.end())
        targets.push_back(device.target);
    }
  }
  return targets;
}

/// All pools of the target's devices, shared ones included.
std::int64_t all_of(const models::Footprint& memory, const std::string& target) {
  std::int64_t sum = 0;
  for (const models::FootprintLine& line : memory.lines) sum += line.target == target ? line.bytes : 0;
  return sum;
}

/// What one device of the target keeps for itself, the median of them.
std::int64_t one_device(const models::Footprint& memory, const std::string& target) {
  std::vector<double> bytes;
  for (const models::FootprintDevice& device : memory.devices) {
    if (device.target == target) bytes.push_back(static_cast<double>(device.bytes));
  }
  return bytes.empty() ? 0 : static_cast<std::int64_t>(spread_of(std::move(bytes)).median);
}

std::string rows_text(const std::vector<std::size_t>& rows) {
  return fmt::format("row{} {}", rows.size() == 1 ? "" : "s", row_numbers(rows));
}

/// Kinds are lines and groups columns: there are many kinds and, mostly, few different amounts.
Table table_of(const std::vector<MemoryGroup>& groups, std::size_t first, std::size_t last,
               const std::vector<std::string>& kinds) {
  Table table;
  table.columns.push_back({"rows", false});
  for (std::size_t i = first; i < last; ++i) table.columns.push_back({row_numbers(groups[i].rows), true});
  const auto add = [&](const std::string& what, const auto& bytes) {
    std::vector<std::string> cells = {what};
    for (std::size_t i = first; i < last; ++i) cells.push_back(size_text(bytes(*groups[i].memory)));
    table.rows.push_back(std::move(cells));
  };
  for (const std::string& kind : kinds)
    add(kind, [&](const models::Footprint& memory) { return bytes_of(memory, kind); });
  add("all", [](const models::Footprint& memory) { return memory.bytes; });
  add("of it shared", [](const models::Footprint& memory) { return memory.shared_bytes; });
  add("of it never used", [](const models::Footprint& memory) { return memory.never_used_bytes; });
  for (const std::string& target : targets_of(groups)) {
    add(fmt::format("all of {}", target), [&](const models::Footprint& memory) { return all_of(memory, target); });
  }
  for (const std::string& target : targets_of(groups)) {
    add(fmt::format("own of one {}", target),
        [&](const models::Footprint& memory) { return one_device(memory, target); });
  }
  add("beside: rescuers", [](const models::Footprint& memory) { return memory.rescuers * memory.rescuer_bytes; });
  return table;
}

}  // namespace

std::vector<Section> memory_sections(const Comparison& comparison) {
  constexpr std::size_t most_columns = 7, most_groups = 4 * most_columns;
  const std::string title = "reserved memory by kind of pool";
  const std::vector<MemoryGroup> groups = groups_of(comparison);
  const std::vector<std::string> kinds = kinds_of(groups);
  if (kinds.empty()) return {{title, {}, {}, {"nothing in this scenario reserves memory of a known size"}}};
  // What is the same everywhere needs no column.
  std::vector<std::string> differing;
  std::string same;
  for (const std::string& kind : kinds) {
    const std::int64_t first = bytes_of(*groups.front().memory, kind);
    if (groups.size() == 1 || std::any_of(groups.begin(), groups.end(), [&](const MemoryGroup& group) {
          return bytes_of(*group.memory, kind) != first;
        })) {
      differing.push_back(kind);
    } else {
      same += fmt::format("{}{} {}", same.empty() ? "the same in all rows: " : ", ", kind, size_text(first));
    }
  }
  std::vector<Section> sections;
  const std::size_t shown = std::min(groups.size(), most_groups);
  for (std::size_t first = 0; first < shown; first += most_columns) {
    const std::size_t last = std::min(shown, first + most_columns);
    sections.push_back({first == 0 ? title : title + ", continued", table_of(groups, first, last, differing), {}, {}});
  }
  std::vector<std::string>& lines = sections.back().after;
  if (shown < groups.size())
    lines.push_back(fmt::format("{} more amounts are not shown; --format json has all", groups.size() - shown));
  if (!same.empty()) lines.push_back(same);
  const std::string question = kind_in_question(groups, kinds);
  std::vector<std::pair<std::string, std::vector<std::size_t>>> formulas;
  for (std::size_t i = 0; i < shown; ++i) {
    const MemoryGroup& group = groups[i];
    const models::FootprintLine* line = line_of(*group.memory, question);
    if (line == nullptr || line->parts.empty()) continue;
    const std::string text = fmt::format("{} of {}: {}{}", line->parts.front().what, question, formula(*line),
                                         kinds_alike(*group.memory, *line));
    auto known = std::find_if(formulas.begin(), formulas.end(), [&](const auto& said) { return said.first == text; });
    if (known == formulas.end()) known = formulas.insert(known, {text, {}});
    known->second.insert(known->second.end(), group.rows.begin(), group.rows.end());
  }
  for (auto& [text, rows] : formulas) {
    std::sort(rows.begin(), rows.end());
    lines.push_back(fmt::format("{}: {}", rows_text(rows), text));
  }
  for (const std::string& line : groups.front().memory->not_counted) lines.push_back("not counted: " + line);
  return sections;
}

}  // namespace dmstall::analysis
