// What a token does, in words: for event logs and witnesses.
#pragma once

#include <string>

#include "models/machine/world.hpp"

namespace dmstall::models {

/// Who runs the token: its innermost kernel thread ("kverityd/upper"), else its bio ("bio 7 of snap"), else its task.
[[nodiscard]] std::string who(const World& world, TokenId id);

/// "takes 1 verity.recheck_pool from the reserve (0 of 1 left)". `world`: after the step. Empty: not worth a line.
[[nodiscard]] std::string describe_step(const World& world, const Node& node, const Alternative& taken);

/// "waits for 1 verity.recheck_pool (0 of 1 left)": what the token waits for where it stands. Empty: not worth a line.
[[nodiscard]] std::string describe_wait(const World& world, TokenId id);

/// "reads 4096 B of ufs"
[[nodiscard]] std::string describe_spend(const Machine& machine, const Node& node);

/// "0 of 1 left"
[[nodiscard]] std::string left_of(const World& world, ResourceId resource);

}  // namespace dmstall::models
