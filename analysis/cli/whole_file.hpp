// A file that appears under its name when it is complete, or not at all.
#pragma once

#include <fstream>
#include <string>

namespace dmstall::analysis {

/// Written beside its place under a name of its own and renamed by commit(), so that whoever looks sees the old file or
/// the new one, also after a kill -9 or a power cut (a killed process leaves `.dmstall-<pid>-<n>.tmp` behind).
///
/// A file that is replaced keeps its permissions and, where the user may give files away, its owner; a symbolic link
/// stays and what it points to is replaced; other names of the file (hard links) keep the old content. A file that may
/// not be written is not replaced either. Devices, pipes and what stdout or stderr already goes to are written as they
/// are.
class WholeFile {
 public:
  /// Throws UsageError when the file cannot be written there.
  explicit WholeFile(const std::string& path);
  ~WholeFile();
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  [[nodiscard]] std::ostream& stream() { return stream_; }
  /// On the disk and under its name when it returns. Throws OutputError when not all of it could be written.
  void commit();
  /// Removes what was written so far; commit() must not follow. May be called by another thread than the writer's.
  void abandon() noexcept;

 private:
  void open_beside();

  std::string path_;       ///< as the user spells it
  std::string place_;      ///< where that leads
  std::string temporary_;  ///< empty: written in place
  std::ofstream stream_;
  int descriptor_ = -1;  ///< of the temporary file
};

/// Writes a whole file at once. Throws like WholeFile.
void write_whole_file(const std::string& path, const std::string& text);

}  // namespace dmstall::analysis
