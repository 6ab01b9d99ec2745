// The machine: resources and a graph of atomic steps. The one description that every engine reads.
//
// A token (one request, or a child of one) stands at a node, has a stack of call nodes to return to, a parent and a
// number of children. Lowered from a Program by machine/compile.hpp; read by simulate, explore, prove, the replayer,
// and, with readers of their own, by the oracle, the certificate checker and the Promela export.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "models/machine/program.hpp"

namespace dmstall::models {

using NodeId = std::int32_t;
inline constexpr NodeId no_node = -1;

enum class NodeKind : std::uint8_t {
  take,         ///< next when taken (from the allocator where split: reserve_next when from the reserve)
  take_asleep,  ///< waiter of a soft resource without poll: a give that adds an element wakes it (an edge: pages that
                ///< come free later wake nobody); awake, it starts again at the allocator and may fall asleep again
  try_take,     ///< next, or other when it cannot be had now
  give,
  read_lock,
  try_read_lock,
  read_unlock,
  write_arrive,  ///< joins the queue; from then on new readers wait
  write_acquire,
  try_write_lock,
  write_unlock,
  count,  ///< branch `other` when zero (or at least `keep`) after the change, else `next`
  await_zero,
  signal,
  clear,
  broadcast,
  await,
  ticket,
  await_turn,
  pass_turn,
  spend,
  choose,
  spawn,           ///< child at `entry`; the parent goes on at next
  spawn_submit,    ///< child at `entry`, in the parent's thread; the parent waits at next (await_detach)
  await_detach,    ///< until the child just submitted has detached or finished
  await_children,  ///< by_status on the worst of the children
  call,            ///< entry; continues at by_status when the flow finishes
  detach,          ///< applies after_detach of the nearest frame that is not `inherit`
  test,            ///< if, while: next when event set / counter above 0, else other
  remember,
  end_writeback,
  finish,
  stop,  ///< the machine is gone: the state after it has nobody left
};

struct Choice {
  NodeId next = no_node;
  std::int32_t faults = 0;
  double weight = 1;
  std::int64_t from_byte = 0, to_byte = 0;
  std::string label;
};

struct Node {
  NodeKind kind = NodeKind::finish;
  ResourceId resource = no_resource;
  std::int32_t n = 1;
  std::int32_t keep = 0;  ///< take: leave at least; count: the at-least threshold (0: none)
  NodeId next = no_node;
  NodeId other = no_node;                                      ///< see NodeKind
  NodeId reserve_next = no_node;                               ///< take of a split source; otherwise equal to next
  NodeId entry = no_node;                                      ///< call, spawn, spawn_submit
  std::array<NodeId, 3> by_status{no_node, no_node, no_node};  ///< indexed by Status
  std::int32_t first_choice = 0, choices = 0;                  ///< range in Machine::choices
  std::int32_t first_give = 0, gives = 0;  ///< range in Machine::gives: after_detach of a call, `with` of a spawn
  DeciderKind decider = DeciderKind::weighted;
  TableId table = no_table;
  CallContext context = CallContext::inherit;
  AddressMap address;
  SpendKind spend = SpendKind::delay_us;
  std::int64_t amount = 0;
  std::int32_t device = -1;
  Status status = Status::ok;
  bool back_edge = false;     ///< the step closes a loop
  bool in_submit = false;     ///< inside a submit_bio block: parked bios may hold elements
  FlowId flow = no_flow;      ///< the flow this node belongs to
  std::int32_t function = 0;  ///< index into Machine::strings: kernel functions, innermost first
  std::int32_t note = 0;      ///< index into Machine::strings
  std::int32_t line = 0, column = 0;
};

/// Where the abstract state of a resource starts in the level vector, and how many words it has.
struct LevelSlot {
  std::int32_t first = 0;
  std::int32_t words = 1;  ///< rwsem: readers, writer, queued writers; order: next ticket, now serving
};

struct Machine {
  std::string name;
  std::vector<Resource> resources;
  std::vector<LevelSlot> slots;  ///< same index as resources
  std::int32_t level_words = 0;
  std::vector<Node> nodes;
  std::vector<Choice> choices;
  std::vector<GiveBack> gives;
  std::vector<std::string> strings;  ///< [0] is empty
  std::vector<Flow> flows;           ///< names and devices; the steps are the nodes
  std::vector<NodeId> flow_entry;    ///< same index as flows
  std::vector<RequestClass> classes;
  std::vector<NodeId> class_entry;  ///< same index as classes
  std::vector<TimedDevice> timed_devices;
  std::vector<Table> tables;
  std::vector<PlacedFault> faults;
  std::vector<FaultPlan> fault_plans;
  std::vector<std::string> assumptions;
  std::string kernel;  ///< as Program::kernel
  std::vector<Omission> omissions;
  std::vector<bool>
      read_negatively;  ///< resource: some step tests that it is *not* available: its releases must not be hurried
  bool has_loops = false;
  std::vector<UnpooledSite> unpooled_sites;
  double hash_bytes_per_s = 1.0e9;
  int cpus = 8;

  [[nodiscard]] const std::string& function_of(NodeId node) const {
    return strings[static_cast<std::size_t>(nodes[static_cast<std::size_t>(node)].function)];
  }
};

}  // namespace dmstall::models
