// The oracle: the slow, obvious reading of a Program, against which every engine is compared.
//
// One process per request, plain breadth-first search over complete states, no reduction, no compiled machine: it reads
// the nested steps with a cursor per open block and shares nothing with models/machine but the data types of
// resource.hpp, step.hpp and program.hpp. Cost: one copied state per edge; meant for thousands of states.
//
// A token is stuck in a state when, from there, with every allocation refused for ever, no schedule of the others ever
// gives it an enabled step. A state is dead when it holds an unfinished request and no token at all has an enabled
// step.
//
// Readings chosen where the rules leave room (each is the kernel's behaviour):
//   - an idle daemon is never stuck, but a daemon that can still move keeps a state from being dead;
//   - children of a daemon are daemons; children of a finished parent run on, nobody waits for them;
//   - `all n` of a soft resource comes wholly from the allocator, wholly from pages, or wholly from the reserve;
//   - with rule `pages` an allocation fails only when too few pages are free; where pages and reserve both would do,
//     either may be used;
//   - a waiter without poll is woken by every give that adds an element, and by nothing else; awake, it starts again at
//   the
//     allocator, and may fall asleep again, which is no progress (dm-bufio). Where the allocator always refuses, only
//     elements count, and enough of them let it go on;
//   - write trylock fails while a writer is queued, as read trylock does (the rwsem's waiters flag);
//   - who stands at an `await` is waiting: a broadcast reaches it;
//   - a parked bio starts where the outermost submit_bio block of its *thread* ends, also when the block that parked it
//     belongs to a flow called inside; `finish` inside a block, and `detach` inside blocks opened by the frames that
//     return there, end these blocks first;
//   - parked bios start in the order in which they were parked, nested blocks included (4.11 and later: what an inlined
//     ->submit_bio sent down is popped before what its caller parked after it);
//   - a parked child is submitted (its parent's thread runs it) when it may detach in that thread: a `detach` that is
//   not
//     inside a sync or async call;
//   - a ticket is served oldest first; passing a turn without a ticket is a scenario error;
//   - a stop takes everybody away: a token that some schedule of the others leads there is not stuck, as if it could
//   move then;
//   - await_children forgets the statuses it has reported; the relief run takes no faulty branch where another exists.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/machine/program.hpp"

namespace dmstall::tests {

/// What a move is, in words that a replay of another engine's run can be matched with.
enum class MoveKind : std::uint8_t { go_on, allocator, page, reserve, sleep, refused, branch };

/// A place in nested steps: the open list and the index of the next step in it.
struct OpenList {
  int list = 0;
  int index = 0;
  bool closed = false;  ///< a submit_bio block that has already ended
  bool left = false;    ///< an async call's flow: the submitter has returned
};

struct OracleToken {
  bool live = false;
  bool daemon = false;
  std::int64_t serial = -1;  ///< order of creation; not part of the state
  int request_class = -1;
  int parent = -1;  ///< slot, -1: none or already finished
  int children = 0;
  int worst = 0;
  bool submitted = false;  ///< the parent waits until this token detaches
  int submitting = 0;      ///< 1: a submitted child has not detached; 2: it has, the parent has not noticed yet
  std::vector<OpenList> open;
  int blocks = 0;                        ///< open submit_bio blocks
  std::vector<models::FlowId> parked;    ///< by these blocks, in order
  std::vector<models::FlowId> starting;  ///< parked children of a block that has ended, next first
  int part = 0;                          ///< elements already taken by a `take n each`
  int mark = 0;                          ///< 1: asleep (take), arrived (write_lock), awoken (await); 2: woken (take)
  std::vector<std::pair<models::ResourceId, std::int64_t>> tickets;
};

struct OracleState {
  std::vector<std::array<std::int64_t, 3>> level;  ///< free or value; readers, writer, queued; next ticket, serving
  std::int64_t free_pages = 0;
  std::int64_t next_serial = 0;
  bool stopped = false;  ///< the machine is gone, with all tokens
  std::vector<OracleToken> tokens;
};

struct OracleMove {
  MoveKind kind = MoveKind::go_on;
  int index = 0;  ///< branch number of a choose
  int slot = 0;   ///< who moves
  bool needs_allocator = false;
  bool futile = false;  ///< it was woken and falls asleep again: nobody who can do only this moves
  int faults = 0, failures = 0;
  std::string error;  ///< not empty: a scenario error, `next` is meaningless
  OracleState next;
};

/// The interpreter: initial state and moves.
class Oracle {
 public:
  /// `plentiful`: the allocator never refuses and faulty branches are not chosen (the relief run).
  explicit Oracle(const models::Program& program, bool plentiful = false);

