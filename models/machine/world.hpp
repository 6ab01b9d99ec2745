// A state with individual tokens, and steps on it. What simulate and the replayer run on.
//
// A token is one request or a child of one. It remembers where it stands, the calls it is in, what it holds (for
// reports: no decision reads it) and its family. Tokens are numbered in the order of their creation; the number
// never changes and is not reused, so a list of (token, alternative) replays. Steps are numbered as such a list is,
// from 1: a start counts as one.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "models/machine/graph.hpp"
#include "models/machine/semantics.hpp"
#include "models/machine/stable_vector.hpp"

namespace dmstall::models {

using TokenId = std::int32_t;  ///< index of a live token in World; reused after the token has finished
inline constexpr TokenId no_token = -1;

struct Frame {
  NodeId call = no_node;
  bool detached = false;        ///< whether the token ran in no thread when it called
  std::int32_t threads = 0;     ///< thread elements it held when it called
  std::int64_t address = 0;     ///< its address before the call
  bool left = false;            ///< an async call: the submitter has returned, its after_detach is given back
  std::int64_t since_step = 0;  ///< step number of the call
};

struct Holding {
  ResourceId resource = no_resource;
  std::int32_t n = 0;
  std::int64_t since_step = 0;  ///< step number of the last take of it
  std::int32_t depth = 0;       ///< call depth at which it was taken
  bool detached_before = true;  ///< threads only: whether the token ran in no thread when it took this one
};

struct Token {
  std::int64_t serial = -1;
  std::int32_t request_class = -1;
  std::int64_t request = -1;  ///< serial of the root request it works for
  NodeId at = no_node;
  std::vector<Frame> frames;
  TokenId parent = no_token;
  std::int64_t parent_serial = -1;
  std::int32_t children = 0;
  Status worst = Status::ok;
  bool submitting = false;       ///< waits for the child it just submitted
  bool being_submitted = false;  ///< runs in its parent's thread until it detaches
  bool detached = true;          ///< runs in no thread: a bio in flight, a queued work item
  bool awoken = false;           ///< by a broadcast (await), by a give (take_asleep)
  bool daemon = false;
  std::vector<std::pair<ResourceId, std::int32_t>> tickets;
  std::vector<Holding> held;
  std::int64_t address = 0;       ///< bytes, as the flow it is in sees them
  std::int64_t arrived_step = 0;  ///< step number with which it came to where it stands
  std::int32_t faults = 0;        ///< index of its fault combination
};

/// What one step did, for whoever runs the tokens. Reused from step to step.
struct StepEffects {
  std::vector<ResourceId> released;  ///< waiters of these may go on
  std::vector<TokenId> ready;        ///< other tokens that this step itself let go on (parents, broadcast, turn)
  TokenId spawned = no_token;
  bool finished = false;          ///< the token is gone; its TokenId may be reused
  bool request_finished = false;  ///< it was a request (no parent)
  bool stopped = false;           ///< the machine restarted or panicked: all tokens are gone
  Status status = Status::ok;
  std::optional<std::string> error;
  void clear();
};

class World {
 public:
  explicit World(const Machine& machine);

  /// Goes on under another machine with the same layout (the same program under other memory rules).
  void rebind(const Machine& machine) { machine_ = &machine; }

  /// A new request of the class. Its faults are chosen by its own choose step.
  TokenId start(std::int32_t request_class, std::int64_t address = 0);

  [[nodiscard]] const Machine& machine() const { return *machine_; }
  [[nodiscard]] const Levels& levels() const { return levels_; }
  [[nodiscard]] Levels& levels() { return levels_; }
  [[nodiscard]] const Token& token(TokenId id) const { return tokens_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] Token& token(TokenId id) { return tokens_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const Node& node_of(TokenId id) const { return node_at(*machine_, token(id).at); }
  /// no_token when it has finished or never existed. O(1).
  [[nodiscard]] TokenId find(std::int64_t serial) const;
  [[nodiscard]] std::vector<TokenId> live() const;  ///< in order of creation
  [[nodiscard]] std::size_t live_count() const { return live_count_; }
  [[nodiscard]] std::int64_t created() const { return next_serial_; }
  [[nodiscard]] std::int64_t steps() const { return steps_; }
  /// A `stop` was carried out: nobody is left, nothing can start.
  [[nodiscard]] bool stopped() const { return stopped_; }

  void alternatives(TokenId id, std::vector<Alternative>& out) const;
  /// Requires: `alternative` is enabled for the token now.
  void apply(TokenId id, const Alternative& alternative, StepEffects& effects);

 private:
  void finish(TokenId id, Status status, StepEffects& effects);
  void stop(StepEffects& effects);
  void detach(TokenId id, StepEffects& effects);
  void leave(TokenId id, std::size_t frame, StepEffects& effects);
  void enter_call(TokenId id, NodeId call);
  void spawn(TokenId id, const Node& node, StepEffects& effects);
  void stop_awaiting(TokenId id, ResourceId event);
  void wake_awaiting(ResourceId event, StepEffects& effects);
  void give_wakes(ResourceId resource, std::int32_t before);
  [[nodiscard]] std::int32_t threads_held(const Token& token) const;
  void note_give(TokenId id, ResourceId resource, std::int32_t n);
  void note_take(TokenId id, ResourceId resource, std::int32_t n);
  void arrive(TokenId id, NodeId node);
  TokenId create(std::int32_t request_class, NodeId entry);

  const Machine* machine_;
  Levels levels_;
  StableVector<Token> tokens_;
  std::vector<TokenId> free_;
  std::deque<TokenId> by_serial_;  ///< of serials from first_serial_ on; no_token: finished
  std::int64_t first_serial_ = 0;
  std::vector<std::vector<TokenId>>
      waiting_for_event_;  ///< per resource: who awaits the event, who sleeps until a give
  std::int64_t next_serial_ = 0;
  std::int64_t steps_ = 0;
  std::size_t live_count_ = 0;
  bool stopped_ = false;
};

}  // namespace dmstall::models
