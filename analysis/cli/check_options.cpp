// Options of `dmstall check`.
#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <string>
#include <vector>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/shared_options.hpp"
#include "analysis/cli/sorted.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"
#include "analysis/use/batch/processes.hpp"
#include "analysis/use/check/baseline.hpp"
#include "models/scenario/suggestion.hpp"

namespace dmstall::analysis {

namespace {

constexpr int days_until_somebody_looks = 30;

/// "2/4"
void parse_shard(const std::string& text, CheckCommand& command) {
  std::size_t i = 0, n = 0;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, i);
  const bool slash = first.ec == std::errc() && first.ptr != end && *first.ptr == '/';
  const auto second = slash ? std::from_chars(first.ptr + 1, end, n) : first;
  if (!slash || second.ec != std::errc() || second.ptr != end || i < 1 || i > n) {
    throw UsageError(fmt::format("--shard takes i/n with 1 <= i <= n, as in 2/4, and not \"{}\"", text));
  }
  command.shard = i;
  command.shards = n;
}

/// "junit=report.xml"
CheckCommand::Report parse_report(const std::string& text) {
  const std::size_t equals = text.find('=');
  const CheckFormat* format = find_format(check_formats(), text.substr(0, equals));
  if (equals == std::string::npos || equals + 1 == text.size() || format == nullptr) {
    const std::string near = models::nearest(text.substr(0, equals), names_of(check_formats()));
    throw UsageError(fmt::format("--report takes FORMAT=FILE, as in junit=report.xml, and not \"{}\"{}", text,
                                 near.empty() || format != nullptr ? "" : "; did you mean " + near + "?"));
  }
  return {format, text.substr(equals + 1)};
}

std::string day(const std::string& option, const std::string& text) {
  if (!is_a_day(text)) throw UsageError(fmt::format("{} takes a day as in 2026-12-31, and not \"{}\"", option, text));
  return text;
}

void check_baseline_options(CheckCommand& command, bool reason_or_until) {
  if (command.update_baseline && command.baseline.empty()) throw UsageError("--update-baseline needs --baseline FILE");
  if (reason_or_until && !command.update_baseline) throw UsageError("--reason and --until are of --update-baseline");
  if (command.promote && command.update_baseline) {
    throw UsageError("--promote and --update-baseline: a failure becomes what is expected, or what is known, not both");
  }
}

}  // namespace

Verb check_verb() {
  struct Options {
    CheckCommand command;
    std::string today, until;
  };
  const auto options = std::make_shared<Options>();
  CheckCommand& check = options->command;
  check.options.parallel = default_parallel();
  Verb verb{
      .name = "check",
      .about = "run scenarios and compare what is found with what they expect",
      .examples = {"dmstall check scenarios/",
                   "dmstall check --shard 1/4 --report junit=report.xml --report sarif=report.sarif scenarios/"},
      .text =
          "Runs scenarios, each in a process of its own, and compares what is found with their \"expect\"; one "
          "that expects nothing must make PROGRESS.",
      .exit_codes =
          "0 all passed or known, 1 not as expected or out of time, 20 out of --budget, 21 engines disagree, "
          "64 usage, 65 a file was refused, 66 nothing matched, 70 dmstall crashed or output was lost, 130 "
          "interrupted",
      .run =
          [options] {
            CheckCommand& command = options->command;
            check_baseline_options(command, !command.reason.empty() || !options->until.empty());
            command.today = options->today.empty() ? day_from_today(0) : day("--today", options->today);
            command.until =
                options->until.empty() ? day_from_today(days_until_somebody_looks) : day("--until", options->until);
            if (command.reason.empty()) command.reason = "not looked into yet";
            return check_command(command);
          },
  };
  verb.add({{.names = {"PATH"},
             .about = "files, folders, quoted patterns with * ? [ ] **",
             .into = &check.paths,
             .takes = Takes::words,
             .path = true,
             .required = true},
            release_option(check.options.release),
            {.names = {"--filter"},
             .value = "PART",
             .about = "only paths with this part; with ! in front: not those",
             .into = &check.filters,
             .takes = Takes::again},
            {.names = {"--shard"},
             .value = "I/N",
             .about = "every N-th scenario, from the I-th",
             .into = [&check](const std::string& text) { parse_shard(text, check); }},
            jobs_option(check.options.parallel, "scenarios at once (default: processors)"),
            {.names = {"--timeout"},
             .value = "SECONDS",
             .about = "wall seconds for one scenario (default 55)",
             .into = &check.options.timeout_s,
             .range = wall_seconds},
            process_memory_option(check.options.memory_mib, "of the process of a scenario"),
            {.names = {"--budget"},
             .value = "SECONDS",
             .about = "wall seconds for all; what was not run is said",
             .into = &check.options.budget_s,
             .range = wall_seconds},
            {.names = {"--fail-fast"}, .about = "end at the first failure", .into = &check.options.fail_fast},
            {.names = {"--seed"},
             .value = "N",
             .about = "of schedules, adversary and faults (default 1)",
             .into = &check.options.seed,
             .range = seeds},
            {.names = {"--baseline"},
             .value = "FILE",
             .about = "known failures: they do not count until their day",
             .into = &check.baseline,
             .path = true},
            {.names = {"--update-baseline"},
             .about = "write this run's failures into that file",
             .into = &check.update_baseline},
            {.names = {"--reason"},
             .value = "WHY",
             .about = "of failures that --update-baseline adds",
             .into = &check.reason},
            {.names = {"--until"},
             .value = "DAY",
             .about = "their last day, as 2026-12-31 (default: in 30 days)",
             .into = &options->until},
            {.names = {"--today"},
             .value = "DAY",
             .about = "day that the baseline is held against (default: UTC's)",
             .into = &options->today},
            {.names = {"--promote"},
             .about = "write what was found into \"expect\", show the change",
             .into = &check.promote},
            {.names = {"-q", "--quiet"}, .about = "failures and the summary only", .into = &check.quiet},
            {.names = {"--format"},
             .value = "FORMAT",
             .about = "report (default: text)",
             .into = [&check](const std::string& name) { check.format = find_format(check_formats(), name); },
             .choices = sorted(names_of(check_formats()))},
            {.names = {"--output"},
             .value = "FILE",
             .about = "the report goes there, the text to stdout",
             .into = &check.output,
             .path = true},
            html_option(check.html, "a table with filters"),
            {.names = {"--report"},
             .value = "FORMAT=FILE",
             .about = "one more report; may repeat",
             .into = [&check](const std::string& text) { check.reports.push_back(parse_report(text)); },
             .takes = Takes::again,
             .words =
                 [] {
                   std::vector<std::string> words = names_of(check_formats());
                   for (std::string& word : words) word += "=";
                   return words;
                 }}});
  return verb;
}

}  // namespace dmstall::analysis
