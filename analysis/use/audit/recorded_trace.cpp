#include "analysis/use/audit/recorded_trace.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "models/kernel/traces/frames.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

constexpr std::size_t most_events = 100'000;
constexpr std::size_t longest_line = 16'384;
constexpr std::size_t most_frames = 128;
constexpr std::size_t longest_name = 128;

constexpr std::string_view first_line = "# dmstall-trace 1", first_of_sleepers = "# dmstall-sleepers 1";

/// What is wrong with a line.
class BadLine : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split_at(std::string_view text, std::string_view between) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find(between, begin);
    parts.push_back(trimmed(text.substr(begin, end - begin)));
    if (end == std::string_view::npos) return parts;
    begin = end + between.size();
  }
}

/// A kernel function, or the name of a thread.
std::string_view checked_name(std::string_view name, std::string_view what) {
  if (name.empty()) throw BadLine(fmt::format("a {} is missing", what));
  if (name.size() > longest_name) throw BadLine(fmt::format("a {} of more than {} characters", what, longest_name));
  if (models::holds_hidden(name)) throw BadLine(fmt::format("a {} with characters that cannot be seen", what));
  return name;
}

std::string function_name(std::string_view text) {
  const std::string_view name = models::plain_name(checked_name(text, "function"));
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_part))
    throw BadLine(fmt::format("\"{}\" is no name of a function", models::printable(text)));
  return std::string(name);
}

std::string_view next_word(std::string_view& rest) {
  rest = trimmed(rest);
  const std::size_t end = rest.find(' ');
  const std::string_view word = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return word;
}

class Reader {
 public:
  void line(std::string_view text, std::size_t number) {
    if (text.size() > longest_line) throw BadLine(fmt::format("a line of more than {} bytes", longest_line));
    text = trimmed(text);
    if (text.empty()) return;
    if (text.front() == '#') return header(trimmed(text.substr(1)), number);
    if (trace_.events.size() == most_events) throw BadLine(fmt::format("more than {} events", most_events));
    trace_.events.push_back(event(text));
    if (trace_.of_sleepers && trace_.events.back().kind != models::EventKind::sleep)
      throw BadLine("a recording of sleepers holds nothing but \"sleep\"");
    trace_.events.back().line = number;
  }

  void reads_sleepers() { trace_.of_sleepers = true; }

  RecordedTrace whole() && { return std::move(trace_); }

