#include <fmt/format.h>

#include "analysis/digest.hpp"
#include "analysis/json.hpp"
#include "analysis/report/expectation_text.hpp"
#include "analysis/report/omissions_text.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/repair_text.hpp"
#include "analysis/report/run_report.hpp"
#include "analysis/verdict/expectations.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

Json latency(const sim::LatencySummary& of) {
  return {{"count", of.count},
          {"mean_us", of.mean_us},
          {"p50_us", of.p50_us},
          {"p99_us", of.p99_us},
          {"max_us", of.max_us}};
}

Json shared(const RunReport& report) {
  Json rows = Json::array();
  for (const SharedThing& each : report.shared) {
    Json pairs = Json::array();
    for (const auto& [upper, lower] : each.stands_on) pairs.push_back({upper, lower});
    rows.push_back(
        {{"pool", each.resource}, {"elements", each.capacity}, {"devices", each.devices}, {"stand_on", pairs}});
  }
  return rows;
}

std::string_view name_of(Circles::End end) {
  switch (end) {
    case Circles::End::all:
      return "all";
    case Circles::End::open:
      return "open";
    case Circles::End::searches:
      return "searches";
    case Circles::End::time:
      break;
  }
  return "time";
}

std::string_view name_of(FoundCircle::Stock stock) {
  switch (stock) {
    case FoundCircle::Stock::not_asked:
      return "not_asked";
    case FoundCircle::Stock::stands:
      return "stands";
    case FoundCircle::Stock::gone:
      return "gone";
    case FoundCircle::Stock::unknown:
      break;
  }
  return "unknown";
}

/// What the stack can get stuck on, and whether that is all (`end`: "all").
Json circles(const Circles& of) {
  Json rows = Json::array();
  for (const FoundCircle& each : of.found) {
    rows.push_back({{"kind", std::string(to_string(each.kind))},
                    {"circle", each.resources},
                    {"requests", each.requests},
                    {"faults", each.faults},
                    {"failed_allocations", each.failures},
                    {"relieved_by_memory", each.relieved_by_memory},
                    {"behind", each.behind},
                    {"without_sharing_and_changes", std::string(name_of(each.stock))}});
  }
  return {{"found", rows}, {"searches", of.searches}, {"end", std::string(name_of(of.end))}};
}

Json stuck(const RunReport& report) {
  Json threads = Json::array();
  for (const models::BlockedThread& thread : report.stuck.threads) {
    Json row{{"who", thread.who}, {"request", thread.request}, {"waits_for", thread.waits_for}};
    if (thread.resource != models::no_resource) {
      row["resource"] = report.machine.resources[static_cast<std::size_t>(thread.resource)].name;
      row["free"] = thread.available;
      row["capacity"] = thread.capacity;
    }
    row["since_step"] = thread.since_step;
    row["in_call"] = thread.in_call;
    if (thread.goes_round) row["goes_round"] = true;
    row["held_by"] = thread.held_by;
    row["holds"] = thread.holds;
    if (!thread.bio.empty()) row["for"] = Json{{"bio", thread.bio}, {"holds", thread.bio_holds}};
    row["functions"] = thread.functions;
    row["alike"] = thread.alike;
    threads.push_back(row);
  }
  return {{"kind", std::string(to_string(report.stuck.kind))},
          {"requests", report.stuck.requests},
          {"at_s", report.simulated ? Json(report.simulation.stuck_at_s) : Json()},
          {"relieved_by_memory", report.relieved_by_memory},
          {"circle", report.stuck.circle},
          {"threads_in_circle", report.stuck.in_circle},
          {"shared", shared(report)},
          {"waited_for", report.stuck.waited_for},
          {"threads", threads},
          {"witness_steps", report.witness_steps}};
}

/// Accounted memory, in pages of 4 KiB.
Json accounted(const sim::MemoryMetrics& of) {
  const models::PageCounts& end = of.at_end;
  const Json at_end{{"free", end.free},
                    {"clean", end.clean},
                    {"dirty", end.dirty},
                    {"writeback", end.writeback},
                    {"hog", end.hog},
                    {"pools", end.pools},
                    {"unreclaimable", end.unreclaimable}};
  return {{"total", of.total},
          {"min", of.marks.min},
          {"low", of.marks.low},
          {"high", of.marks.high},
          {"lowest_free", of.lowest_free},
          {"below_min_s", of.below_min_s},
          {"refused", of.refused},
          {"oom_kills", of.oom_kills},
          {"reclaimed_directly", of.reclaimed_directly},
          {"reclaimed_by_kswapd", of.reclaimed_by_kswapd},
          {"dirtied", of.dirtied},
          {"written", of.written},
          {"swapped", of.swapped},
          {"throttled_s", of.throttled_s},
          {"waited_for_memory_s", of.waited_for_memory_s},
          {"at_end", at_end}};
}

