// A sizing for people: plain text and Markdown.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/report/bytes_text.hpp"
#include "analysis/report/judgement_text.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/size_report.hpp"
#include "analysis/report/table.hpp"
#include "analysis/report/verdict_colours.hpp"

namespace dmstall::analysis {

namespace {

using models::VerdictKind;

template <typename Holds>
std::vector<int> sizes_where(const SizeSeries& series, const Holds& holds) {
  std::vector<int> sizes;
  for (const SizeRow& row : series.rows) {
    if (holds(row)) sizes.push_back(row.size);
  }
  return sizes;
}

/// "1-3,7" of sizes of which three or more follow each other.
std::string compact(const std::vector<int>& sizes, const char* between, const char* apart) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < sizes.size();) {
    std::size_t last = i;
    while (last + 1 < sizes.size() && sizes[last + 1] == sizes[last] + 1) ++last;
    if (last == i + 1) last = i;  // two are said one by one
    parts.push_back(last == i ? fmt::format("{}", sizes[i]) : fmt::format("{}{}{}", sizes[i], between, sizes[last]));
    i = last + 1;
  }
  return parts.empty() ? "none" : fmt::format("{}", fmt::join(parts, apart));
}

std::string sizing_verdict(const SizeRow& row) {
  return row.judgement.error ? "ERROR" : std::string(to_string(row.judgement.verdict));
}

