#include "models/scenario/json_document.hpp"

#include <fmt/format.h>

#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "models/scenario/json_syntax.hpp"

namespace dmstall::models {

namespace {

constexpr std::size_t deepest_nesting = 200;
constexpr std::size_t most_values = 2'000'000;

/// Reads the text and leaves in `position` how far the parser has come.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* position) : at_(at), position_(position) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*position_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* position_;
};

/// nlohmann's SAX interface. A callback comes when its token has been read: the token begins at the first byte after
/// the previous one that is neither space nor punctuation.
class TreeBuilder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  TreeBuilder(const SourceText& source, Diagnostics& diagnostics, const std::size_t& position)
      : source_(source), diagnostics_(diagnostics), position_(position) {}

  bool null() { return scalar(JsonValue::Kind::null, position_) != nullptr; }

  bool boolean(bool value) {
    JsonValue* at = scalar(JsonValue::Kind::boolean, position_);
    if (at != nullptr) at->boolean = value;
    return at != nullptr;
  }

  bool number_integer(number_integer_t value) {
    JsonValue* at = scalar(JsonValue::Kind::integer, end_of_number());
    if (at != nullptr) at->integer = value, at->number = static_cast<double>(value);
    return at != nullptr;
  }

  bool number_unsigned(number_unsigned_t value) {
    if (value <= static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) {
      return number_integer(static_cast<std::int64_t>(value));
    }
    return number_float(static_cast<double>(value), {});
  }

  bool number_float(number_float_t value, const string_t&) {
    JsonValue* at = scalar(JsonValue::Kind::number, end_of_number());
    if (at == nullptr) return false;
    at->number = value;
    const std::string_view written = source_.text(at->where);
    at->huge = written.find_first_of(".eE") == std::string_view::npos;
    if (at->huge) at->string = written.substr(0, 40);
    return true;
  }

  bool string(string_t& value) {
    JsonValue* at = scalar(JsonValue::Kind::string, position_);
    if (at != nullptr) at->string = std::move(value);
    return at != nullptr;
  }

  bool binary(binary_t&) { return false; }

  bool key(string_t& value) {
    JsonMember member;
    member.key = std::move(value);
    member.key_where = {token_begin(), position_};
    cursor_ = position_;
    open_.back()->members.push_back(std::move(member));
    after_ = SyntaxContext::After::key;
    return true;
  }

  bool start_object(std::size_t) { return open(JsonValue::Kind::object); }
  bool start_array(std::size_t) { return open(JsonValue::Kind::array); }
  bool end_array() { return close(); }

  bool end_object() {
    report_duplicates(*open_.back());
    return close();
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) {
    SyntaxContext context{after_, {}, cursor_, position_};
    for (const JsonValue* value : open_) context.open.push_back(value->where);
    const SyntaxError error = explain_syntax_error(source_, context);
    diagnostics_.error(error.at, error.message);
    return false;
  }

  [[nodiscard]] std::size_t cursor() const { return cursor_; }
  JsonValue take_root() { return std::move(root_); }

 private:
  [[nodiscard]] std::size_t token_begin() const {
    const std::string_view text = source_.text();
    const auto between = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == ':'; };
    std::size_t at = cursor_;
    while (at < text.size() && between(text[at])) ++at;
    return at;
  }

  /// By the grammar, not by the characters: the parser reads 01 as the number 0 and something wrong behind it.
  [[nodiscard]] std::size_t end_of_number() const {
    const std::string_view text = source_.text();
    std::size_t i = token_begin();
    const auto is = [&](std::string_view any) {
      return i < text.size() && any.find(text[i]) != std::string_view::npos;
    };
    const auto skip_digits = [&] {
      while (is("0123456789")) ++i;
    };
    if (is("-")) ++i;
    if (is("0")) {
      ++i;
    } else {
      skip_digits();
    }
    if (is(".")) {
      ++i;
      skip_digits();
    }
    if (is("eE")) {
      ++i;
      if (is("+-")) ++i;
      skip_digits();
    }
    return i;
  }

  /// The place where the next value belongs, or nullptr when there are too many.
  JsonValue* place(JsonValue::Kind kind) {
    const std::size_t begin = token_begin();
    if (++values_ > most_values) {
      diagnostics_.error({begin, begin + 1}, fmt::format("the file holds more than {} values", most_values));
      return nullptr;
    }
    JsonValue* at = &root_;
    if (!open_.empty()) {
      JsonValue& parent = *open_.back();
      at = parent.kind == JsonValue::Kind::array ? &parent.items.emplace_back() : &parent.members.back().value;
    }
    at->kind = kind;
    at->where = {begin, begin + 1};
    return at;
  }

  JsonValue* scalar(JsonValue::Kind kind, std::size_t end) {
    JsonValue* at = place(kind);
    if (at == nullptr) return nullptr;
    at->where.end = end;
    cursor_ = end;
    after_ = SyntaxContext::After::value;
    return at;
  }

  bool open(JsonValue::Kind kind) {
    const std::size_t begin = token_begin();
    if (open_.size() >= deepest_nesting) {
      diagnostics_.error({begin, begin + 1}, fmt::format("nested deeper than {} levels", deepest_nesting));
      return false;
    }
    JsonValue* at = place(kind);
    if (at == nullptr) return false;
    open_.push_back(at);
    cursor_ = begin + 1;
    after_ = SyntaxContext::After::opening;
    return true;
  }

  bool close() {
    open_.back()->where.end = position_;
    open_.pop_back();
    cursor_ = position_;
    after_ = SyntaxContext::After::value;
    return true;
  }

  void report_duplicates(const JsonValue& object) {
    std::unordered_set<std::string_view> seen;
    for (const JsonMember& member : object.members) {
      if (!seen.insert(member.key).second) {
        diagnostics_.error(member.key_where, fmt::format("the key {} is written twice", in_quotes(member.key)));
      }
    }
  }

  const SourceText& source_;
  Diagnostics& diagnostics_;
  const std::size_t& position_;
  JsonValue root_;
  std::vector<JsonValue*> open_;
  std::size_t cursor_ = 0;
  std::size_t values_ = 0;
  SyntaxContext::After after_ = SyntaxContext::After::nothing;
};

