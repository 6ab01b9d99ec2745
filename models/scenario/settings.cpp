#include "models/scenario/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "models/scenario/format_tables.hpp"
#include "models/scenario/parts.hpp"
#include "models/scenario/setting_keys.hpp"
#include "models/scenario/value_range.hpp"

namespace dmstall::models {

namespace {

using Kind = JsonValue::Kind;

std::optional<JsonValue> parse_alone(const std::string& text) {
  const SourceText source(text, "");
  Diagnostics diagnostics(source);
  std::optional<JsonValue> value = parse_json(source, diagnostics);
  return diagnostics.has_errors() ? std::nullopt : std::move(value);
}

bool takes_text(const Parameter* of) {
  return of != nullptr &&
         (of->type == ParameterType::text || of->type == ParameterType::choice || of->type == ParameterType::device);
}

/// The value as JSON on one line: "6.1" stays a text where the key takes one.
std::string as_json(const Parameter* of, const std::string& value) {
  const std::optional<JsonValue> parsed = parse_alone(value);
  if (!parsed || (takes_text(of) && parsed->kind != Kind::string)) {
    std::string text = write_json(json_string(value));
    text.pop_back();  // the newline
    return text;
  }
  std::string text = value.substr(parsed->where.begin, parsed->where.end - parsed->where.begin);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');  // JSON strings hold none
  return text;
}

struct Edit {
  Span replaced;  ///< empty: inserted there
  std::string text;
  std::size_t value_at = 0;  ///< offset of the value inside `text`
  std::size_t value_size = 0;
};

/// `"key": ` for each key of the path from `from` on, braces around what lies inside.
Edit insertion(const JsonValue& object, const std::vector<std::string>& path, std::size_t from,
               const std::string& json) {
  Edit edit;
  edit.replaced = {object.where.begin + 1, object.where.begin + 1};
  const auto quoted = [](const std::string& key) {
    std::string text = write_json(json_string(key));
    text.pop_back();
    return text;
  };
  for (std::size_t i = from; i < path.size(); ++i)
    edit.text += fmt::format("{}{}: ", i == from ? " " : "{ ", quoted(path[i]));
  edit.value_at = edit.text.size();
  edit.value_size = json.size();
  edit.text += json;
  for (std::size_t i = from + 1; i < path.size(); ++i) edit.text += " }";
  edit.text += object.members.empty() ? " " : ",";
  return edit;
}

/// A preset in full, so that one of its rules can be changed.
std::string preset_rules(const std::string& preset) {
  std::string rules;
  const auto found = sharing_presets().find(preset);
  if (found == sharing_presets().end()) return "{}";
  for (const std::string& pool : found->second)
    rules += fmt::format("{}\"{}\": \"module\"", rules.empty() ? "" : ", ", pool);
  return "{" + rules + "}";
}

Edit edit_for(const SettingPlace& place, const std::string& json) {
  const JsonValue* object = place.base;
  for (std::size_t i = 0; i < place.path.size(); ++i) {
    const JsonMember* member = object->find(place.path[i]);
    if (member == nullptr) return insertion(*object, place.path, i, json);
    const bool last = i + 1 == place.path.size();
    if (last) return {member->value.where, json, 0, json.size()};
    object = &member->value;
  }
  return {};
}

struct Applied {
  std::string text;
  std::vector<Span> values;  ///< where the last setting stands now
  std::string error;
};

/// A preset stands in the way of a rule of its own: it becomes the rules that it is short for.
bool expand_preset(std::string& text, const JsonValue& root, const SettingPlace& place) {
  if (place.path.size() < 2 || place.path.front() != "sharing" || place.base != &root) return false;
  const JsonMember* sharing = root.find("sharing");
  if (sharing == nullptr || sharing->value.kind != Kind::string) return false;
  text.replace(sharing->value.where.begin, sharing->value.where.end - sharing->value.where.begin,
               preset_rules(sharing->value.string));
  return true;
}

Applied apply_one(std::string text, const std::string& name, const Setting& setting) {
  Applied applied;
  const SourceText source(text, name);
  Diagnostics diagnostics(source);
  const std::optional<JsonValue> root = parse_json(source, diagnostics);
  if (!root || root->kind != Kind::object) {
    applied.error = "the scenario is no JSON object";
    return applied;
  }
  if (first_invalid_utf8(setting.value)) {
    applied.error = fmt::format("the value of {} is not UTF-8", in_quotes(setting.key));
    return applied;
  }
  const std::vector<SettingPlace> found = find_setting(*root, setting.key, applied.error);
  if (found.empty()) return applied;
  if (expand_preset(text, *root, found.front())) return apply_one(std::move(text), name, setting);
  std::vector<Edit> edits;
  for (const SettingPlace& place : found) edits.push_back(edit_for(place, as_json(place.described, setting.value)));
  std::sort(edits.begin(), edits.end(),
            [](const Edit& a, const Edit& b) { return a.replaced.begin < b.replaced.begin; });
  std::size_t copied = 0;
  for (const Edit& edit : edits) {
    applied.text.append(text, copied, edit.replaced.begin - copied);
    applied.values.push_back(
        {applied.text.size() + edit.value_at, applied.text.size() + edit.value_at + edit.value_size});
    applied.text += edit.text;
    copied = edit.replaced.end;
  }
  applied.text.append(text, copied);
  return applied;
}

/// Where a setting stands in the edited text.
std::vector<Span> places_of(const std::string& text, const std::string& name, const Setting& setting) {
  return apply_one(text, name, setting).values;
}

bool inside(const SourceText& source, const Span& span, const Diagnostic& diagnostic) {
  const SourcePosition begin = source.position(span.begin), end = source.position(span.end);
  return diagnostic.line == begin.line && diagnostic.column >= begin.column && diagnostic.column < end.column;
}

bool same_value(const JsonValue& a, const JsonValue& b) {
  const auto is_number = [](const JsonValue& value) {
    return value.kind == Kind::integer || value.kind == Kind::number;
  };
  if (is_number(a) && is_number(b)) return a.number == b.number;
  if (a.kind != b.kind || a.string != b.string || a.boolean != b.boolean) return false;
  if (a.items.size() != b.items.size() || a.members.size() != b.members.size()) return false;
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    if (!same_value(a.items[i], b.items[i])) return false;
  }
  return std::all_of(a.members.begin(), a.members.end(), [&](const JsonMember& member) {
    const JsonMember* other = b.find(member.key);
    return other != nullptr && same_value(member.value, other->value);
  });
}

/// What holds when a key is absent, as JSON; empty: nothing that could be written.
std::string default_json(const SettingPlace& place) {
  if (place.described != nullptr && !place.described->default_text.empty()) return place.described->default_text;
  if (place.path == std::vector<std::string>{"sharing"} || place.path.front() == "sharing") return "\"device\"";
  if (place.path == std::vector<std::string>{"faults"}) return "\"any\"";
  return {};
}

std::optional<JsonValue> value_now(const SettingPlace& place) {
  const JsonValue* object = place.base;
  for (std::size_t i = 0; i < place.path.size() && object != nullptr; ++i) {
    const JsonMember* member = object->find(place.path[i]);
    object = member == nullptr ? nullptr : &member->value;
  }
  if (object == nullptr && place.defaults != nullptr) {
    if (const JsonMember* member = place.defaults->find(place.path.back())) object = &member->value;
  }
  if (object != nullptr) return *object;
  return parse_alone(default_json(place));
}

}  // namespace

