// What a page shows of a run, as JSON.
#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

#include "analysis/json.hpp"
#include "analysis/report/expectation_text.hpp"
#include "analysis/report/first_screen.hpp"
#include "analysis/report/html/page.hpp"
#include "analysis/report/omissions_text.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/repair_text.hpp"
#include "analysis/report/result_line.hpp"
#include "analysis/report/run_report.hpp"
#include "analysis/verdict/expectations.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

/// Texts that come again and again, each once.
class Texts {
 public:
  std::size_t operator()(const std::string& text) {
    const auto [found, fresh] = places_.emplace(text, list_.size());
    if (fresh) list_.push_back(text);
    return found->second;
  }
  [[nodiscard]] const Json& list() const { return list_; }

 private:
  std::map<std::string, std::size_t> places_;
  Json list_ = Json::array();
};

Json page_circle(const RunReport& report, std::size_t in_circle) {
  Json threads = Json::array();
  for (const models::BlockedThread& each : report.stuck.threads) {
    Json row{{"who", each.who}, {"waits_for", each.waits_for}, {"alike", each.alike}, {"functions", each.functions}};
    if (each.resource != models::no_resource) {
      row["pool"] = report.machine.resources[static_cast<std::size_t>(each.resource)].name;
      row["free"] = each.available;
      row["capacity"] = each.capacity;
    }
    row["held_by"] = each.held_by;
    row["holds"] = each.holds;
    if (!each.bio.empty()) row["bio"] = {{"name", each.bio}, {"holds", each.bio_holds}};
    threads.push_back(std::move(row));
  }
  return {{"kind", std::string(to_string(report.stuck.kind))},
          {"size", in_circle},
          {"pools", report.stuck.circle},
          {"waited_for", report.stuck.waited_for},
          {"requests", report.stuck.requests},
          {"relieved_by_memory", report.relieved_by_memory},
          {"threads", threads}};
}

Json page_stack(const StackPicture& stack) {
  Json boxes = Json::array(), edges = Json::array(), shared = Json::array();
  for (const PicturedBox& each : stack.boxes) {
    Json pools = Json::array();
    for (const PicturedPool& pool : each.pools) pools.push_back({pool.name, pool.elements});
    boxes.push_back({{"name", each.name},
                     {"last", each.last},
                     {"what", each.what},
                     {"copies", each.copies},
                     {"level", each.level},
                     {"work", each.work},
                     {"pools", pools}});
  }
  for (const PicturedEdge& each : stack.edges)
    edges.push_back({{"from", each.from}, {"to", each.to}, {"roles", each.roles}});
  for (const SharedPool& each : stack.shared)
    shared.push_back(
        {{"name", each.name}, {"elements", each.elements}, {"devices", each.devices}, {"boxes", each.boxes}});
  return {{"boxes", boxes}, {"edges", edges}, {"shared", shared}};
}

Json page_wait(const WalkedWait& wait, Texts& texts) {
  return {wait.token, texts(wait.who), wait.resource, wait.n, texts(wait.functions)};
}

Json page_level(const WalkedLevel& level) {
  Json row{level.resource, level.left};
  if (level.writer || level.queued > 0) row.insert(row.end(), {level.writer ? 1 : 0, level.queued});
  return row;
}

