// Files that a command reads and files that it writes: none of the second may be one of the others, however it is
// spelled.
#pragma once

#include <string>
#include <vector>

namespace dmstall::analysis {

class Places {
 public:
  /// A path that is read; empty and `-` are none.
  void input(const std::string& path);
  /// A path that is written; `option` is what names it. Empty is none.
  void output(const std::string& option, const std::string& path);
  /// Throws UsageError when an output is an input or another output. Devices, pipes and what is written in place may be
  /// named as often as one likes.
  void check() const;

 private:
  struct Place {
    std::string option, path;
  };
  std::vector<std::string> inputs_;
  std::vector<Place> outputs_;
};

}  // namespace dmstall::analysis
