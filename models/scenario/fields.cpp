#include "models/scenario/fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>

#include "models/scenario/printable.hpp"

namespace dmstall::models {

namespace {

using Kind = JsonValue::Kind;

std::string with_unit(const Parameter& of) {
  return of.unit.empty() ? std::string() : fmt::format(" {}", of.unit);
}

std::string range_text(const Parameter& of) {
  if (of.minimum == of.maximum) return plain_number(of.minimum);
  if (of.maximum >= 1e15) return fmt::format("{} to 10^15", plain_number(of.minimum));
  return fmt::format("{} to {}{}", plain_number(of.minimum), plain_number(of.maximum), with_unit(of));
}

std::string default_of(const Parameter& of) {
  assert(!of.default_text.empty());
  if (of.default_text.front() == '"') return of.default_text.substr(1, of.default_text.size() - 2);
  return of.default_text;
}

double to_number(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::string plain_number(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e15) return fmt::format("{:.0f}", value);
  return fmt::format("{}", value);
}

void ValueReader::wrong_type(const Parameter& of, const JsonValue& value, std::string_view wanted) const {
  context_.error(value.where, fmt::format("{} must be {}, not {}", in_quotes(of.name), wanted, describe(value)));
}

bool ValueReader::modelled(const Parameter& of, const JsonValue& value) const {
  const auto refused = [&](const std::string& refuse) {
    if (refuse == "*") return true;
    if (refuse.front() == '>') return value.number > to_number(refuse.substr(1));
    return value.kind == Kind::string && value.string == refuse;
  };
  if (std::none_of(of.unmodelled_values.begin(), of.unmodelled_values.end(), refused)) return true;
  const bool any_value = of.unmodelled_values.front() == "*";
  const std::string shown = any_value ? in_quotes(of.name) : fmt::format("{} {}", in_quotes(of.name), describe(value));
  const std::string reason = of.unmodelled_reason.empty() ? std::string() : fmt::format(": {}", of.unmodelled_reason);
  context_.error(value.where, fmt::format("{} is not modelled yet{}", shown, reason));
  return false;
}

bool ValueReader::in_range(const Parameter& of, const JsonValue& value) const {
  if (value.number >= of.minimum && value.number <= of.maximum) return true;
  context_.error(value.where, fmt::format("{} is {}, must be {}", in_quotes(of.name), describe(value), range_text(of)));
  return false;
}

std::optional<bool> ValueReader::boolean(const Parameter& of, const JsonValue& value) const {
  if (value.kind != Kind::boolean) {
    wrong_type(of, value, "true or false");
    return std::nullopt;
  }
  return modelled(of, value) ? std::optional(value.boolean) : std::nullopt;
}

std::optional<std::int64_t> ValueReader::integer(const Parameter& of, const JsonValue& value) const {
  if (value.kind == Kind::number && value.huge) {
    in_range(of, value);
    return std::nullopt;
  }
  // 1e3 and 2.0 are whole, too.
  const bool whole = value.kind == Kind::number && value.number == std::floor(value.number);
  if (value.kind != Kind::integer && !whole) {
    wrong_type(of, value, "a whole number");
    return std::nullopt;
  }
  if (!in_range(of, value) || !modelled(of, value)) return std::nullopt;
  const std::int64_t integer = whole ? static_cast<std::int64_t>(value.number) : value.integer;
  if (of.power_of_two && integer > 0 && (integer & (integer - 1)) != 0) {
    context_.error(value.where, fmt::format("{} is {}, must be a power of two", in_quotes(of.name), integer));
    return std::nullopt;
  }
  return integer;
}

std::optional<double> ValueReader::number(const Parameter& of, const JsonValue& value) const {
  if (value.kind != Kind::integer && value.kind != Kind::number) {
    wrong_type(of, value, "a number");
    return std::nullopt;
  }
  if (!in_range(of, value) || !modelled(of, value)) return std::nullopt;
  return value.number;
}

std::optional<std::string> ValueReader::choice(const Parameter& of, const JsonValue& value) const {
  if (value.kind == Kind::string && std::find(of.choices.begin(), of.choices.end(), value.string) != of.choices.end()) {
    return modelled(of, value) ? std::optional(value.string) : std::nullopt;
  }
  const std::string hint =
      value.kind == Kind::string ? context_.diagnostics.did_you_mean(value.string, of.choices) : std::string();
  context_.error(value.where,
                 fmt::format("{} must be {}, not {}{}", in_quotes(of.name), one_of(of.choices), describe(value), hint));
  return std::nullopt;
}

std::optional<std::string> ValueReader::text(const Parameter& of, const JsonValue& value) const {
  if (!modelled(of, value)) return std::nullopt;
  if (value.kind != Kind::string) {
    wrong_type(of, value, "a string");
    return std::nullopt;
  }
  return value.string;
}

std::optional<std::vector<std::string>> ValueReader::text_list(const Parameter& of, const JsonValue& value) const {
  if (value.kind != Kind::array) {
    wrong_type(of, value, "an array of strings");
    return std::nullopt;
  }
  std::vector<std::string> result;
  bool right = true;
  for (const JsonValue& item : value.items) {
    if (item.kind == Kind::string) {
      result.push_back(item.string);
    } else {
      context_.error(item.where, fmt::format("{} holds strings, not {}", in_quotes(of.name), describe(item)));
      right = false;
    }
  }
  return right ? std::optional(std::move(result)) : std::nullopt;
}

Fields::Fields(const ReadContext& context, const JsonValue& object, const KeyTable& table, std::string what,
               const std::vector<std::string>& also)
    : context_(context), object_(object), table_(table), what_(std::move(what)) {
  if (require_object(context, object, what_)) check_keys(also);
}

void Fields::check_keys(const std::vector<std::string>& also) const {
  const auto listed = [&](const std::string& key) { return std::find(also.begin(), also.end(), key) != also.end(); };
  std::vector<std::string> known = key_names(table_);
  known.insert(known.end(), also.begin(), also.end());
  for (const JsonMember& member : object_.members) {
    if (find_key(table_, member.key) != nullptr || listed(member.key)) continue;
    std::string hint = context_.diagnostics.did_you_mean(member.key, known);
    if (hint.empty() && table_.empty()) hint = "; it has no other keys";
    if (hint.empty() && table_.size() <= 8) hint = fmt::format("; known: {}", fmt::join(key_names(table_), ", "));
    context_.error(member.key_where, fmt::format("unknown key {} in {}{}", in_quotes(member.key), what_, hint));
  }
  for (const Parameter& parameter : table_) {
    if (parameter.required && object_.find(parameter.name) == nullptr) {
      context_.error({object_.where.begin, object_.where.begin + 1},
                     fmt::format("missing key {} in {}", in_quotes(parameter.name), what_));
    }
  }
}

const Parameter& Fields::described(std::string_view key) const {
  const Parameter* found = find_key(table_, key);
  assert(found != nullptr);
  return *found;
}

const JsonValue* Fields::value(std::string_view key) const {
  const JsonMember* member = object_.find(key);
  return member == nullptr ? nullptr : &member->value;
}

Span Fields::where(std::string_view key) const {
  const JsonValue* at = value(key);
  return at == nullptr ? Span{object_.where.begin, object_.where.begin + 1} : at->where;
}

std::optional<bool> Fields::maybe_flag(std::string_view key) const {
  const JsonValue* at = value(key);
  return at == nullptr ? std::nullopt : ValueReader(context_).boolean(described(key), *at);
}

std::optional<std::int64_t> Fields::maybe_integer(std::string_view key) const {
  const JsonValue* at = value(key);
  return at == nullptr ? std::nullopt : ValueReader(context_).integer(described(key), *at);
}

std::optional<double> Fields::maybe_number(std::string_view key) const {
  const JsonValue* at = value(key);
  return at == nullptr ? std::nullopt : ValueReader(context_).number(described(key), *at);
}

std::optional<std::string> Fields::maybe_text(std::string_view key) const {
  const JsonValue* at = value(key);
  if (at == nullptr) return std::nullopt;
  const Parameter& of = described(key);
  return of.type == ParameterType::choice ? ValueReader(context_).choice(of, *at) : ValueReader(context_).text(of, *at);
}

std::optional<std::vector<std::string>> Fields::maybe_list(std::string_view key) const {
  const JsonValue* at = value(key);
  return at == nullptr ? std::nullopt : ValueReader(context_).text_list(described(key), *at);
}

bool Fields::flag(std::string_view key) const {
  if (const auto value = maybe_flag(key)) return *value;
  return default_of(described(key)) == "true";
}

std::int64_t Fields::integer(std::string_view key) const {
  if (const auto value = maybe_integer(key)) return *value;
  return static_cast<std::int64_t>(to_number(default_of(described(key))));
}

double Fields::number(std::string_view key) const {
  if (const auto value = maybe_number(key)) return *value;
  return to_number(default_of(described(key)));
}

std::string Fields::choice(std::string_view key) const {
  if (auto value = maybe_text(key)) return std::move(*value);
  return default_of(described(key));
}

std::size_t Fields::choice_index(std::string_view key) const {
  const std::vector<std::string>& choices = described(key).choices;
  const auto found = std::find(choices.begin(), choices.end(), choice(key));
  assert(found != choices.end());
  return static_cast<std::size_t>(found - choices.begin());
}

bool require_object(const ReadContext& context, const JsonValue& value, std::string_view what) {
  if (value.kind == Kind::object) return true;
  context.error(value.where, fmt::format("{} must be an object, not {}", what, describe(value)));
  return false;
}

bool require_array(const ReadContext& context, const JsonValue& value, std::string_view what) {
  if (value.kind == Kind::array) return true;
  context.error(value.where, fmt::format("{} must be an array, not {}", what, describe(value)));
  return false;
}

bool check_name(const ReadContext& context, const JsonValue& value, std::string_view what, bool with_copy_number) {
  constexpr std::size_t longest = 127;
  std::string name = value.string;
  if (with_copy_number) {
    for (std::size_t at = 0; (at = name.find("{i}", at)) != std::string::npos;) name.erase(at, 3);
    if (name.empty() && !value.string.empty()) return true;
  }
  std::string reason;
  if (name.empty()) {
    reason = "is empty";
  } else if (name.size() > longest) {
    reason = fmt::format("is longer than {} bytes", longest);
  } else if (std::any_of(name.begin(), name.end(), [](char c) {
               return static_cast<unsigned char>(c) <= ' ' || c == 0x7F || c == '"' || c == '*' || c == '{' || c == '}';
             })) {
    reason = "holds a space, a quote, a brace, a \"*\" or a control character";
  } else if (holds_hidden(name)) {
    reason = "holds a character that cannot be seen: a control character, a mark of direction or of width";
  }
  if (reason.empty()) return true;
  context.error(value.where, fmt::format("the {} name {} {}", what, in_quotes(value.string), reason));
  return false;
}

}  // namespace dmstall::models
