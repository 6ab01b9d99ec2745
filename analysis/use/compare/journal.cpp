#include "analysis/use/compare/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <sstream>
#include <utility>

#include "analysis/digest.hpp"
#include "analysis/json.hpp"
#include "analysis/use/batch/clock.hpp"
#include "models/scenario/bounded_file.hpp"

namespace dmstall::analysis {

namespace {

constexpr std::size_t digest_digits = 16;
/// A row of a comparison takes some kilobytes.
constexpr std::size_t largest_journal_bytes = std::size_t{256} << 20U;

std::string line_of(const Json& json) {
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return fmt::format("{} {}\n", digest_of_text(text), text);
}

/// What stands behind the digest of a line; nothing when it is not what was written.
std::optional<Json> content_of(const std::string& line) {
  if (line.size() <= digest_digits + 1 || line[digest_digits] != ' ') return std::nullopt;
  const std::string text = line.substr(digest_digits + 1);
  if (line.compare(0, digest_digits, digest_of_text(text)) != 0) return std::nullopt;
  Json json = Json::parse(text, nullptr, false);
  return json.is_object() ? std::optional<Json>(std::move(json)) : std::nullopt;
}

bool has_number(const Json& json, const std::string& key) {
  return json.contains(key) && json[key].is_number_unsigned();
}
bool has_text(const Json& json, const std::string& key) {
  return json.contains(key) && json[key].is_string();
}

Json header_json(const JournalHeader& header) {
  Json json{{"dmstall_journal", 1}};
  for (const auto& [name, value] : header.fields) json[name] = value;
  return json;
}

void check_header(const std::string& path, const Json& found, const JournalHeader& header) {
  if (!found.contains("dmstall_journal") || found["dmstall_journal"] != 1)
    throw JournalError(fmt::format("{} is no journal of dmstall", path));
  for (const auto& [name, value] : header.fields) {
    const std::string was = has_text(found, name) ? found[name].get<std::string>() : std::string();
    if (was == value) continue;
    throw JournalError(fmt::format("{} is of another comparison: its {} is {}, here it is {}", path, name,
                                   was.empty() ? "missing" : was, value));
  }
}

struct Contents {
  JournalEntries entries;
  std::int64_t good_bytes = 0;  ///< up to the end of the last whole line
  bool has_header = false;
};

Contents read_contents(const std::string& path, const JournalHeader& header) {
  Contents contents;
  models::BoundedText file = models::read_bounded(path, largest_journal_bytes);
  if (!file.text) throw JournalError(fmt::format("{} cannot be read: {}", path, file.refusal));
  std::istringstream stream(std::move(*file.text));
  std::string line;
  for (std::size_t number = 1; std::getline(stream, line); ++number) {
    if (stream.eof()) {  // no end of line: torn
      if (!contents.has_header && line_of(header_json(header)).rfind(line, 0) != 0)
        throw JournalError(fmt::format("{} is no journal of dmstall", path));
      break;
    }
    const std::optional<Json> json = content_of(line);
    if (!json && stream.peek() == std::istringstream::traits_type::eof() && contents.has_header)
      break;  // torn in another way, such as blocks of zeros
    if (!json)
      throw JournalError(
          contents.has_header
              ? fmt::format("{}:{}: the line is damaged; take the journal away to begin anew", path, number)
              : fmt::format("{} is no journal of dmstall", path));
    if (!contents.has_header) {
      check_header(path, *json, header);
      contents.has_header = true;
    } else if (has_number(*json, "row") && has_number(*json, "part") && has_text(*json, "answer")) {
      contents.entries[{(*json)["row"].get<std::size_t>(), (*json)["part"].get<std::size_t>()}] =
          (*json)["answer"].get<std::string>();
    }
    contents.good_bytes += static_cast<std::int64_t>(line.size()) + 1;
  }
  return contents;
}

}  // namespace

JournalEntries read_journal(const std::string& path, const JournalHeader& header) {
  Contents contents = read_contents(path, header);
  if (!contents.has_header) throw JournalError(fmt::format("{} is empty", path));
  return std::move(contents.entries);
}

Journal::Journal(std::string path, const JournalHeader& header) : path_(std::move(path)) {
  constexpr int mode = 0644;
  struct stat there {};
  // A pipe would be waited for, and a device is no place to go on from.
  if (::stat(path_.c_str(), &there) == 0 && !S_ISREG(there.st_mode))
    throw JournalError(fmt::format("{} is no regular file", path_));
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, mode);
  if (descriptor_ < 0) throw JournalError(fmt::format("{} cannot be written: {}", path_, std::strerror(errno)));
  try {
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0)
      throw JournalError(fmt::format("{} is in use by another run", path_));
    Contents contents = read_contents(path_, header);
    if (::ftruncate(descriptor_, contents.good_bytes) != 0)
      throw JournalError(fmt::format("{} cannot be written: {}", path_, std::strerror(errno)));
    if (!contents.has_header) write(line_of(header_json(header)));
    known_ = std::move(contents.entries);
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

Journal::~Journal() {
  ::fdatasync(descriptor_);
  ::close(descriptor_);
}

void Journal::add(std::size_t row, std::size_t part, const std::string& text) {
  write(line_of({{"row", row}, {"part", part}, {"answer", text}}));
  constexpr double sync_every_s = 1;
  if (steady_s() - synced_s_ < sync_every_s) return;
  ::fdatasync(descriptor_);
  synced_s_ = steady_s();
}

void Journal::write(const std::string& line) {
  std::size_t written = 0;
  while (written < line.size()) {
    const ssize_t n = ::write(descriptor_, line.data() + written, line.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw JournalError(fmt::format("{} cannot be written: {}", path_, std::strerror(errno)));
    written += static_cast<std::size_t>(n);
  }
}

}  // namespace dmstall::analysis
