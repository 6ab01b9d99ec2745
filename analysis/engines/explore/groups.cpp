#include "analysis/engines/explore/groups.hpp"

#include <algorithm>
#include <utility>

namespace dmstall::analysis {

namespace {

class Walk {
 public:
  explicit Walk(const std::vector<std::vector<std::uint32_t>>& out)
      : out_(out), number_(out.size(), 0), lowest_(out.size(), 0), on_stack_(out.size(), false) {
    groups_.of.assign(out.size(), -1);
  }

  Groups run() {
    for (std::size_t root = 0; root < out_.size(); ++root) {
      if (number_[root] == 0) from(static_cast<std::uint32_t>(root));
    }
    return std::move(groups_);
  }

 private:
  void enter(std::uint32_t at) {
    number_[at] = lowest_[at] = ++counter_;
    stack_.push_back(at);
    on_stack_[at] = true;
    path_.emplace_back(at, 0);
  }

  void from(std::uint32_t root) {
    enter(root);
    while (!path_.empty()) {
      auto& [at, next] = path_.back();
      if (next < out_[at].size()) {
        const std::uint32_t to = out_[at][next++];
        if (number_[to] == 0) {
          enter(to);
        } else if (on_stack_[to]) {
          lowest_[at] = std::min(lowest_[at], number_[to]);
        }
        continue;
      }
      const std::uint32_t done = at;
      path_.pop_back();
      if (!path_.empty()) lowest_[path_.back().first] = std::min(lowest_[path_.back().first], lowest_[done]);
      if (lowest_[done] != number_[done]) continue;
      for (std::uint32_t member = done + 1; member != done;) {
        member = stack_.back();
        stack_.pop_back();
        on_stack_[member] = false;
        groups_.of[member] = groups_.count;
      }
      ++groups_.count;
    }
  }

  const std::vector<std::vector<std::uint32_t>>& out_;
  std::vector<std::uint32_t> number_, lowest_;
  std::vector<bool> on_stack_;
  std::vector<std::uint32_t> stack_;
  std::vector<std::pair<std::uint32_t, std::size_t>> path_;
  std::uint32_t counter_ = 0;
  Groups groups_;
};

}  // namespace

Groups find_groups(const std::vector<std::vector<std::uint32_t>>& out) {
  return Walk(out).run();
}

}  // namespace dmstall::analysis
