// Which flow it is, as a value: equal keys, one flow. What people read (Flow::name) is made from the same values by the
// caller and never asked.
//
// A key holds no more than what tells the flows of one role apart; two keys whose flows have one name are a mistake,
// and Stack::flow throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/kernel/io.hpp"

namespace dmstall::models {

/// What a flow is for: served I/O, a level of a hash tree, a copy of a chunk. Each role is one constant, beside the
/// code that builds its flows; its identity is its address.
struct FlowRole {
  constexpr explicit FlowRole(const char* text) : what(text) {}
  FlowRole(const FlowRole&) = delete;
  FlowRole& operator=(const FlowRole&) = delete;

  const char* what;  ///< for whoever reads the code
};

/// An I/O on a device without what cannot matter there. Stack::asked makes it.
struct AskedIo {
  DeviceIndex device = -1;
  Io io;

  bool operator==(const AskedIo&) const = default;
};

/// Names of kernel functions by their number in a Stack.
using FunctionId = std::int32_t;
inline constexpr FunctionId no_function = -1;

struct FlowKey {
  const FlowRole* role = nullptr;
  DeviceIndex device = -1;            ///< whose flow it is; -1: no device's
  DeviceIndex user = -1;              ///< a second device that it runs for: the one whose file it is
  std::vector<AskedIo> asked = {};    ///< what it serves, or asks of devices below
  FlowId lower = no_flow;             ///< the flow that it runs
  FlowId then = no_flow;              ///< the flow that it runs after that
  ResourceId resource = no_resource;  ///< whose element it holds
  FunctionId function = no_function;  ///< on behalf of which kernel function
  std::int64_t number = 0;            ///< bytes, pages, a place in a list, flags: the role says what it counts

  bool operator==(const FlowKey&) const = default;
};

struct FlowKeyHash {
  [[nodiscard]] std::size_t operator()(const FlowKey& key) const noexcept;
};

}  // namespace dmstall::models
