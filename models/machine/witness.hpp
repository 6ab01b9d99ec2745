// A witness: the list of steps that leads into a stuck set, and what the stuck set looks like.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/machine/stuck.hpp"
#include "models/machine/verdict.hpp"

namespace dmstall::models {

/// One entry of a recorded run: a request starts, or a token takes one alternative of the step it stands at.
struct RecordedStep {
  std::int64_t token = -1;        ///< serial
  std::int32_t start_class = -1;  ///< 0 or more: the token starts as a request of this class
  AlternativeKind kind = AlternativeKind::go_on;
  std::int32_t index = 0;
};

struct Witness {
  std::vector<RecordedStep> steps;
  std::vector<std::int64_t> stuck;  ///< serials
  bool complete = true;             ///< false: steps of finished requests were dropped, numbers have gaps
};

/// Who has some of a resource, since which step (RecordedStep, counted from 1).
struct Holder {
  std::string who;
  std::int32_t n = 0;
  std::int64_t since_step = 0;
};

/// A thread (or a bio in no thread) of the stuck set: what it waits for, what it holds.
struct BlockedThread {
  std::string who;  ///< "kverityd/upper", "flusher/snap", "bio 7 of snap"
  std::int64_t request = -1;
  std::int64_t token = -1;
  std::string waits_for;              ///< "1 verity.recheck_pool", "read lower", "its children"
  ResourceId resource = no_resource;  ///< waited-for resource, if any
  std::int32_t available = 0, capacity = 0;
  std::int32_t wants = 0;       ///< elements of `resource` that it waits for; 0: it waits for something else of it
  std::int64_t since_step = 0;  ///< with which it came to this wait
  bool in_call = false;         ///< asleep until a call returns: the next thread, of the same token, has to complete it
  std::vector<Holder> holders;  ///< of the waited-for resource, those of the stuck set; readers may wait for a writer
  std::vector<std::string> held_by;    ///< who holds the waited-for resource, with since when
  std::vector<std::string> holds;      ///< "1 verity.recheck_pool"
  std::string bio;                     ///< the bio it works for, when that holds something: "bio 0 of snap"
  std::vector<std::string> bio_holds;  ///< what that bio brought along
  std::string functions;    ///< blocked stack, innermost first: "mempool_alloc < verity_recheck < verity_work"
  int alike = 1;            ///< further threads in the same situation, folded into this row
  bool goes_round = false;  ///< it is not asleep: it takes steps for ever that lead nowhere
};

/// The stuck set in words and the circle in it.
struct StuckReport {
  std::vector<BlockedThread> threads;  ///< circle first
  std::size_t in_circle = 0;        ///< so many threads are the circle, each waits for the next, the last for the first
  std::vector<std::string> circle;  ///< waited-for resources of the circle, by name
  std::vector<std::string> waited_for;  ///< all waited-for resources of the stuck set
  DeadlockKind kind = DeadlockKind::circle;
  std::int64_t requests = 0;  ///< requests in the stuck set
};

[[nodiscard]] StuckReport explain(const World& world, const std::vector<TokenId>& stuck);

}  // namespace dmstall::models
