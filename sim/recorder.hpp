// The list of steps of a run: its digest always, the steps themselves within a bound.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "models/machine/witness.hpp"

namespace dmstall::sim {

/// Keeps the steps so that a World replays them. Above the bound the steps of requests that have finished are dropped;
/// if that does not help (loops that never finish), recording ends.
class Recorder {
 public:
  explicit Recorder(std::int64_t bound) : bound_(bound), limit_(bound) {}

  void add(const models::RecordedStep& step);
  /// A child of the request: its steps are kept as long as the request runs.
  void child(std::int64_t request, std::int64_t token) { family_[request].push_back(token); }
  /// A request and all its children have finished.
  void finished(std::int64_t request) {
    if (!family_.empty()) family_.erase(request);
  }
  /// To be called from time to time: compacts when the bound is exceeded.
  void keep_within_bound(const models::World& world);

  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] std::uint64_t digest() const { return digest_; }
  [[nodiscard]] std::vector<models::RecordedStep> steps() const;

 private:
  /// A step in one word: serial, kind (starts: 15), branch or class.
  using Packed = std::uint64_t;
  static constexpr int kind_bits = 4, index_bits = 22;
  static constexpr std::uint64_t start_kind = (1u << kind_bits) - 1;
  static Packed pack(const models::RecordedStep& step);
  static models::RecordedStep unpack(Packed word);
  void compact(const models::World& world);

  std::int64_t bound_, limit_;
  bool complete_ = true, recording_ = true;
  std::uint64_t digest_ = 0xcbf29ce484222325u;
  std::vector<Packed> steps_;
  std::unordered_map<std::int64_t, std::vector<std::int64_t>> family_;
};

}  // namespace dmstall::sim
