// What a recorded trace of a running kernel shows, and how a part of the models says which of it is its own.
//
// An event is one kind of thing that a thread did, with its callers. Steps stand for events; so do entries of the
// ledger, which name what is left out (machine/omission.hpp).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dmstall::models {

enum class EventKind : std::uint8_t {
  take,   ///< mempool_alloc
  give,   ///< mempool_free
  bio,    ///< bio_alloc_bioset
  put,    ///< bio_free
  alloc,  ///< slabs and pages, without a mempool, where the thread may wait for memory
  try_,   ///< the same where it may not
  sleep,  ///< the thread is switched out and cannot be interrupted
  lock,   ///< a mutex, a semaphore or an rwsem is asked for
  queue,  ///< queue_work_on
  run,    ///< a work function begins
};
inline constexpr std::size_t event_kinds = 10;

/// Names as traces spell them, in the order of EventKind.
inline constexpr std::array<std::string_view, event_kinds> event_names{"take", "give",  "bio",  "put",   "alloc",
                                                                       "try",  "sleep", "lock", "queue", "run"};

[[nodiscard]] constexpr std::string_view to_string(EventKind kind) {
  return event_names[static_cast<std::size_t>(kind)];
}

[[nodiscard]] constexpr std::optional<EventKind> event_kind_from(std::string_view name) {
  for (std::size_t i = 0; i < event_kinds; ++i) {
    if (event_names[i] == name) return static_cast<EventKind>(i);
  }
  return std::nullopt;
}

/// Some kinds of events.
class EventKinds {
 public:
  constexpr EventKinds() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a kind is a set of one.
  constexpr EventKinds(EventKind kind) : bits_(static_cast<std::uint16_t>(1U << static_cast<unsigned>(kind))) {}

  [[nodiscard]] constexpr bool has(EventKind kind) const { return (bits_ & EventKinds(kind).bits_) != 0; }
  [[nodiscard]] constexpr bool none() const { return bits_ == 0; }
  friend constexpr EventKinds operator|(EventKinds a, EventKinds b) {
    EventKinds both;
    both.bits_ = static_cast<std::uint16_t>(a.bits_ | b.bits_);
    return both;
  }
  bool operator==(const EventKinds&) const = default;
  auto operator<=>(const EventKinds&) const = default;

 private:
  std::uint16_t bits_ = 0;
};

constexpr EventKinds operator|(EventKind a, EventKind b) {
  return EventKinds(a) | EventKinds(b);
}

/// Events by their kinds and callers: kernel functions, innermost first, as steps have them.
struct TracedAs {
  EventKinds kinds;
  std::string_view chain;  ///< text that lives as long as the program
  bool operator==(const TracedAs&) const = default;
};

}  // namespace dmstall::models