nlohmann::ordered_json to_library(const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::null:
      return nullptr;
    case JsonValue::Kind::boolean:
      return value.boolean;
    case JsonValue::Kind::integer:
      return value.integer;
    case JsonValue::Kind::number:
      return value.number;
    case JsonValue::Kind::string:
      return value.string;
    case JsonValue::Kind::array: {
      nlohmann::ordered_json array = nlohmann::ordered_json::array();
      for (const JsonValue& item : value.items) array.push_back(to_library(item));
      return array;
    }
    case JsonValue::Kind::object:
      break;
  }
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (const JsonMember& member : value.members) object[member.key] = to_library(member.value);
  return object;
}

}  // namespace

const JsonMember* JsonValue::find(std::string_view key) const {
  for (const JsonMember& member : members) {
    if (member.key == key) return &member;
  }
  return nullptr;
}

std::string describe(const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::null:
      return "null";
    case JsonValue::Kind::boolean:
      return value.boolean ? "true" : "false";
    case JsonValue::Kind::integer:
      return fmt::format("{}", value.integer);
    case JsonValue::Kind::number:
      return value.huge ? value.string : fmt::format("{}", value.number);
    case JsonValue::Kind::string:
      return in_quotes(value.string);
    case JsonValue::Kind::array:
      return value.items.empty() ? "an empty array" : "an array";
    case JsonValue::Kind::object:
      break;
  }
  return "an object";
}

std::optional<JsonValue> parse_json(const SourceText& source, Diagnostics& diagnostics) {
  const std::string_view text = source.text();
  if (text.substr(0, 3) == "\xEF\xBB\xBF") {
    diagnostics.error({0, 3}, "the file begins with a byte order mark; save it as plain UTF-8");
    return std::nullopt;
  }
  if (const auto invalid = first_invalid_utf8(text)) {
    diagnostics.error({*invalid, *invalid + 1}, "the file is not UTF-8");
    return std::nullopt;
  }
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    diagnostics.error({nul, nul + 1}, "the file holds a NUL byte");
    return std::nullopt;
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    diagnostics.error({0, 0}, "the file is empty");
    return std::nullopt;
  }
  std::size_t position = 0;
  TreeBuilder builder(source, diagnostics, position);
  const CountingIterator begin(text.data(), &position);
  const CountingIterator end(text.data() + text.size(), &position);
  const bool strict = false;  // what follows the value is looked at below, for a message of our own
  if (!nlohmann::json::sax_parse(begin, end, &builder, nlohmann::json::input_format_t::json, strict)) {
    return std::nullopt;
  }
  const std::size_t rest = text.find_first_not_of(" \t\r\n", builder.cursor());
  if (rest != std::string_view::npos) {
    diagnostics.error({rest, rest + 1}, "the file goes on after the end of its JSON value");
    return std::nullopt;
  }
  return builder.take_root();
}

JsonValue json_string(std::string text) {
  JsonValue value;
  value.kind = JsonValue::Kind::string;
  value.string = std::move(text);
  return value;
}

JsonValue json_integer(std::int64_t number) {
  JsonValue value;
  value.kind = JsonValue::Kind::integer;
  value.integer = number;
  return value;
}

JsonValue json_number(double number) {
  JsonValue value;
  value.kind = JsonValue::Kind::number;
  value.number = number;
  return value;
}

JsonValue json_boolean(bool truth) {
  JsonValue value;
  value.kind = JsonValue::Kind::boolean;
  value.boolean = truth;
  return value;
}

JsonValue json_array(std::vector<JsonValue> items) {
  JsonValue value;
  value.kind = JsonValue::Kind::array;
  value.items = std::move(items);
  return value;
}

JsonValue json_object(std::vector<JsonMember> members) {
  JsonValue value;
  value.kind = JsonValue::Kind::object;
  value.members = std::move(members);
  return value;
}

std::string write_json(const JsonValue& value) {
  // Paths are bytes: what is no UTF-8 is replaced rather than refused.
  return to_library(value).dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace dmstall::models