 private:
  void header(std::string_view text, std::size_t number) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) throw BadLine("a line of the header is \"# key: value\"");
    const std::string_view key = trimmed(text.substr(0, colon)), value = trimmed(text.substr(colon + 1));
    if (key == "unseen" || key == "jumps") return hidden(value);
    std::string* place = key == "kernel"      ? &trace_.kernel
                         : key == "release"   ? &trace_.release
                         : key == "scenario"  ? &trace_.scenario
                         : key == "operation" ? &trace_.operation
                         : key == "outcome"   ? &trace_.outcome
                                              : nullptr;
    if (place == nullptr) throw BadLine(fmt::format("the header has no key \"{}\"", models::printable(key)));
    if (!place->empty()) throw BadLine(fmt::format("\"{}\" is there twice", models::printable(key)));
    if (models::holds_hidden(value)) throw BadLine(fmt::format("\"{}\" with characters that cannot be seen", key));
    if (key == "outcome" && !value.starts_with("stuck") && !value.starts_with("completed"))
      throw BadLine(fmt::format("an outcome is \"stuck …\" or \"completed\", not \"{}\"", value));
    *place = std::string(value);
    if (key == "release") trace_.release_line = number;
    if (key == "scenario") trace_.scenario_line = number;
  }

  void hidden(std::string_view names) {
    if (names.empty() || names == "-") return;
    for (const std::string_view each : split_at(names, ",")) {
      const std::size_t jump = each.find('>');
      const std::string function = function_name(trimmed(each.substr(0, jump)));
      if (jump == std::string_view::npos) {
        trace_.hidden.always.insert(function);
      } else {
        trace_.hidden.while_in[function].insert(function_name(trimmed(each.substr(jump + 1))));
      }
    }
  }

  static RecordedEvent event(std::string_view text) {
    const std::size_t bar = text.find(" | ");
    if (bar == std::string_view::npos) throw BadLine("an event is \"COUNT KIND THREAD | function < caller\"");
    RecordedEvent event;
    std::string_view head = text.substr(0, bar);
    const std::string_view count = next_word(head), kind = next_word(head);
    const auto [end, error] = std::from_chars(count.data(), count.data() + count.size(), event.count);
    if (error != std::errc() || end != count.data() + count.size() || event.count == 0)
      throw BadLine(fmt::format("\"{}\" is no count of events", models::printable(count)));
    const auto known = models::event_kind_from(kind);
    if (!known) {
      throw BadLine(fmt::format("no kind of events is called \"{}\"; there are {}", models::printable(kind),
                                fmt::join(models::event_names, ", ")));
    }
    event.kind = *known;
    while (!head.empty()) {
      const std::string_view word = next_word(head);
      if (word.starts_with("gfp=")) {
        event.gfp = std::string(checked_name(word.substr(4), "gfp"));
      } else if (word.starts_with("what=")) {
        event.what = function_name(word.substr(5));
      } else if (event.thread.empty()) {
        event.thread = std::string(checked_name(word, "thread"));
      } else {
        event.thread += " " + std::string(checked_name(word, "thread"));
      }
    }
    if (event.thread.empty()) throw BadLine("the event has no thread");
    for (const std::string_view each : split_at(text.substr(bar + 3), " < ")) {
      if (event.frames.size() == most_frames) throw BadLine(fmt::format("more than {} callers", most_frames));
      event.frames.push_back(function_name(each));
    }
    return event;
  }

  RecordedTrace trace_;
};

}  // namespace

bool HiddenFunctions::may_lack(const std::string& function, const std::vector<std::string>& frames) const {
  std::set<std::string_view> jumped{function};
  for (std::vector<std::string_view> left{function}; !left.empty();) {
    const std::string_view from = left.back();
    left.pop_back();
    if (always.find(from) != always.end()) return true;
    const auto known = while_in.find(from);
    if (known == while_in.end()) continue;
    for (const std::string& to : known->second) {
      if (std::find(frames.begin(), frames.end(), to) != frames.end()) return true;
      if (jumped.insert(to).second) left.push_back(to);
    }
  }
  return false;
}

std::string RecordedEvent::text() const {
  return fmt::format("{}{}{} {} | {}", to_string(kind), gfp.empty() ? "" : " gfp=" + gfp,
                     what.empty() ? "" : " what=" + what, thread, fmt::join(frames, " < "));
}

TraceRead read_trace(std::string_view text) {
  Reader reader;
  std::size_t number = 0;
  try {
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      const std::string_view line = text.substr(begin, end - begin);
      begin = end + 1;
      if (++number == 1) {
        if (trimmed(line) == first_of_sleepers) {
          reader.reads_sleepers();
          continue;
        }
        if (trimmed(line) != first_line) throw BadLine(fmt::format("a trace begins with \"{}\"", first_line));
        continue;
      }
      reader.line(line, number);
    }
  } catch (const BadLine& refusal) {
    return {std::nullopt, number, refusal.what()};
  }
  if (number == 0) return {std::nullopt, 0, fmt::format("a trace begins with \"{}\"", first_line)};
  RecordedTrace trace = std::move(reader).whole();
  if (trace.of_sleepers && trace.outcome.empty())
    return {std::nullopt, 0, "a recording of sleepers says its outcome: \"# outcome: stuck …\" or \"completed\""};
  return {std::move(trace), 0, {}};
}

std::vector<std::string> functions_of(std::string_view chain) {
  std::vector<std::string> functions;
  for (std::string_view each : split_at(chain, " < ")) {
    each = trimmed(each.substr(0, each.find('(')));
    if (!each.empty()) functions.emplace_back(each);
  }
  return functions;
}

}  // namespace dmstall::analysis
