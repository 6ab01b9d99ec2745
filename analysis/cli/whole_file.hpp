// A file that appears under its name when it is complete, or not at all.
#pragma once

#include <fstream>
#include <string>

namespace dmstall::analysis {

/// Written beside its place and renamed by commit(); removed when commit() is never reached. Devices and pipes cannot be
/// replaced and are written as they are.
class WholeFile {
 public:
  /// Throws UsageError when the file cannot be written there.
  explicit WholeFile(const std::string& path);
  ~WholeFile();
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  [[nodiscard]] std::ostream& stream() { return stream_; }
  /// Throws std::runtime_error when not all of it could be written.
  void commit();

 private:
  std::string path_, temporary_;
  std::ofstream stream_;
  bool done_ = false;
};

}  // namespace dmstall::analysis
