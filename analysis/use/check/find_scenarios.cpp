#include "analysis/use/check/find_scenarios.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <string_view>
#include <system_error>

namespace dmstall::analysis {

namespace {

namespace fs = std::filesystem;

bool is_pattern(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

bool matches(const std::string& pattern, const std::string& text, int flags) {
  return ::fnmatch(pattern.c_str(), text.c_str(), flags) == 0;
}

bool looks_like_a_scenario(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.ends_with(".json") && !name.ends_with(".schema.json");
}

class FolderWalk {
 public:
  FoundScenarios result;

  void add(const std::string& text) {
    const fs::path path(text);
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (fs::is_directory(status)) {
      folder(path, text);
    } else if (fs::exists(status)) {
      file(path);
    } else if (is_pattern(text)) {
      const std::size_t before = matched_;
      const fs::path pattern = path.relative_path();
      expand(path.root_path(), pattern.begin(), pattern);
      if (matched_ == before) result.missing.push_back(fmt::format("{}: no file matches", text));
    } else {
      result.missing.push_back(fmt::format("{}: {}", text, error ? error.message() : "no such file or folder"));
    }
  }

 private:
  void file(const fs::path& path) {
    ++matched_;
    std::error_code ignored;
    const fs::path real = fs::weakly_canonical(path, ignored);
    if (seen_.insert(real.empty() ? path.string() : real.string()).second) {
      result.files.push_back(path.lexically_normal().string());
    }
  }

  void folder(const fs::path& path, const std::string& named) {
    std::error_code error;
    fs::recursive_directory_iterator entry(path, error);
    // Sorted here, too: which of two names of one file is kept must not depend on the file system.
    std::vector<fs::path> files;
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      std::error_code unreadable;
      if (entry->is_regular_file(unreadable) && looks_like_a_scenario(entry->path())) files.push_back(entry->path());
    }
    if (error) result.missing.push_back(fmt::format("{}: {}", named, error.message()));
    std::sort(files.begin(), files.end());
    for (const fs::path& found : files) file(found);
  }

  static std::vector<fs::path> entries(const fs::path& path) {
    std::vector<fs::path> names;
    std::error_code error;
    fs::directory_iterator entry(path.empty() ? fs::path(".") : path, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      names.push_back(entry->path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  void expand(const fs::path& base, fs::path::iterator part, const fs::path& pattern) {
    std::error_code error;
    if (part == pattern.end()) {
      if (fs::is_directory(base, error)) {
        folder(base, base.string());
      } else if (fs::is_regular_file(base, error) && !base.filename().string().ends_with(".schema.json")) {
        file(base);
      }
      return;
    }
    const std::string name = part->string();
    const auto rest = std::next(part);
    if (name == "**") {
      expand(base, rest, pattern);
      for (const fs::path& entry : entries(base)) {
        const fs::path below = base / entry;
        const bool hidden = entry.string().starts_with(".");
        if (!hidden && fs::is_directory(fs::symlink_status(below, error))) expand(below, part, pattern);
      }
    } else if (is_pattern(name)) {
      for (const fs::path& entry : entries(base)) {
        if (matches(name, entry.string(), FNM_PERIOD)) expand(base / entry, rest, pattern);
      }
    } else if (name.empty() || fs::exists(base / name, error)) {
      expand(base / name, rest, pattern);
    }
  }

  std::set<std::string> seen_;
  std::size_t matched_ = 0;  ///< with those that were there already
};

}  // namespace

FoundScenarios find_scenarios(const std::vector<std::string>& paths) {
  FolderWalk search;
  for (const std::string& path : paths) search.add(path);
  std::sort(search.result.files.begin(), search.result.files.end());
  return std::move(search.result);
}

bool passes_filters(const std::string& path, const std::vector<std::string>& filters) {
  bool wanted = false, has_wanted = false;
  for (const std::string& filter : filters) {
    const bool excludes = filter.starts_with("!");
    const std::string text = filter.substr(excludes ? 1 : 0);
    const bool hit = is_pattern(text) ? matches(text, path, 0) || matches("*/" + text, path, 0)
                                      : path.find(text) != std::string::npos;
    if (excludes && hit) return false;
    if (!excludes) {
      has_wanted = true;
      wanted = wanted || hit;
    }
  }
  return wanted || !has_wanted;
}

}  // namespace dmstall::analysis
