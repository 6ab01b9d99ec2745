#include "models/machine/graph.hpp"

namespace dmstall::models {

namespace {

class Tarjan {
 public:
  explicit Tarjan(const std::vector<std::vector<std::uint32_t>>& out)
      : out_(out), number_(out.size(), 0), lowest_(out.size(), 0), on_stack_(out.size(), false) {
    components_.of.assign(out.size(), -1);
  }

  Components run() {
    for (std::size_t root = 0; root < out_.size(); ++root) {
      if (number_[root] == 0) from(static_cast<std::uint32_t>(root));
    }
    return std::move(components_);
  }

 private:
  void enter(std::uint32_t vertex) {
    number_[vertex] = lowest_[vertex] = ++counter_;
    stack_.push_back(vertex);
    on_stack_[vertex] = true;
    path_.emplace_back(vertex, 0);
  }

  void from(std::uint32_t root) {
    enter(root);
    while (!path_.empty()) {
      auto& [vertex, next] = path_.back();
      if (next < out_[vertex].size()) {
        const std::uint32_t to = out_[vertex][next++];
        if (number_[to] == 0) {
          enter(to);
        } else if (on_stack_[to]) {
          lowest_[vertex] = std::min(lowest_[vertex], number_[to]);
        }
        continue;
      }
      const std::uint32_t done = vertex;
      path_.pop_back();
      if (!path_.empty()) lowest_[path_.back().first] = std::min(lowest_[path_.back().first], lowest_[done]);
      if (lowest_[done] != number_[done]) continue;
      for (std::uint32_t member = done + 1; member != done;) {
        member = stack_.back();
        stack_.pop_back();
        on_stack_[member] = false;
        components_.of[member] = components_.count;
      }
      ++components_.count;
    }
  }

  const std::vector<std::vector<std::uint32_t>>& out_;
  std::vector<std::uint32_t> number_, lowest_;
  std::vector<bool> on_stack_;
  std::vector<std::uint32_t> stack_;
  std::vector<std::pair<std::uint32_t, std::size_t>> path_;
  std::uint32_t counter_ = 0;
  Components components_;
};

}  // namespace

Components strong_components(const std::vector<std::vector<std::uint32_t>>& out) {
  return Tarjan(out).run();
}

std::vector<NodeId> Reach::from(std::vector<NodeId> entries) {
  ++walk_;
  std::vector<NodeId> found;
  while (!entries.empty()) {
    const NodeId id = entries.back();
    entries.pop_back();
    if (walk_of_[at(id)] == walk_) continue;
    walk_of_[at(id)] = walk_;
    found.push_back(id);
    for_each_successor(*machine_, node_at(*machine_, id), [&](NodeId to) { entries.push_back(to); });
  }
  return found;
}

}  // namespace dmstall::models
