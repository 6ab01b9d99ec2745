// Lowers a Program (nested steps) to a Machine (a graph of atomic steps).
//
// `take n each` becomes n takes of one; a soft take without poll gets an asleep twin; `write_lock` becomes arrive and
// acquire; parked spawns of a submit_bio block are emitted at the end of the outermost block, in the order in which
// current->bio_list would be popped; branches fall through to what follows them; empty steps leave no node.
#pragma once

#include <stdexcept>
#include <string>

#include "models/machine/machine.hpp"

namespace dmstall::models {

/// A program that cannot be lowered: an unknown flow, a step that would wait in no thread. Carries the place.
class CompileError : public std::runtime_error {
 public:
  CompileError(const std::string& what, int line_number, int column_number)
      : std::runtime_error(what), line(line_number), column(column_number) {}
  int line, column;
};

[[nodiscard]] Machine compile(const Program& program);

/// Whether the step tests that its resource is *not* available, or makes it so: see Machine::read_negatively.
[[nodiscard]] bool reads_negatively(const Node& node);

}  // namespace dmstall::models
