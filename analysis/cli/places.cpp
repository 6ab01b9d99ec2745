#include "analysis/cli/places.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <system_error>

#include "analysis/cli/stat_of.hpp"
#include "analysis/cli/terminal.hpp"
#include "models/scenario/bounded_file.hpp"

namespace dmstall::analysis {

namespace {

namespace fs = std::filesystem;

/// Whether something is there that a writer replaces; it, or nothing yet, can get lost. What stdout or stderr goes to
/// is written in its place.
bool can_be_lost(const std::string& path) {
  const auto there = stat_of(path);
  if (!there) return true;
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat open {};
    if (::fstat(stream, &open) == 0 && open.st_dev == there->st_dev && open.st_ino == there->st_ino) return false;
  }
  return S_ISREG(there->st_mode);
}

/// Where links lead, also when nothing is there yet.
fs::path resolved(const std::string& path) {
  std::error_code error;
  // Without the absolute form a path of which nothing is there yet stays relative, and its other spellings do not.
  fs::path place = fs::weakly_canonical(fs::absolute(path, error), error);
  // A link to what is not there is followed by whoever writes.
  constexpr int most_links = 40;
  for (int links = 0; !error && links < most_links && fs::is_symlink(fs::symlink_status(place, error)); ++links) {
    const fs::path to = fs::read_symlink(place, error);
    place = fs::weakly_canonical(to.is_absolute() ? to : place.parent_path() / to, error);
  }
  return place.empty() ? fs::path(path).lexically_normal() : place;
}

bool are_the_same(const std::string& a, const std::string& b) {
  const auto first = stat_of(a), second = stat_of(b);
  if (first && second) return first->st_dev == second->st_dev && first->st_ino == second->st_ino;
  return resolved(a) == resolved(b);
}

}  // namespace

void Places::input(const std::string& path) {
  if (!path.empty() && path != models::standard_input) inputs_.push_back(path);
}

void Places::output(const std::string& option, const std::string& path) {
  if (!path.empty()) outputs_.push_back({option, path});
}

void Places::check() const {
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    const Place& place = outputs_[i];
    if (!can_be_lost(place.path)) continue;
    for (const std::string& path : inputs_) {
      if (are_the_same(place.path, path))
        throw UsageError(fmt::format("{} {} would be written over {}, which is read", place.option, place.path, path));
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (!are_the_same(place.path, outputs_[j].path)) continue;
      throw UsageError(fmt::format("{} {} and {} {} are the same file", outputs_[j].option, outputs_[j].path,
                                   place.option, place.path));
    }
  }
}

}  // namespace dmstall::analysis
