// A proof as data: which thing ranks above which, and for things that share a rank, why the equations have no solution.
//
// Written by the prover, read by the checker (analysis/verify), which trusts nothing in it. README.md says what the
// words mean.
//
// Multipliers are a Farkas certificate (see linear.hpp). A program that hands over with its answer what another,
// simpler one can check is a certifying algorithm: R. M. McConnell, K. Mehlhorn, S. Näher, P. Schweitzer, "Certifying
// algorithms", Computer Science Review 5(2), 2011.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dmstall::analysis {

/// What is waited for, and how much of it at once.
struct Target {
  std::string thing;      ///< resource name, "completion of <flow>", "submission of <flow>"
  std::int64_t need = 1;  ///< of a pool: n + keep; 1 otherwise
  bool writing = false;   ///< of an rwsem
  auto operator<=>(const Target&) const = default;
};

enum class RowKind : std::uint8_t { somebody, waits, supply, bound, requests };

/// A row of the equations and its multiplier.
struct Multiplier {
  RowKind row = RowKind::somebody;
  Target target;         ///< waits, supply: the target; bound: target.thing is the resource
  std::string of_class;  ///< requests
  std::string times;     ///< exact and positive: "3" or "7/2"
};

/// A leaf with multipliers, or a split into "target is waited for" and "is not".
struct Cases {
  std::optional<Target> split;
  std::vector<Cases> branches;          ///< with split: exactly two, first "is waited for"
  std::vector<Multiplier> multipliers;  ///< without
};

struct RankGroup {
  std::vector<std::string> things;  ///< in alphabetical order
  std::optional<Cases> cases;       ///< absent: every wait that touches the group goes strictly down
};

/// Why who awaits an event is woken.
struct EventRule {
  std::string event;
  std::string counter,
      guard;            ///< batch: the counter, and the resource that is held; guard empty: nothing stands in between
  std::string owed_by;  ///< owed: the class
};

/// A stack of devices and the requests to it, by name.
struct StackNames {
  std::vector<std::string> devices, workload;
};

/// Stacks beside each other that differ in names only, two or more. The certificate is about the scenario without those
/// after the first two: what ranks there ranks alike in each of the others, and no token holds what is another's.
using AlikeNames = std::vector<StackNames>;

struct Certificate {
  std::string scenario;     ///< its name
  std::string kernel;       ///< release and changes switched by hand: Program::kernel
  std::string sha256;       ///< of the scenario file, hexadecimal; empty where there is none
  bool with_faults = true;  ///< false: of the scenario without its faults
  bool any_number = true;   ///< false: of the counts of tasks in the file only
  /// Ids of what the models left out when it was written: what could turn the PROGRESS into a DEADLOCK, and the rest.
  std::vector<std::string> could_matter, cannot_matter;
  std::vector<RankGroup> groups;  ///< highest rank first; every thing that somebody waits for, once
  std::vector<AlikeNames> alike;  ///< empty: it is about the whole scenario
  std::vector<EventRule> events;  ///< one for each event that is awaited and may be unset
};

}  // namespace dmstall::analysis
