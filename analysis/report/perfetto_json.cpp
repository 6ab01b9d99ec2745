#include <fmt/format.h>

#include <ostream>
#include <string>

#include "analysis/json.hpp"
#include "analysis/report/perfetto.hpp"
#include "analysis/version.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

// Processes of the document.
constexpr int lanes_process = 1, pools_process = 2, memory_process = 3;

std::string json_string(std::string_view text) {
  return models::printable_json(Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace));
}

/// Microseconds with all their nanoseconds.
std::string microseconds(sim::Nanoseconds time) {
  return fmt::format("{}.{:03}", time / 1000, time % 1000);
}

const char* category_of(sim::SliceKind kind) {
  switch (kind) {
    case sim::SliceKind::runs:
      return "runs";
    case sim::SliceKind::waits:
      return "waits";
    case sim::SliceKind::spends:
      return "spends";
    case sim::SliceKind::calls:
      return "calls";
  }
  return "";
}

std::string process_name(int process, const char* name) {
  return fmt::format(R"("ph":"M","pid":{},"name":"process_name","args":{{"name":"{}"}})", process, name);
}

}  // namespace

PerfettoWriter::PerfettoWriter(std::ostream& out, const std::string& title) : out_(out) {
  out_ << fmt::format(R"({{"displayTimeUnit":"ns","otherData":{{"program":{},"scenario":{}}},"traceEvents":[)",
                      json_string("dmstall " + program_version()), json_string(title));
}

void PerfettoWriter::finish() {
  out_ << "\n]}\n";
}

void PerfettoWriter::event(const std::string& text) {
  out_ << (any_ ? ",\n{" : "\n{") << text << '}';
  any_ = true;
}

void PerfettoWriter::begins(const models::Machine& machine) {
  machine_ = &machine;
  event(process_name(lanes_process, "threads and bios"));
  event(process_name(pools_process, "pools: what is left"));
  event(process_name(memory_process, "memory: pages"));
}

void PerfettoWriter::lane(std::size_t lane, const std::string& name) {
  event(fmt::format(R"("ph":"M","pid":{},"tid":{},"name":"thread_name","args":{{"name":{}}})", lanes_process, lane + 1,
                    json_string(name)));
}

void PerfettoWriter::opens(sim::Nanoseconds now, std::size_t lane, sim::SliceKind kind, const std::string& text,
                           const std::string& functions) {
  const std::string arguments =
      functions.empty() ? std::string() : fmt::format(R"(,"args":{{"functions":{}}})", json_string(functions));
  event(fmt::format(R"("ph":"B","pid":{},"tid":{},"ts":{},"cat":"{}","name":{}{})", lanes_process, lane + 1,
                    microseconds(now), category_of(kind), json_string(text), arguments));
}

void PerfettoWriter::closes(sim::Nanoseconds now, std::size_t lane) {
  event(fmt::format(R"("ph":"E","pid":{},"tid":{},"ts":{})", lanes_process, lane + 1, microseconds(now)));
}

void PerfettoWriter::flow(sim::Nanoseconds now, char phase, std::int64_t token, std::size_t lane) {
  event(fmt::format(R"("ph":"{}","pid":{},"tid":{},"ts":{},"id":{},"cat":"bio","name":"bio {}"{})", phase,
                    lanes_process, lane + 1, microseconds(now), token, token, phase == 'f' ? R"(,"bp":"e")" : ""));
}

void PerfettoWriter::hop(sim::Nanoseconds now, std::int64_t token, std::size_t from, bool first) {
  if (first) flow(now, 's', token, from);
}

void PerfettoWriter::arrives(sim::Nanoseconds now, std::int64_t token, std::size_t to, bool last) {
  flow(now, last ? 'f' : 't', token, to);
}

void PerfettoWriter::level(sim::Nanoseconds now, models::ResourceId resource, std::int32_t left) {
  event(fmt::format(R"("ph":"C","pid":{},"ts":{},"name":{},"args":{{"left":{}}})", pools_process, microseconds(now),
                    json_string(machine_->resources[static_cast<std::size_t>(resource)].name), left));
}

void PerfettoWriter::note(sim::Nanoseconds now, std::string_view text) {
  event(fmt::format(R"("ph":"i","s":"g","pid":{},"tid":0,"ts":{},"name":{})", lanes_process, microseconds(now),
                    json_string(text)));
}

void PerfettoWriter::pages(sim::Nanoseconds now, const models::PageCounts& counts) {
  event(fmt::format(
      R"("ph":"C","pid":{},"ts":{},"name":"pages","args":{{"free":{},"clean":{},"dirty":{},"writeback":{},"hog":{}}})",
      memory_process, microseconds(now), counts.free, counts.clean, counts.all_dirty(), counts.writeback, counts.hog));
}

}  // namespace dmstall::analysis