/// Steps as rows: number, who, what, functions, request, levels, who began to wait, who waits no more.
Json page_walk(const RunReport& report, const WitnessWalk& walk) {
  Texts texts;
  Json resources = Json::object(), first = Json::array(), waiting = Json::array(), steps = Json::array();
  const auto know = [&](models::ResourceId id) {
    if (id == models::no_resource) return;
    const models::Resource& of = report.machine.resources[static_cast<std::size_t>(id)];
    resources[fmt::format("{}", id)] = {{"name", of.name},
                                        {"capacity", of.capacity},
                                        {"elements", models::has_elements(of.kind)},
                                        {"lock", of.kind == models::ResourceKind::rwsem}};
  };
  for (const WalkedLevel& each : walk.first) {
    know(each.resource);
    first.push_back(page_level(each));
  }
  for (const WalkedWait& each : walk.waiting) {
    know(each.resource);
    waiting.push_back(page_wait(each, texts));
  }
  for (const WalkedStep& step : walk.steps) {
    Json levels = Json::array(), waits = Json::array();
    for (const WalkedLevel& each : step.levels) levels.push_back(page_level(each));
    for (const WalkedWait& each : step.waits) {
      know(each.resource);
      waits.push_back(page_wait(each, texts));
    }
    steps.push_back({step.told.number, texts(step.told.who), texts(step.told.what), texts(step.told.functions),
                     step.told.request, std::move(levels), std::move(waits), step.go_on});
  }
  Json json{{"resources", resources}, {"first", first},      {"waiting", waiting},
            {"steps", steps},         {"stuck", walk.stuck}, {"left_out", walk.left_out},
            {"texts", texts.list()}};
  if (report.exploration && report.exploration->no_return) {
    json["no_return"] = *report.exploration->no_return;
    json["no_return_exact"] = report.exploration->no_return_exact;
  }
  if (report.round_from > 0) json["round_from"] = report.round_from;
  return json;
}

Json page_footprint(const models::Footprint& footprint) {
  Json lines = Json::array();
  for (const models::FootprintLine& each : footprint.lines) {
    lines.push_back({{"target", each.target},
                     {"kind", each.kind},
                     {"pools", each.pools},
                     {"devices", each.devices},
                     {"elements", each.elements},
                     {"bytes", each.bytes},
                     {"never_used", each.never_used}});
  }
  return {{"bytes", footprint.bytes},
          {"never_used", footprint.never_used_bytes},
          {"lower_bound", footprint.lower_bound},
          {"lines", lines},
          {"not_counted", footprint.not_counted}};
}

/// Events as rows: nanoseconds, kind, where, what. Kinds: 0 runs, 1 waits, 2 spends, 3 calls, 4 closes, 5 level, 6
/// note.
Json timeline_event(const TimelineEvent& event, Texts& texts) {
  using enum TimelineEvent::Kind;
  constexpr int closes_row = 4, level_row = 5, note_row = 6;
  switch (event.kind) {
    case opens:
      return {event.at, static_cast<int>(event.slice), event.where, texts(event.text)};
    case closes:
      return {event.at, closes_row, event.where};
    case level:
      return {event.at, level_row, event.where, event.left};
    case note:
      return {event.at, note_row, texts(event.text)};
  }
  return {};
}

/// `stuck`: the run ended because nothing could move any more: what is open then stays so.
Json page_timeline(const Timeline& timeline, bool stuck) {
  Texts texts;
  Json pools = Json::object(), first = Json::array(), gap = Json::array(), last = Json::array();
  for (const Timeline::Pool& each : timeline.pools())
    pools[fmt::format("{}", each.resource)] = {
        {"name", each.name}, {"capacity", each.capacity}, {"lowest", each.lowest}, {"elements", each.elements}};
  for (const TimelineEvent& each : timeline.first()) first.push_back(timeline_event(each, texts));
  for (const TimelineEvent& each : timeline.at_the_gap()) gap.push_back(timeline_event(each, texts));
  for (const TimelineEvent& each : timeline.last()) last.push_back(timeline_event(each, texts));
  return {{"lanes", timeline.lanes()},
          {"pools", pools},
          {"first", first},
          {"gap", gap},
          {"last", last},
          {"left_out", timeline.left_out()},
          {"end", timeline.end()},
          {"stuck", stuck},
          {"texts", texts.list()}};
}

void add_search_facts(const RunReport& report, Json& facts) {
  const Exploration& search = *report.exploration;
  facts["searched"] = {{"states", search.states}, {"searches", search.searches}};
  if (search.verdict != models::VerdictKind::deadlock) return;
  facts["needs"] = {{"requests", search.requests}, {"fewest", search.fewest_requests},
                    {"faults", search.faults},     {"failures", search.failures},
                    {"steps", search.steps},       {"least", search.least}};
}

