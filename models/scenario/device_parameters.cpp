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
      const auto size = in_sectors(fields, "size_mib", "size_sectors");
      if (!size && fields.value("size_mib") == nullptr && fields.value("size_sectors") == nullptr) {
        context_.error({item.where.begin, item.where.begin + 1},
                       "missing key \"size_mib\" (or \"size_sectors\") in a segment");
      }
      segments.push_back(
          {to.value_or(""), size.value_or(1), in_sectors(fields, "start_mib", "start_sectors").value_or(0)});
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
  /// Sectors, from the one of two keys that is written.
  std::optional<std::int64_t> in_sectors(const Fields& fields, const std::string& mib, const std::string& sectors) {
    constexpr std::int64_t sectors_per_mib = 2048;
    if (fields.value(mib) != nullptr && fields.value(sectors) != nullptr) {
      context_.error(fields.value(sectors)->where,
                     fmt::format("a segment has either {} or {}", in_quotes(mib), in_quotes(sectors)));
    }
    if (const auto written = fields.maybe_integer(sectors)) return written;
    const auto written = fields.maybe_integer(mib);
    return written ? std::optional(*written * sectors_per_mib) : std::nullopt;
  }

  const ReadContext& context_;
  std::vector<RoleUse>& roles_;
};

/// A value in sectors for a parameter in KiB. `main_written`: so is that one, at the same place.
void take_other_spelling(const ReadContext& context, const Parameter& of, const JsonValue& value, bool main_written,
                         Device& device) {
  if (main_written) {
    context.error(value.where, fmt::format("{} and {} are the same value: write one of them", in_quotes(of.spelling_of),
                                           in_quotes(of.name)));
    return;
  }
  const auto sectors = ValueReader(context).integer(of, value);
  if (!sectors) return;
  if (*sectors % 2 != 0) {
    context.error(value.where, fmt::format("{} is {}: an odd number of sectors is no whole number of KiB",
                                           in_quotes(of.name), *sectors));
    return;
  }
  device.parameters[of.spelling_of] = *sectors / 2;
  device.key_positions[of.spelling_of] = context.position(value);
}

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
    if (!of.spelling_of.empty()) {
      const bool main_here = fields.value(of.spelling_of) != nullptr;
      const JsonMember* by_default = defaults == nullptr ? nullptr : defaults->find(of.name);
      const bool main_by_default = defaults != nullptr && defaults->find(of.spelling_of) != nullptr;
      if (value != nullptr) take_other_spelling(context, of, *value, main_here, device);
      if (value == nullptr && by_default != nullptr && !main_here)
        take_other_spelling(context, of, by_default->value, main_by_default, device);
      continue;
    }
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