EditedText apply_settings(const std::string& text, const std::string& name, const std::vector<Setting>& settings) {
  std::string edited = text;
  for (const Setting& setting : settings) {
    Applied applied = apply_one(std::move(edited), name, setting);
    if (!applied.error.empty()) return {std::nullopt, std::move(applied.error)};
    edited = std::move(applied.text);
  }
  return {std::move(edited), {}};
}

SettingsResult read_scenario_text(const std::string& text, const std::string& name,
                                  const std::vector<Setting>& settings, std::string_view said_by) {
  EditedText edited = apply_settings(text, name, settings);
  if (!edited.text) return {{}, std::move(edited.error)};
  SettingsResult result{read_without_vary(*edited.text, name), {}};
  if (result.read.scenario) return result;
  const SourceText source(*edited.text, name);
  std::string all;
  for (const Setting& setting : settings) all += fmt::format(" {} {}={}", said_by, setting.key, setting.value);
  for (Diagnostic& diagnostic : result.read.diagnostics) {
    std::string from;
    for (const Setting& setting : settings) {
      for (const Span& span : places_of(*edited.text, name, setting)) {
        if (inside(source, span, diagnostic))
          from = fmt::format(" (from {} {}={})", said_by, setting.key, setting.value);
      }
    }
    diagnostic.message += from.empty() ? fmt::format(" (with{})", all) : from;
  }
  return result;
}

