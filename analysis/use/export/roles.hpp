// Which processes a model needs: one kind per class of requests, and one per child flow of another kind.
//
// SPIN's processes are never created or ended while it searches: a child waits in its place until its parent starts it
// and goes back there, so that neither adds states.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "analysis/use/export/options.hpp"
#include "analysis/use/export/promela.hpp"

namespace dmstall::analysis {

struct RoleState {
  Control control;
  std::vector<Option> options;
  std::vector<int> next;  ///< per option: a state, -1: finished
};

struct Role {
  std::string name;     ///< of the class, or of the flow for children
  std::string process;  ///< as an identifier, unique
  int parent = -1;      ///< a role; -1: a request
  models::FlowId flow = models::no_flow;
  bool submitted = false, daemon = false;
  int copies = 1;             ///< processes per process of the parent; of a request: all of them
  bool bounded = true;        ///< false: a loop starts it, `copies` is a guess that the model asserts
  int first = 0, count = 0;   ///< process numbers
  std::vector<int> children;  ///< roles
  std::vector<RoleState> states;
  bool awaits_broadcast = false;
  std::string arrives;  ///< of a child that begins at an await: what starting it must say, with `child` for its number
  int begins_standing = 0;  ///< of a request: the broadcast event it awaits from the start, see Options::standing_at
};

struct Roles {
  std::deque<Role> roles;  ///< parents before their children
  Needs needs;
  int processes = 0;
};

/// Throws ExportError: recursion, more processes than SPIN can have.
[[nodiscard]] Roles find_roles(const models::Program& program, const Reading& reading, const PromelaNames& names,
                               const PromelaOptions& options);

}  // namespace dmstall::analysis
