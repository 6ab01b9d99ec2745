// A journal: what was finished of a comparison, kept in a file while it goes on, so that an interruption costs nothing
// twice.
//
// The file is only ever appended to, one line per finished part of a row. Its first line binds it to the scenarios (by
// SHA-256), the values, the engines and the program; a journal of anything else is refused. Every line carries its
// digest. A last line without its end is what a killed process or a full disk leaves: it is dropped and done again.
// Damage elsewhere is refused. One process at a time writes a journal.
#pragma once

#include <cstddef>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace dmstall::analysis {

/// A journal that cannot be used. The text says which file and why.
class JournalError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Named texts; journals with equal headers are of one comparison.
struct JournalHeader {
  std::vector<std::pair<std::string, std::string>> fields;
};

/// (row of the whole grid, part) → what to_text made of it; of a part that stands there twice, the last.
using JournalEntries = std::map<std::pair<std::size_t, std::size_t>, std::string>;

/// Reads a journal of that comparison; a torn last line is left out. Throws JournalError.
[[nodiscard]] JournalEntries read_journal(const std::string& path, const JournalHeader& header);

class Journal {
 public:
  /// Creates the file, or reads what is there and cuts off a torn last line. Throws JournalError: another comparison's,
  /// damaged, in use, not to be written.
  Journal(std::string path, const JournalHeader& header);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const JournalEntries& known() const { return known_; }
  /// Forgets what was known, to save memory: it is in the file.
  void forget() { known_.clear(); }
  /// In the file when this returns, on the disk a second later. Throws JournalError when it cannot be written.
  void add(std::size_t row, std::size_t part, const std::string& text);

 private:
  void write(const std::string& line);

  std::string path_;
  int descriptor_ = -1;
  JournalEntries known_;
  double synced_s_ = 0;
};

}  // namespace dmstall::analysis
