// Promela's names for what a program calls by dotted names.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "models/machine/program.hpp"

namespace dmstall::analysis {

/// Each name begins with what it counts, so none is a keyword of Promela or C.
class PromelaNames {
 public:
  explicit PromelaNames(const models::Program& program);

  /// Free elements of a pool, value of a counter, 1 or 0 of an event, undrawn tickets of an order that are not served.
  [[nodiscard]] const std::string& level(models::ResourceId id) const { return levels_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] std::string readers(models::ResourceId id) const {
    return "readers_of_" + plain_[static_cast<std::size_t>(id)];
  }
  [[nodiscard]] std::string writer(models::ResourceId id) const {
    return "writer_of_" + plain_[static_cast<std::size_t>(id)];
  }
  [[nodiscard]] std::string queued(models::ResourceId id) const {
    return "queued_writers_of_" + plain_[static_cast<std::size_t>(id)];
  }
  /// The k-th ticket of each process, oldest first.
  [[nodiscard]] std::string ticket(models::ResourceId id, int k) const;

  /// A text as an identifier, different from all that this set of names has given out before.
  [[nodiscard]] static std::string identifier(const std::string& text, std::set<std::string>& taken);
  /// A text that may stand in a comment.
  [[nodiscard]] static std::string comment(const std::string& text);

 private:
  std::vector<std::string> plain_, levels_;
};

}  // namespace dmstall::analysis