Table table_of(const Sizing& sizing, const SizeSeries& series) {
  Table table;
  table.columns = {{"size ", true}, {"verdict", false}, {"by", false}};
  const bool witnesses =
      std::any_of(series.rows.begin(), series.rows.end(), [](const SizeRow& row) { return row.judgement.witness; });
  if (witnesses) table.columns.insert(table.columns.end(), {{"needs", false}, {"kind", false}});
  if (sizing.bytes_known && !sizing.sized.parameter) table.columns.push_back({"bytes", true});
  if (sizing.bytes_known) table.columns.push_back({"all reserves, bytes", true});
  for (const SizeRow& row : series.rows) {
    std::vector<std::string> cells = {fmt::format("{}{}", row.size, row.size == sizing.sized.now ? "*" : " "),
                                      sizing_verdict(row), basis_text(row.judgement)};
    if (witnesses) {
      cells.push_back(row.judgement.witness ? needs_text(row.judgement) : "-");
      cells.emplace_back(row.judgement.kind ? to_string(*row.judgement.kind) : "-");
    }
    if (sizing.bytes_known && !sizing.sized.parameter) cells.push_back(grouped(row.pool_bytes));
    if (sizing.bytes_known) cells.push_back(grouped(row.all_bytes));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

std::string top_of(const Sizing& sizing) {
  return sizing.sized.parameter ? fmt::format("up to {}, the most that the kernel takes", sizing.sized.largest)
                                : "of any size";
}

std::vector<std::string> summary(const Sizing& sizing, const SizeSeries& series) {
  std::vector<std::string> lines;
  lines.push_back("safe: " + set_text(sizes_where(series, [](const SizeRow& row) { return row.safe(); })));
  const std::vector<int> unsafe = sizes_where(series, [](const SizeRow& row) { return !row.safe() && !row.open(); });
  const std::vector<int> open = sizes_where(series, [](const SizeRow& row) { return row.open(); });
  lines.push_back("not safe: " + set_text(unsafe));
  if (!open.empty()) lines.push_back("open: " + set_text(open));
  const int last = series.rows.back().size;
  if (const SizeRow* from = series.safe_from()) {
    lines.push_back(
        fmt::format("{} and above: PROVED, {} (the certificate of {} was checked there, too, and holds in between)",
                    from->size, top_of(sizing), from->size));
  } else if (last < sizing.sized.largest) {
    lines.push_back(fmt::format("above {}: not known; no proof found here covers other sizes than its own", last));
  }
  for (const SizeRow& row : series.rows) {
    if (row.open()) lines.push_back(fmt::format("size {}: {}", row.size, to_text(row.judgement.reasons)));
  }
  return lines;
}

std::string cost(const Sizing& sizing, const SizeRow& row) {
  return sizing.bytes_known ? fmt::format("{}: {}", row.size, bytes_in_units(row.all_bytes))
                            : fmt::format("{}", row.size);
}

/// Shared against private, each at its least safe size.
std::vector<std::string> sharing_summary(const Sizing& sizing) {
  if (sizing.series.size() < 2) return {};
  const SizeRow *shared = sizing.series[0].smallest_safe(), *apart = sizing.series[1].smallest_safe();
  const char* of = sizing.bytes_known ? " (all reserves)" : "";
  std::vector<std::string> lines;
  const auto none_of = [](const SizeSeries& series) {
    const bool open =
        std::any_of(series.rows.begin(), series.rows.end(), [](const SizeRow& row) { return row.open(); });
    return open ? "no size of the range is known to be safe" : "no size of the range is safe";
  };
  if (shared == nullptr) {
    lines.push_back(fmt::format("sharing: {}", none_of(sizing.series[0])));
  } else {
    const SizeRow* from = sizing.series[0].safe_to_the_end();
    lines.push_back(fmt::format("sharing: the smallest safe size is {}{}{}", cost(sizing, *shared), of,
                                from == nullptr  ? "; a larger one of the range is not"
                                : from == shared ? ""
                                                 : fmt::format("; from {} on every size of the range is", from->size)));
  }
  lines.push_back(apart == nullptr
                      ? fmt::format("private pools: {}", none_of(sizing.series[1]))
                      : fmt::format("private pools: the smallest safe size is {}{}", cost(sizing, *apart), of));
  if (shared != nullptr && apart != nullptr && sizing.bytes_known) {
    const std::int64_t difference = apart->all_bytes - shared->all_bytes;
    lines.push_back(difference > 0
                        ? fmt::format("sharing saves {}", bytes_in_units(difference))
                        : fmt::format("sharing saves nothing: it costs {} more", bytes_in_units(-difference)));
  }
  return lines;
}

std::vector<std::string> next_steps(const Sizing& sizing) {
  std::vector<std::string> lines;
  for (const std::string& pool : sizing.elsewhere)
    lines.push_back(fmt::format("stuck on {}; its own sizes: dmstall size --pool {} {}", pool, pool, sizing.file));
  return lines;
}

std::vector<std::string> head(const Sizing& sizing) {
  std::vector<std::string> lines;
  for (const SizeRow& row : sizing.series.front().rows) {
    if (row.judgement.assumptions.empty()) continue;
    lines = row.judgement.assumptions;
    break;
  }
  if (sizing.sized.machine_wide) {
    lines.push_back(fmt::format("{}: one for the whole machine", sizing.sized.name));
  } else if (sizing.sized.devices.size() > 1) {
    lines.push_back(fmt::format("{}: {} {} devices", sizing.sized.name,
                                sizing.sized.sharing_rule.empty() ? "one in each of" : "one for",
                                sizing.sized.devices.size()));
  }
  return lines;
}

std::string title_of(const Sizing& sizing, const SizeSeries& series) {
  if (sizing.series.size() < 2 && !series.private_pools) return "";
  return series.private_pools ? "with pools of their own" : "shared, as in the file";
}

std::string headline(const Sizing& sizing) {
  std::vector<int> sizes = sizes_where(sizing.series.front(), [](const SizeRow&) { return true; });
  return fmt::format(
      "{}: {}{}", sizing.sized.name, set_text(sizes),
      sizing.interrupted ? fmt::format(", interrupted: {} sizes are not here", sizing.rows_left_out) : "");
}

}  // namespace

std::string set_text(const std::vector<int>& sizes) {
  return compact(sizes, " to ", ", ");
}

std::string sizing_result_line(const Sizing& sizing) {
  const SizeSeries& series = sizing.series.front();
  const auto set = [&](const auto& holds) { return compact(sizes_where(series, holds), "-", ","); };
  const SizeRow* from = series.safe_from();
  return fmt::format("RESULT {} SIZED pool={} sizes={} safe={} unsafe={} open={} from={} digest={:016x}",
                     sizing.scenario, sizing.sized.name, set([](const SizeRow&) { return true; }),
                     set([](const SizeRow& row) { return row.safe(); }),
                     set([](const SizeRow& row) { return !row.safe() && !row.open(); }),
                     set([](const SizeRow& row) { return row.open(); }),
                     from == nullptr ? "none" : fmt::format("{}", from->size), sizing.digest);
}

std::string sizing_text(const Sizing& sizing, bool colour) {
  std::string out = fmt::format("SIZED  {}  {}\n", sizing.file, headline(sizing));
  for (const std::string& line : head(sizing)) out += wrapped(line);
  for (const SizeSeries& series : sizing.series) {
    const std::string title = title_of(sizing, series);
    out += title.empty() ? "\n" : fmt::format("\n  {}\n", title);
    const std::string table = text_table(table_of(sizing, series), 2);
    out += colour ? with_verdict_colours(table) : table;
    for (const std::string& line : summary(sizing, series)) out += wrapped(line);
  }
  const std::vector<std::string> sharing = sharing_summary(sizing);
  if (!sharing.empty()) out += "\n";
  for (const std::string& line : sharing) out += wrapped(line);
  for (const std::string& line : next_steps(sizing)) out += wrapped(line);
  if (std::any_of(sizing.series.front().rows.begin(), sizing.series.front().rows.end(),
                  [&](const SizeRow& row) { return row.size == sizing.sized.now; })) {
    out += wrapped("* the size in the file");
  }
  return out + sizing_result_line(sizing) + "\n";
}

std::string sizing_markdown(const Sizing& sizing) {
  std::string out = fmt::format("# {}: {}\n\n`{}`\n\n", sizing.scenario, headline(sizing), sizing.file);
  const auto list = [&](const std::vector<std::string>& lines) {
    for (const std::string& line : lines) out += fmt::format("- {}\n", line);
    if (!lines.empty()) out += "\n";
  };
  list(head(sizing));
  for (const SizeSeries& series : sizing.series) {
    const std::string title = title_of(sizing, series);
    if (!title.empty()) out += fmt::format("## {}\n\n", title);
    out += markdown_table(table_of(sizing, series)) + "\n";
    list(summary(sizing, series));
  }
  list(sharing_summary(sizing));
  list(next_steps(sizing));
  return out + fmt::format("`{}`\n", sizing_result_line(sizing));
}

}  // namespace dmstall::analysis
