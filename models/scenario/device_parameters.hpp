// The parameters of one device, read by the table of its target.
#pragma once

#include <string>
#include <vector>

#include "models/scenario/parts.hpp"

namespace dmstall::models {

/// Fills device.parameters and key_positions; adds every lower device that is named to `roles` (their `device` unset).
/// Values come from the device, else from `defaults` (nullptr: none), else from the table.
void read_device_parameters(const ReadContext& context, const KeyTable& table, const Fields& fields,
                            const JsonValue* defaults, Device& device, std::vector<RoleUse>& roles);

/// Replaces every {i} in a text.
[[nodiscard]] std::string with_copy_number(std::string text, const std::string& number);
[[nodiscard]] bool has_copy_mark(std::string_view text);

/// Replaces {i} in the names of lower devices.
void number_roles(const KeyTable& table, Device& device, const std::string& number);

}  // namespace dmstall::models