Json figures(const RunReport& report) {
  const sim::Result& run = report.simulation;
  Json classes = Json::array(), services = Json::array(), devices = Json::array(), resources = Json::array(),
       stalls = Json::array();
  for (const sim::ClassMetrics& of : run.classes) {
    classes.push_back({{"name", of.name},
                       {"device", of.device},
                       {"total", of.total},
                       {"started", of.started},
                       {"finished", of.finished},
                       {"errors", of.failed},
                       {"errors_by", of.failed_by},
                       {"bytes", of.bytes},
                       {"mib_per_s", of.mib_per_s},
                       {"latency", latency(of.latency)}});
  }
  for (const sim::ServiceMetrics& of : run.services)
    services.push_back({{"name", of.device}, {"latency", latency(of.latency)}});
  for (const sim::DeviceMetrics& of : run.devices) {
    devices.push_back({{"name", of.name},
                       {"reads", of.reads},
                       {"writes", of.writes},
                       {"flushes", of.flushes},
                       {"bytes", of.bytes},
                       {"busy_s", of.busy_s},
                       {"max_in_flight", of.max_in_flight},
                       {"latency", latency(of.latency)}});
  }
  for (const sim::ResourceMetrics& of : run.resources) {
    resources.push_back({{"name", of.name},
                         {"capacity", of.capacity},
                         {"lowest_free", of.lowest_free},
                         {"takes", of.takes},
                         {"from_allocator", of.from_allocator},
                         {"from_reserve", of.from_reserve},
                         {"waits", of.waits},
                         {"polls", of.polls},
                         {"longest_wait_s", of.longest_wait_s}});
  }
  for (const sim::Stall& of : run.stalls) {
    stalls.push_back({{"from_s", of.from_s}, {"to_s", of.to_s}, {"polls", of.polls}, {"resource", of.resource}});
  }
  Json json{{"simulated_s", run.sim_time_s},
            {"steps", run.steps},
            {"polls", run.polls},
            {"most_threads", run.most_threads},
            {"longest_request_s", run.longest_request_s},
            {"requests", classes},
            {"devices", services},
            {"disks", devices},
            {"resources", resources},
            {"stalls", stalls}};
  if (run.memory) json["memory_pages"] = accounted(*run.memory);
  return json;
}

Json point_of_no_return(const RunReport& report) {
  const Exploration& of = *report.exploration;
  if (!of.no_return) return {};
  Json json{{"step", *of.no_return}, {"exact", of.no_return_exact}};
  if (report.decision) {
    json["instead"] = report.decision->instead;
    json["others"] = report.decision->others;
  }
  return json;
}

Json search(const RunReport& report) {
  const Exploration& of = *report.exploration;
  Json json{{"verdict", std::string(to_string(of.verdict))},
            {"population", of.population},
            {"searches", of.searches},
            {"states", of.states},
            {"largest_search", of.largest},
            {"seconds", of.seconds}};
  json["reductions_off"] = switched_off(of.reductions);
  if (!of.bound.empty()) json["bound"] = to_text(of.bound);
  if (of.verdict == models::VerdictKind::deadlock) {
    json["needs"] =
        Json{{"requests", of.requests},           {"fewest_requests", of.fewest_requests}, {"faults", of.faults},
             {"failed_allocations", of.failures}, {"steps", report.witness.steps.size()},  {"least", of.least}};
    json["point_of_no_return"] = point_of_no_return(report);
  }
  return json;
}

Json steps(const std::vector<NarratedStep>& narrative) {
  Json rows = Json::array();
  for (const NarratedStep& step : narrative)
    rows.push_back({{"step", step.number},
                    {"who", step.who},
                    {"does", step.what},
                    {"functions", step.functions},
                    {"request", step.request}});
  return rows;
}

Json proof(const RunReport& report) {
  const Proof& of = *report.proof;
  Json json{{"proved", of.proved},   {"rung", of.rung},   {"positions", of.positions},
            {"columns", of.columns}, {"cases", of.cases}, {"seconds", of.seconds}};
  if (!of.proved) {
    json["reason"] = why_not_proved(report);
    if (!of.candidate_waits.empty()) json["candidate"] = of.candidate_waits;
    return json;
  }
  json["any_number_of_requests"] = of.certificate.any_number;
  Json ranks = Json::array();
  for (const RankedWait& each : of.ranks)
    ranks.push_back({{"rank", each.rank}, {"thing", each.thing}, {"functions", each.functions}, {"held", each.held}});
  json["ranks"] = ranks;
  return json;
}

