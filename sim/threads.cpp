// Which kernel threads a token has, and which of them runs it.
#include <algorithm>

#include "models/machine/graph.hpp"
#include "sim/interpreter.hpp"

namespace dmstall::sim {

namespace {

/// SimGrid's actors need two memory maps each, and Linux allows 65,530 per process.
constexpr std::int64_t most_threads = 30'000;

}  // namespace

ThreadId Interpreter::thread_of(models::TokenId id) const {
  const State& mine = states_[static_cast<std::size_t>(id)];
  const models::Token& token = *mine.token;
  if (token.detached) return no_thread;
  if (!mine.threads.empty()) return mine.threads.back();
  return token.being_submitted ? thread_of(token.parent) : no_thread;
}

/// After an asynchronous submission the submitter's thread goes its own way; below a sync call it sleeps.
bool Interpreter::detached_for_good(models::TokenId id) const {
  const models::Token& token = world_.token(id);
  return token.detached && std::none_of(token.frames.begin(), token.frames.end(), [&](const models::Frame& frame) {
           return models::node_at(machine_, frame.call).context == models::CallContext::sync;
         });
}

/// Brings the token's actors in line with the thread elements it holds: one each, besides a task's own.
void Interpreter::match_threads(models::TokenId id) {
  State& mine = state(id);
  const models::Token& token = *mine.token;
  std::size_t wanted = 0;
  for (const models::Holding& held : token.held) {
    if (is_thread(held.resource)) wanted += static_cast<std::size_t>(std::max(0, held.n));
  }
  if (mine.own_thread && detached_for_good(id)) mine.own_thread = false;
  if (mine.own_thread) ++wanted;
  while (mine.threads.size() > wanted) {
    clock_.give_thread(mine.threads.back());
    mine.threads.pop_back();
  }
  while (mine.threads.size() < wanted) {
    if (clock_.threads_in_use() >= most_threads) return end(Ending::out_of_threads);
    mine.threads.push_back(clock_.take_thread());
  }
  mine.on = thread_of(id);
}

/// A child may have given back the thread of its parent.
void Interpreter::match_threads_of_family(models::TokenId id) {
  for (;;) {
    match_threads(id);
    const models::Token& token = world_.token(id);
    if (token.parent == models::no_token || world_.token(token.parent).serial != token.parent_serial) return;
    id = token.parent;
  }
}

void Interpreter::release_threads(State& state) {
  for (const ThreadId thread : state.threads) clock_.give_thread(thread);
  state.threads.clear();
}

}  // namespace dmstall::sim