  [[nodiscard]] OracleState initial() const;
  /// One more request of the class.
  void start(OracleState& state, int request_class) const;
  [[nodiscard]] std::vector<OracleMove> moves(const OracleState& state, int slot) const;
  [[nodiscard]] std::vector<std::int64_t> key(const OracleState& state) const;
  /// Is there an unfinished token that is not a daemon?
  [[nodiscard]] static bool unfinished(const OracleState& state);
  [[nodiscard]] const models::Program& program() const { return *program_; }

 private:
  enum class ListKind : std::uint8_t { flow, plain, forever, again, submit };
  struct List {
    const models::Steps* steps;
    ListKind kind;
  };

  void add_list(const models::Steps& steps, ListKind kind);
  [[nodiscard]] const models::Step* step_at(const OracleToken& token) const;
  void settle(OracleToken& token) const;
  void advance(OracleToken& token) const;
  void enter(OracleToken& token, const models::Steps& steps) const;
  void close_block(OracleToken& token) const;
  void close_blocks_above(OracleToken& token, std::size_t frame) const;
  [[nodiscard]] std::size_t frame_of_detach(const OracleToken& token) const;
  [[nodiscard]] bool may_detach(const models::Steps& steps, int depth) const;
  int create(OracleState& state, models::FlowId flow, int request_class, bool daemon, int parent) const;
  void wake(OracleState& state, models::ResourceId resource) const;
  [[nodiscard]] std::string give(OracleState& state, models::ResourceId resource, std::int64_t n) const;
  void finish(OracleState& state, int slot, int status) const;
  void take_moves(const OracleState& state, int slot, const models::Step& step, std::vector<OracleMove>& out) const;

  const models::Program* program_;
  bool plentiful_;
  bool counts_pages_ = false;
  std::vector<List> lists_;
  std::unordered_map<const models::Steps*, int> list_of_;
};

struct OracleAnswer {
  bool known = false;  ///< false: the cap ended the search, nothing below is an answer
  std::size_t states = 0;
  bool dead = false;          ///< a dead state is reachable
  bool stuck = false;         ///< a state with a stuck token that is not a daemon is reachable
  bool livelock = false;      ///< a fair endless run leaves a request that counts unfinished, though it moves
  bool can_complete = false;  ///< a state in which every request has finished is reachable
  bool error = false;         ///< a scenario error is reachable
  std::string error_text;
  int steps_to_dead = -1;  ///< fewest steps, -1: none reachable
  int steps_to_stuck = -1;
  int faults_to_stuck = -1;  ///< fewest faults, then fewest failed allocations with that many faults
  int failures_to_stuck = -1;
};

/// Searches every schedule of the program with its classes' populations.
[[nodiscard]] OracleAnswer ask_oracle(const models::Program& program, std::size_t state_cap = 200'000);

/// Serials of the live tokens that can never move again from `state` while allocations are refused; daemons included.
/// nullopt: the cap was reached.
[[nodiscard]] std::optional<std::set<std::int64_t>> never_move(const Oracle& oracle, const OracleState& state,
                                                               std::size_t state_cap = 50'000);

/// Whether the tokens finish when the allocator succeeds from now on.
enum class Relief : std::uint8_t { never, sometimes, always, unknown };
[[nodiscard]] Relief relief(const models::Program& program, const OracleState& state,
                            const std::set<std::int64_t>& serials, std::size_t state_cap = 50'000);

}  // namespace dmstall::tests
