// The columns of a group's equations: every way in which a token may wait for a thing of the group, with all that it
// holds that matters, whoever called.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/engines/prove/waits.hpp"

namespace dmstall::analysis {

struct Column {
  Target target;
  ThingId thing = no_thing;
  Holdings held;
  std::int32_t request_class = -1;  ///< of a token that is a request; -1: a child
  std::int32_t from_class = -1;     ///< a class whose requests come to stand here; -1: a child, of whatever class
};

/// Nothing: more contexts than `limit`, or more columns than can be solved.
[[nodiscard]] std::optional<std::vector<Column>> columns_of(const Things& things, const Summaries& summaries,
                                                            const Waits& waits, const std::vector<ThingId>& group,
                                                            std::size_t limit, Deadline& deadline);

}  // namespace dmstall::analysis