ReadResult read_scenario_on(const std::string& text, const std::string& name, const std::string& release) {
  ReadResult own = read_scenario_text(text, name);
  if (!own.scenario || release.empty() || own.scenario->kernel.release.name() == release) return own;
  SettingsResult other = read_scenario_text(text, name, {{"kernel.release", release}}, "--release");
  other.read.diagnostics.insert(other.read.diagnostics.begin(), own.diagnostics.begin(), own.diagnostics.end());
  if (other.read.scenario) {
    other.read.scenario->vary = std::move(own.scenario->vary);
    other.read.scenario->warnings = std::move(own.scenario->warnings);
  }
  return std::move(other.read);
}

ReadResult read_scenario_file_on(const std::string& path, const std::string& release) {
  FileText file = read_file_text(path);
  if (!file.text) return {std::nullopt, std::move(file.diagnostics)};
  return read_scenario_on(*file.text, path, release);
}

bool is_own_value(const std::string& text, const std::string& name, const Setting& setting) {
  const SourceText source(text, name);
  Diagnostics diagnostics(source);
  const std::optional<JsonValue> root = parse_json(source, diagnostics);
  if (!root) return false;
  std::string error;
  const std::vector<SettingPlace> found = find_setting(*root, setting.key, error);
  return !found.empty() && std::all_of(found.begin(), found.end(), [&](const SettingPlace& place) {
    const std::optional<JsonValue> now = value_now(place);
    const std::optional<JsonValue> wanted = parse_alone(as_json(place.described, setting.value));
    return now && wanted && same_value(*now, *wanted);
  });
}

void check_vary(const ReadContext& context, const JsonValue& vary) {
  const std::string text(context.source.text());
  for (std::size_t i = 0; i < vary.members.size(); ++i) {
    const Variation& variation = context.scenario.vary[i];
    std::size_t next = 0;
    for (const JsonValue& item : vary.members[i].value.items) {
      // Of a range the ends are tried now; who uses it reads every value.
      const auto range =
          item.kind == Kind::string ? value_range(item.string, std::numeric_limits<std::size_t>::max()) : std::nullopt;
      const std::size_t first = next, last = first + (range ? range->values.size() : 1) - 1;
      next = last + 1;
      bool wrong = false;
      for (const std::size_t j :
           first == last ? std::vector<std::size_t>{first} : std::vector<std::size_t>{first, last}) {
        const SettingsResult tried =
            read_scenario_text(text, context.source.name(), {{variation.key, variation.values[j]}}, "vary");
        if (!tried.key_error.empty()) {
          context.error(vary.members[i].key_where, tried.key_error);
          wrong = true;
          break;
        }
        const auto error = std::find_if(tried.read.diagnostics.begin(), tried.read.diagnostics.end(),
                                        [](const Diagnostic& each) { return each.severity == Severity::error; });
        if (error == tried.read.diagnostics.end()) continue;
        context.error(item.where, error->message);
        break;
      }
      if (wrong) break;
    }
  }
}

}  // namespace dmstall::models
