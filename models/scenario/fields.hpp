// Reads the keys of one object by its table: types, ranges, choices, unknown and missing keys, values not modelled.
//
// A getter reports what is wrong with a value once and then answers with the default, so that reading goes on and all
// mistakes of a file come out together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/format_tables.hpp"
#include "models/scenario/json_document.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::models {

/// What the readers of the parts of a file share.
struct ReadContext {
  const SourceText& source;
  Diagnostics& diagnostics;
  Scenario& scenario;

  void error(Span at, std::string message) const { diagnostics.error(at, std::move(message)); }
  void warning(Span at, std::string message) const { diagnostics.warning(at, std::move(message)); }
  [[nodiscard]] SourcePosition position(const JsonValue& value) const { return source.position(value.where.begin); }
};

/// One value by its description. Nothing when it is wrong (reported) or of a kind read elsewhere.
class ValueReader {
 public:
  explicit ValueReader(const ReadContext& context) : context_(context) {}

  std::optional<bool> boolean(const Parameter& of, const JsonValue& value) const;
  std::optional<std::int64_t> integer(const Parameter& of, const JsonValue& value) const;
  std::optional<double> number(const Parameter& of, const JsonValue& value) const;
  std::optional<std::string> choice(const Parameter& of, const JsonValue& value) const;
  std::optional<std::string> text(const Parameter& of, const JsonValue& value) const;
  std::optional<std::vector<std::string>> text_list(const Parameter& of, const JsonValue& value) const;

 private:
  void wrong_type(const Parameter& of, const JsonValue& value, std::string_view wanted) const;
  bool modelled(const Parameter& of, const JsonValue& value) const;
  bool in_range(const Parameter& of, const JsonValue& value) const;

  const ReadContext& context_;
};

class Fields {
 public:
  /// `what` names the object in messages: `a device`, `"kernel"`. Keys in `also` are accepted and read by the caller.
  Fields(const ReadContext& context, const JsonValue& object, const KeyTable& table, std::string what,
         const std::vector<std::string>& also = {});

  /// False when the value was no object at all (reported).
  [[nodiscard]] bool is_object() const { return object_.kind == JsonValue::Kind::object; }
  /// nullptr when absent.
  [[nodiscard]] const JsonValue* value(std::string_view key) const;
  /// The place of the value, of the object when absent.
  [[nodiscard]] Span where(std::string_view key) const;
  [[nodiscard]] Span where() const { return object_.where; }

  // Absent, or wrong and reported: nothing.
  [[nodiscard]] std::optional<bool> maybe_flag(std::string_view key) const;
  [[nodiscard]] std::optional<std::int64_t> maybe_integer(std::string_view key) const;
  [[nodiscard]] std::optional<double> maybe_number(std::string_view key) const;
  [[nodiscard]] std::optional<std::string> maybe_text(std::string_view key) const;  ///< text or choice
  [[nodiscard]] std::optional<std::vector<std::string>> maybe_list(std::string_view key) const;

  // With the default of the table. Requires: the table has one.
  [[nodiscard]] bool flag(std::string_view key) const;
  [[nodiscard]] std::int64_t integer(std::string_view key) const;
  [[nodiscard]] double number(std::string_view key) const;
  [[nodiscard]] std::string choice(std::string_view key) const;

  /// Index of the value among the choices of the table: the order of the enum.
  [[nodiscard]] std::size_t choice_index(std::string_view key) const;

 private:
  [[nodiscard]] const Parameter& described(std::string_view key) const;
  void check_keys(const std::vector<std::string>& also) const;

  const ReadContext& context_;
  const JsonValue& object_;
  const KeyTable& table_;
  std::string what_;
};

/// The object of a key whose value must be one; nullptr and reported otherwise.
[[nodiscard]] bool require_object(const ReadContext& context, const JsonValue& value, std::string_view what);
[[nodiscard]] bool require_array(const ReadContext& context, const JsonValue& value, std::string_view what);

/// Names of devices, tasks, resources, …: reported when empty, too long, or with spaces, quotes or wildcards.
[[nodiscard]] bool check_name(const ReadContext& context, const JsonValue& value, std::string_view what,
                              bool with_copy_number = false);

/// A number as it is written in messages: 65535, 0.001.
[[nodiscard]] std::string plain_number(double value);

}  // namespace dmstall::models
