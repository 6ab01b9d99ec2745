// A JSON text as a tree that knows where everything stands, keeps key order and has seen duplicate keys.
//
// Reading never throws and never recurses: nesting and the number of values are limited, and whatever is wrong with
// the text becomes one positioned diagnostic (duplicate keys: one each).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/diagnostics.hpp"

namespace dmstall::models {

struct JsonMember;

struct JsonValue {
  enum class Kind : std::uint8_t {
    null,
    boolean,
    integer,  ///< written without fraction and exponent, fits 64 bits with sign
    number,   ///< everything else that is a JSON number; `huge` when it is an integer that does not fit
    string,
    array,
    object
  };

  Kind kind = Kind::null;
  bool boolean = false;
  bool huge = false;
  std::int64_t integer = 0;
  double number = 0;                ///< also set for integers
  std::string string;               ///< also a huge integer as it is written
  std::vector<JsonValue> items;     ///< of an array
  std::vector<JsonMember> members;  ///< of an object, in file order
  Span where;

  /// nullptr when the object has no such key, or this is no object.
  [[nodiscard]] const JsonMember* find(std::string_view key) const;
};

struct JsonMember {
  std::string key;
  Span key_where;
  JsonValue value;
};

/// "a string", "an array", "null", … for messages.
[[nodiscard]] std::string describe(const JsonValue& value);

/// Nothing when the text is not JSON; the reason is then among the diagnostics.
[[nodiscard]] std::optional<JsonValue> parse_json(const SourceText& source, Diagnostics& diagnostics);

// Building a tree to be written, for the schema and for tests.
[[nodiscard]] JsonValue json_string(std::string text);
[[nodiscard]] JsonValue json_integer(std::int64_t value);
[[nodiscard]] JsonValue json_number(double value);
[[nodiscard]] JsonValue json_boolean(bool value);
[[nodiscard]] JsonValue json_array(std::vector<JsonValue> items);
[[nodiscard]] JsonValue json_object(std::vector<JsonMember> members);

/// Indented by two, keys in the order of the tree, ending in a newline.
[[nodiscard]] std::string write_json(const JsonValue& value);

}  // namespace dmstall::models
