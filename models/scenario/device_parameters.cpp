#include "models/scenario/device_parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <string>

namespace dmstall::models {

namespace {

constexpr std::string_view copy_mark = "{i}";

class ParameterReader {
 public:
  ParameterReader(const ReadContext& context, std::vector<RoleUse>& roles) : context_(context), roles_(roles) {}

  std::optional<ParameterValue> parse(const Parameter& of, const JsonValue& value) {
    const ValueReader read(context_);
    switch (of.type) {
      case ParameterType::boolean:
        if (const auto flag = read.boolean(of, value)) return ParameterValue(*flag);
        break;
      case ParameterType::integer:
        if (const auto number = read.integer(of, value)) return ParameterValue(*number);
        break;
      case ParameterType::number:
        if (const auto number = read.number(of, value)) return ParameterValue(*number);
        break;
      case ParameterType::choice:
        if (auto choice = read.choice(of, value)) return ParameterValue(std::move(*choice));
        break;
      case ParameterType::device:
        if (auto name = read.text(of, value)) {
          roles_.push_back({0, of.name, *name, value.where});
          return ParameterValue(std::move(*name));
        }
        break;
      case ParameterType::device_list:
        return parse_list(of, value);
      case ParameterType::segments:
        return parse_segments(of, value);
      case ParameterType::fec:
        return parse_fec(of, value);
      default:
        assert(false);
    }
    return std::nullopt;
  }

  std::optional<ParameterValue> parse_list(const Parameter& of, const JsonValue& value) {
    auto names = ValueReader(context_).text_list(of, value);
    if (!names.has_value()) return std::nullopt;
    if (names->empty()) context_.error(value.where, fmt::format("{} is empty", in_quotes(of.name)));
    for (std::size_t i = 0; i < names->size(); ++i) {
      if (std::find(names->begin(), names->begin() + static_cast<std::ptrdiff_t>(i), (*names)[i]) ==
          names->begin() + static_cast<std::ptrdiff_t>(i))
        continue;
      context_.error(value.items[i].where,
                     fmt::format("{} stands twice in {}", in_quotes((*names)[i]), in_quotes(of.name)));
      return std::nullopt;
    }
    for (std::size_t i = 0; i < names->size(); ++i) {
      roles_.push_back({0, of.name, (*names)[i], value.items[i].where});
    }
    return ParameterValue(std::move(*names));
  }

  std::optional<ParameterValue> parse_segments(const Parameter& of, const JsonValue& value) {
    if (!require_array(context_, value, in_quotes(of.name))) return std::nullopt;
    if (value.items.empty()) context_.error(value.where, "\"segments\" is empty");
    std::vector<Segment> segments;
    for (const JsonValue& item : value.items) {
      const Fields fields(context_, item, segment_keys(), "a segment");
      if (!fields.is_object()) continue;
      const auto to = fields.maybe_text("to");
      const auto size = fields.maybe_integer("size_mib");
      segments.push_back({to.value_or(""), size.value_or(1), fields.integer("start_mib")});
      if (to.has_value()) roles_.push_back({0, of.name, *to, fields.where("to")});
    }
    return ParameterValue(std::move(segments));
  }

  std::optional<ParameterValue> parse_fec(const Parameter& of, const JsonValue& value) {
    const Fields fields(context_, value, fec_keys(), in_quotes(of.name));
    if (!fields.is_object()) return std::nullopt;
    const auto device = fields.maybe_text("device");
    if (device.has_value()) roles_.push_back({0, of.name, *device, fields.where("device")});
    return ParameterValue(
        FecSettings{device.value_or(""), static_cast<int>(fields.integer("roots")), fields.integer("blocks")});
  }

 private:
  const ReadContext& context_;
  std::vector<RoleUse>& roles_;
};

/// Requires: parameters are listed after the one they take their default from.
void fill_default(const Parameter& of, Device& device) {
  if (!of.default_from.empty()) {
    const auto source = device.parameters.find(of.default_from);
    assert(source != device.parameters.end());
    device.parameters[of.name] = source->second;
    return;
  }
  const std::string& text = of.default_text;
  if (text.empty()) return;
  switch (of.type) {
    case ParameterType::boolean:
      device.parameters[of.name] = text == "true";
      break;
    case ParameterType::integer:
      device.parameters[of.name] = static_cast<std::int64_t>(std::stoll(text));
      break;
    case ParameterType::number:
      device.parameters[of.name] = std::stod(text);
      break;
    case ParameterType::choice:
      device.parameters[of.name] = text.substr(1, text.size() - 2);
      break;
    default:
      assert(false);
  }
}

}  // namespace

void read_device_parameters(const ReadContext& context, const KeyTable& table, const Fields& fields,
                            const JsonValue* defaults, Device& device, std::vector<RoleUse>& roles) {
  ParameterReader reader(context, roles);
  for (const Parameter& of : table) {
    const JsonValue* value = fields.value(of.name);
    if (value == nullptr && defaults != nullptr) {
      if (const JsonMember* member = defaults->find(of.name)) value = &member->value;
    }
    if (value != nullptr) {
      device.key_positions[of.name] = context.position(*value);
      if (auto parsed = reader.parse(of, *value)) {
        device.parameters[of.name] = std::move(*parsed);
        continue;
      }
    }
    fill_default(of, device);
  }
}

std::string with_copy_number(std::string text, const std::string& number) {
  for (std::size_t at = 0; (at = text.find(copy_mark, at)) != std::string::npos; at += number.size()) {
    text.replace(at, copy_mark.size(), number);
  }
  return text;
}

bool has_copy_mark(std::string_view text) {
  return text.find(copy_mark) != std::string_view::npos;
}

void number_roles(const KeyTable& table, Device& device, const std::string& number) {
  for (const Parameter& of : table) {
    const auto found = device.parameters.find(of.name);
    if (!of.is_role || found == device.parameters.end()) continue;
    ParameterValue& value = found->second;
    if (auto* name = std::get_if<std::string>(&value)) *name = with_copy_number(*name, number);
    if (auto* names = std::get_if<std::vector<std::string>>(&value)) {
      for (std::string& name : *names) name = with_copy_number(name, number);
    }
    if (auto* segments = std::get_if<std::vector<Segment>>(&value)) {
      for (Segment& segment : *segments) segment.to = with_copy_number(segment.to, number);
    }
    if (auto* fec = std::get_if<FecSettings>(&value)) fec->device = with_copy_number(fec->device, number);
  }
}

}  // namespace dmstall::models
