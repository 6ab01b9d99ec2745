#include "analysis/report/circle_dot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analysis/report/dot_text.hpp"

namespace dmstall::analysis {

namespace {

using models::BlockedThread;

constexpr std::size_t drawn_threads = 16;

std::string thread_id(std::size_t i) {
  return fmt::format("thread{}", i);
}

std::string innermost(const std::string& functions, std::size_t most) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t n = 0; n < most && at < functions.size(); ++n) {
    const std::size_t end = std::min(functions.find(" < ", at), functions.size());
    out += (n > 0 ? " < " : "") + functions.substr(at, end - at);
    at = end + 3;
  }
  return out;
}

class Drawing {
 public:
  explicit Drawing(const RunReport& report) : report_(report) {
    const auto& threads = report.stuck.threads;
    const std::size_t circle = report.stuck.in_circle;
    shown_ = std::min({threads.size(), circle > 0 ? circle : threads.size(), drawn_threads});
    in_circle_ = circle > 0;
  }

  std::string text() {
    for (std::size_t i = 0; i < shown_; ++i) {
      const BlockedThread& thread = report_.stuck.threads[i];
      out_ += fmt::format("  {} [shape=box, label={}];\n", thread_id(i),
                          dot_lines({thread.who, innermost(thread.functions, 3)}));
    }
    for (std::size_t i = 0; i < shown_; ++i) add_wait(i);
    return fmt::format(
               "// a box waits for what its arrow leads to; an ellipse is a resource, and its arrow leads to who has "
               "some\n"
               "digraph {} {{\n  rankdir=LR; node [fontname=\"sans-serif\", fontsize=10]; edge "
               "[fontname=\"sans-serif\", "
               "fontsize=9];\n  label={};\n",
               dot_quoted(report_.scenario.empty() ? report_.file : report_.scenario),
               dot_quoted(fmt::format("{} {}", to_string(report_.verdict), to_string(report_.stuck.kind)))) +
           out_ + "}\n";
  }

 private:
  void arrow(const std::string& from, const std::string& to, const std::string& label) {
    out_ += fmt::format("  {} -> {} [label={}];\n", from, to, dot_quoted(label));
  }

  void add_wait(std::size_t i) {
    const BlockedThread& thread = report_.stuck.threads[i];
    const std::string since = fmt::format("waits since step {}", thread.since_step);
    if (thread.resource == models::no_resource) {
      // For the next thread: a call, its children, its submission.
      const std::size_t next = in_circle_ ? (i + 1) % shown_ : i + 1;
      if (thread.in_call ? next < shown_ : in_circle_) {
        arrow(thread_id(i), thread_id(next), fmt::format("{}: {}", since, thread.waits_for));
      } else {
        const std::string what = fmt::format("what{}", i);
        out_ += fmt::format("  {} [shape=plaintext, label={}];\n", what, dot_quoted(thread.waits_for));
        arrow(thread_id(i), what, since);
      }
      return;
    }
    const std::string pool = fmt::format("resource{}", thread.resource);
    if (pools_.insert(thread.resource).second) {
      const models::Resource& resource = report_.machine.resources[static_cast<std::size_t>(thread.resource)];
      const std::string level =
          thread.capacity > 0 ? fmt::format("{} of {} free", thread.available, thread.capacity) : std::string();
      out_ += fmt::format("  {} [shape=ellipse, label={}];\n", pool, dot_lines({resource.name, level}));
      add_holders(thread, pool);
    }
    arrow(thread_id(i), pool, thread.wants > 1 ? fmt::format("{} for {}", since, thread.wants) : since);
  }

  void add_holders(const BlockedThread& waiting, const std::string& pool) {
    for (std::size_t i = 0; i < shown_; ++i) {
      const BlockedThread& thread = report_.stuck.threads[i];
      for (const models::Holder& holder : waiting.holders) {
        if (holder.who != thread.who && (thread.bio.empty() || holder.who != thread.bio)) continue;
        arrow(pool, thread_id(i),
              holder.n > 0 ? fmt::format("{} held since step {}", holder.n, holder.since_step)
                           : fmt::format("queued for since step {}", holder.since_step));
      }
    }
  }

  const RunReport& report_;
  std::size_t shown_ = 0;
  bool in_circle_ = false;
  std::set<models::ResourceId> pools_;
  std::string out_;
};

}  // namespace

std::string circle_dot(const RunReport& report) {
  if (report.error || report.stuck.threads.empty()) return {};
  return Drawing(report).text();
}

}  // namespace dmstall::analysis