/// All of them, those that could matter first.
Json omissions(const RunReport& report) {
  Json rows = Json::array();
  for (const models::Omission& each : report.omissions) {
    rows.push_back({{"id", each.id},
                    {"function", each.function},
                    {"what", each.what},
                    {"effect", std::string(to_string(each.effect))},
                    {"could_matter", could_matter(each, report.verdict)},
                    {"reason", each.reason}});
  }
  return rows;
}

Json unpooled(const models::Machine& machine) {
  Json sites = Json::array();
  for (const models::FoldedSite& of : models::fold_sites(machine.unpooled_sites)) {
    sites.push_back(
        {{"what", of.site.what}, {"devices", of.devices}, {"function", of.site.function}, {"gfp", of.site.gfp}});
  }
  return sites;
}

Json one(const RunReport& report) {
  Json json{{"file", report.file},
            {"scenario", report.scenario},
            {"verdict", report.error ? "ERROR" : std::string(to_string(report.verdict))},
            {"exit_code", static_cast<int>(report.code)}};
  if (report.error) {
    json["error"] = error_text(report);
    return json;
  }
  json["engine"] = std::string(to_string(report.engine));
  json["seed"] = report.seed;
  json["reason"] = reason_text(report);
  json["assumptions"] = report.assumptions;
  json["unpooled_allocations"] = unpooled(report.machine);
  json["kernel"] = report.kernel.text();
  json["leaves_out"] = omissions(report);
  if (report.reserved_bytes) json["reserved_bytes"] = *report.reserved_bytes;
  if (report.without_faults) json["without_faults"] = to_text(*report.without_faults);
  if (report.verdict == models::VerdictKind::deadlock) json["stuck"] = stuck(report);
  if (report.verdict == models::VerdictKind::livelock) {
    json["goes_round"] = Json{{"threads", stuck(report)["threads"]},
                              {"round_from_step", report.round_from > 0 ? Json(report.round_from) : Json()}};
  }
  if (report.verdict == models::VerdictKind::starvation) {
    json["starves"] = Json{{"threads", stuck(report)["threads"]},
                           {"waited_for", report.stuck.waited_for},
                           {"round_from_step", report.exploration->round_from + 1}};
  }
  if (report.expect) {
    json["not_as_expected"] = unmet_lines(report);
    json["not_checked"] = unchecked_expectations(report);
  }
  if (report.proof) json["proof"] = proof(report);
  if (report.exploration) json["search"] = search(report);
  for (const Repair& repair : report.repairs) {
    json["repairs"].push_back(
        {{"change", to_text(repair.change)}, {"outcome", to_text(repair.outcome)}, {"possible", repair.offered}});
  }
  json["repairs_tried"] = report.repairs_tried;
  if (report.repairs_cut) json["repairs_cut"] = true;
  if (report.circles) json["circles"] = circles(*report.circles);
  if (report.apart) {
    json["without_sharing"] =
        Json{{"verdict", std::string(to_string(report.apart->verdict))}, {"circle", report.apart->circle}};
  }
  if (!report.narrative.empty()) json["witness"] = steps(report.narrative);
  if (report.simulated) {
    json["run"] = figures(report);
  }
  if (report.simulated || report.exploration) json["digest"] = in_hex(digest_of(report));
  return json;
}

}  // namespace

std::string run_json_part(const RunReport& report) {
  // Names in a scenario may be any UTF-8; what is not is replaced rather than refused.
  return one(report).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string run_json_of_parts(const std::vector<std::string>& parts, models::ExitCode code,
                              const std::vector<std::string>& interrupted) {
  Json runs = Json::array();
  for (const std::string& part : parts) runs.push_back(Json::parse(part));
  if (!interrupted.empty()) code = models::ExitCode::interrupted;
  Json document{{"format", 1}, {"exit_code", static_cast<int>(code)}};
  if (!interrupted.empty()) document["interrupted"] = interrupted;
  document["runs"] = std::move(runs);
  return models::printable_json(document.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

std::string run_report_json(const std::vector<RunReport>& reports, const std::vector<std::string>& interrupted) {
  std::vector<std::string> parts;
  models::ExitCode code = models::ExitCode::progress;
  for (const RunReport& report : reports) {
    parts.push_back(run_json_part(report));
    code = models::more_severe(code, report.code);
  }
  return run_json_of_parts(parts, code, interrupted);
}

}  // namespace dmstall::analysis
