// Short forms for writing tables of Parameters, one line per key, name first, help last; and for pools that recur.
#pragma once

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "models/scenario/target_description.hpp"

namespace dmstall::models::declare {

inline constexpr double no_limit = 1e15;  ///< integers up to here are exact in a double

inline Parameter parameter(std::string name, ParameterType type, std::string default_text, std::string help) {
  Parameter result;
  result.name = std::move(name);
  result.type = type;
  result.default_text = std::move(default_text);
  result.help = std::move(help);
  return result;
}

inline Parameter whole(std::string name, std::string unit, std::string default_text, double minimum, double maximum,
                       std::string help) {
  Parameter result = parameter(std::move(name), ParameterType::integer, std::move(default_text), std::move(help));
  result.unit = std::move(unit);
  result.minimum = minimum;
  result.maximum = maximum;
  return result;
}

inline Parameter number(std::string name, std::string unit, std::string default_text, double minimum, double maximum,
                        std::string help) {
  Parameter result =
      whole(std::move(name), std::move(unit), std::move(default_text), minimum, maximum, std::move(help));
  result.type = ParameterType::number;
  return result;
}

inline Parameter flag(std::string name, std::string default_text, std::string help) {
  return parameter(std::move(name), ParameterType::boolean, std::move(default_text), std::move(help));
}

/// `default_text` is a JSON text: "\"error\"", or empty.
inline Parameter choice(std::string name, std::string default_choice, std::vector<std::string> choices,
                        std::string help) {
  std::string default_text = default_choice.empty() ? std::string() : "\"" + default_choice + "\"";
  Parameter result = parameter(std::move(name), ParameterType::choice, std::move(default_text), std::move(help));
  result.choices = std::move(choices);
  return result;
}

inline Parameter text(std::string name, std::string help) {
  return parameter(std::move(name), ParameterType::text, "", std::move(help));
}

inline Parameter text_list(std::string name, std::string help) {
  return parameter(std::move(name), ParameterType::text_list, "", std::move(help));
}

inline Parameter steps(std::string name, std::string help) {
  return parameter(std::move(name), ParameterType::steps, "", std::move(help));
}

inline Parameter custom(std::string name, std::string help) {
  return parameter(std::move(name), ParameterType::custom, "", std::move(help));
}

/// The name of a lower device of the stack.
inline Parameter role(std::string name, std::string help, ParameterType type = ParameterType::device) {
  Parameter result = parameter(std::move(name), type, "", std::move(help));
  result.is_role = true;
  result.required = type == ParameterType::device;
  return result;
}

/// A write of the device goes on to the device that stands in this role.
inline Parameter takes_writes(Parameter of) {
  of.takes_writes = true;
  return of;
}

/// A filesystem can stand in this role.
inline Parameter takes_files(Parameter of) {
  of.takes_files = true;
  return of;
}

/// The parameter `of`, which is in KiB and has that range, in the sectors that tables count. Listed after it.
inline Parameter in_sectors(std::string name, std::string of, double minimum_kib, double maximum_kib) {
  Parameter result =
      whole(std::move(name), "sectors", "", 2 * minimum_kib, 2 * maximum_kib, of + ", as tables count it");
  result.spelling_of = std::move(of);
  return result;
}

inline Parameter required(Parameter of) {
  of.required = true;
  return of;
}

inline Parameter optional(Parameter of) {
  of.required = false;
  return of;
}

inline Parameter power_of_two(Parameter of) {
  of.power_of_two = true;
  return of;
}

inline Parameter unmodelled(Parameter of, std::vector<std::string> values, std::string reason = {}) {
  of.unmodelled_values = std::move(values);
  of.unmodelled_reason = std::move(reason);
  return of;
}

/// A dm_io client, which is two pools.
inline PoolDescription client(std::string name, const std::string& of) {
  return {.name = std::move(name),
          .holds = "struct io + struct bio, " + of,
          .sized_by = "reserved_bio_based_ios",
          .is_client = true};
}

/// All devices have one together in a kernel with the change.
inline PoolDescription one_with(Change change, PoolDescription of) {
  of.one_with = change;
  return of;
}

}  // namespace dmstall::models::declare
