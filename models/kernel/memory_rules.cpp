#include "models/kernel/memory_rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "models/kernel/accounted_memory.hpp"
#include "models/scenario/pool_names.hpp"

namespace dmstall::models {

namespace {

bool selected(const MemorySettings& memory, const Resource& resource, const std::vector<std::string>& other_names) {
  // With "exhausted" every allocation fails, whatever the file names beside it.
  if (memory.fails.empty() || memory.allocator == AllocatorMode::exhausted) return true;
  for (const std::string& pattern : memory.fails) {
    if (pattern == "page" && resource.memory == MemoryClass::page) return true;
    if (pattern == "slab" && resource.memory == MemoryClass::slab) return true;
    if (matches_pattern(pattern, resource.name)) return true;
    if (std::any_of(other_names.begin(), other_names.end(),
                    [&](const std::string& name) { return matches_pattern(pattern, name); }))
      return true;
  }
  return false;
}

/// Failing depends on time, on a count or on chance: in the abstract any attempt may go either way.
bool fails_only_sometimes(const MemorySettings& memory) {
  return memory.first_n || memory.probability || memory.from_s || memory.recovers_after_s;
}

AllocatorRule when_failing(const MemorySettings& memory) {
  if (fails_only_sometimes(memory)) return AllocatorRule::any;
  switch (memory.allocator) {
    case AllocatorMode::exhausted:
      return memory.freed_by == FreedBy::writeback ? AllocatorRule::pages : AllocatorRule::never;
    case AllocatorMode::plentiful:
      return AllocatorRule::never;  // only what `fails` names gets here
    default:
      return AllocatorRule::any;
  }
}

/// A pattern of `fails` that means this kind of thread, not simply everything.
bool names_thread(const MemorySettings& memory, const Resource& thread, const std::vector<std::string>& other_names) {
  return std::any_of(memory.fails.begin(), memory.fails.end(), [&](const std::string& pattern) {
    if (pattern == "*") return false;
    return matches_pattern(pattern, thread.name) ||
           std::any_of(other_names.begin(), other_names.end(),
                       [&](const std::string& name) { return matches_pattern(pattern, name); });
  });
}

AllocatorRule thread_rule(const MemorySettings& memory, const Resource& thread,
                          const std::vector<std::string>& other_names) {
  if (memory.threads) return *memory.threads == Outcome::fails ? AllocatorRule::never : AllocatorRule::always;
  const bool chooses = memory.allocator == AllocatorMode::plentiful || memory.allocator == AllocatorMode::adversary;
  if (chooses && names_thread(memory, thread, other_names)) {
    return fails_only_sometimes(memory) || memory.allocator == AllocatorMode::adversary ? AllocatorRule::any
                                                                                        : AllocatorRule::never;
  }
  // A thread costs pages like everything else.
  if (memory.allocator == AllocatorMode::accounted) return AllocatorRule::any;
  // Unsaid: idle workers exist where memory is the only thing that is short; an adversary may refuse them.
  return memory.allocator == AllocatorMode::adversary && memory.fails.empty() ? AllocatorRule::any
                                                                              : AllocatorRule::always;
}

/// "fails" is for good, unless the pages are counted.
AllocatorRule unpooled_rule(const MemorySettings& memory) {
  if (memory.unpooled == Outcome::succeeds) return AllocatorRule::always;
  return memory.allocator == AllocatorMode::accounted ? AllocatorRule::any : AllocatorRule::never;
}

}  // namespace

void apply_memory_rule(const MemorySettings& memory, Resource& resource, const std::vector<std::string>& other_names) {
  if (!resource.soft) return;
  if (resource.memory == MemoryClass::thread) {
    resource.allocator = thread_rule(memory, resource, other_names);
  } else if (resource.memory == MemoryClass::unpooled) {
    resource.allocator = unpooled_rule(memory);
  } else {
    const bool nothing_fails = memory.allocator == AllocatorMode::plentiful && memory.fails.empty();
    resource.allocator =
        !nothing_fails && selected(memory, resource, other_names) ? when_failing(memory) : AllocatorRule::always;
  }
}

bool thread_counts_are_open(const MemorySettings& memory) {
  return !memory.threads && !(memory.allocator_given && memory.allocator == AllocatorMode::plentiful);
}

std::string describe_unpooled(const MemorySettings& memory, bool refused) {
  if (memory.unpooled == Outcome::succeeds) return "assumed to succeed";
  if (memory.allocator != AllocatorMode::accounted) return "assumed to fail";
  return refused ? "decided by the pages, which may run out" : "decided by the pages, which suffice for all requests";
}

std::string describe_memory(const MemorySettings& memory) {
  std::string text;
  switch (memory.allocator) {
    case AllocatorMode::plentiful:
      text = "plentiful";
      break;
    case AllocatorMode::exhausted:
      text = memory.freed_by == FreedBy::writeback ? "exhausted, freed only by completed writeback"
                                                   : "exhausted, freed by nothing";
      break;
    case AllocatorMode::adversary:
      text = memory.allocator_given ? "adversary: any allocation may fail"
                                    : "adversary (the default): any allocation may fail";
      break;
    case AllocatorMode::accounted:
      text = describe_accounted(memory) + "; a search or a proof lets any allocation fail, which over-approximates it";
      break;
  }
  if (!memory.fails.empty()) text += fmt::format(", failing: {}", fmt::join(memory.fails, ", "));
  if (memory.first_n) text += fmt::format(", the first {} attempts", *memory.first_n);
  if (memory.probability) text += fmt::format(", each with probability {}", *memory.probability);
  if (memory.from_s) text += fmt::format(", from t={} s", *memory.from_s);
  if (memory.recovers_after_s) text += fmt::format(", recovers after {} s", *memory.recovers_after_s);
  if (memory.threads)
    text += *memory.threads == Outcome::fails ? ", new kernel threads fail" : ", new kernel threads succeed";
  return text;
}

}  // namespace dmstall::models