/// The first screen of the text: a label, and rows.
Json page_screen(const RunReport& report) {
  Json sections = Json::array();
  for (const ScreenSection& section : first_screen(report, {})) {
    if (section.rows.empty()) continue;
    Json rows = Json::array();
    for (const ScreenRow& row : section.rows)
      rows.push_back({{"text", row.text}, {"indent", row.indent}, {"command", row.whole}});
    sections.push_back({{"label", std::string(name_of(section.label))}, {"rows", rows}});
  }
  return sections;
}

Json page_facts(const RunReport& report) {
  Json facts = Json::object();
  if (report.exploration) add_search_facts(report, facts);
  if (report.without_faults) facts["without_faults"] = to_text(*report.without_faults);
  if (report.expect) {
    facts["expected"] = expected_text(report);
    facts["unmet"] = unmet_lines(report);
  }
  if (report.reserved_bytes) {
    facts["reserved_bytes"] = *report.reserved_bytes;
    facts["reserved_is_lower_bound"] = report.reserved_is_lower_bound;
  }
  Json repairs = Json::array();
  for (const Repair& each : report.repairs)
    repairs.push_back(
        {{"change", to_text(each.change)}, {"outcome", to_text(each.outcome)}, {"offered", each.offered}});
  facts["repairs"] = repairs;
  facts["repairs_cut"] = report.repairs_cut;
  facts["assumptions"] = report.assumptions;
  Json omissions = Json::array();
  std::size_t others = 0;
  for (const models::Omission& each : report.omissions) {
    if (could_matter(each, report.verdict)) {
      omissions.push_back({each.id, each.reason});
    } else {
      ++others;
    }
  }
  facts["omissions"] = omissions;
  facts["other_omissions"] = others;
  return facts;
}

std::string page_text(const Json& json) {
  return models::printable_json(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

std::string short_page_part(const RunReport& report, std::size_t in_circle, const RunPage& page) {
  Json json{{"reason", report.error ? error_text(report) : reason_text(report)}};
  if (!report.error) {
    json["facts"] = page_facts(report);
    json["facts"].erase("omissions");
    json["facts"].erase("assumptions");
  }
  if (!report.stuck.threads.empty()) json["circle"] = page_circle(report, in_circle);
  if (!page.stack.boxes.empty()) json["stack"] = page_stack(page.stack);
  return page_text(json);
}

std::string run_page_part(const RunReport& report, std::size_t in_circle, const RunPage* page) {
  Json json{{"file", report.file},
            {"scenario", report.scenario},
            {"about", report.about},
            {"exit_code", static_cast<int>(report.code)}};
  if (report.error) {
    json["verdict"] = "ERROR";
    json["error"] = error_text(report);
  } else {
    json["verdict"] = std::string(to_string(report.verdict));
    json["result"] = result_line(report);
    json["reason"] = reason_text(report);
    json["proved"] = report.proves();
    json["facts"] = page_facts(report);
    json["screen"] = page_screen(report);
  }
  TextOptions whole;
  whole.details = true;
  json["text"] = run_report_text(report, whole);
  if (!report.stuck.threads.empty()) json["circle"] = page_circle(report, in_circle);
  if (page != nullptr) {
    if (!page->stack.boxes.empty()) json["stack"] = page_stack(page->stack);
    if (!page->walk.steps.empty()) json["walk"] = page_walk(report, page->walk);
    if (page->timeline != nullptr)
      json["timeline"] = page_timeline(*page->timeline, report.simulation.ending == sim::Ending::stuck);
    if (page->footprint) json["footprint"] = page_footprint(*page->footprint);
  }
  return page_text(json);
}

std::string run_pages(const std::vector<std::string>& parts) {
  std::string runs, text, title = fmt::format("{} runs", parts.size());
  for (const std::string& part : parts) {
    const Json run = Json::parse(part);
    if (parts.size() == 1)
      title = fmt::format("{}: {}", run.at("verdict").get<std::string>(),
                          run.value("scenario", std::string()).empty() ? run.at("file").get<std::string>()
                                                                       : run.at("scenario").get<std::string>());
    runs += (runs.empty() ? "" : ",") + part;
    text += run.at("text").get<std::string>() + "\n";
  }
  return page_of(title, fmt::format(R"({{"kind":"run","runs":[{}]}})", runs), text);
}

}  // namespace dmstall::analysis
