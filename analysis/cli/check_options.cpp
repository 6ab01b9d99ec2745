// Options of `dmstall check`.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <memory>
#include <string>
#include <vector>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/help/manual.hpp"
#include "analysis/cli/sorted.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"
#include "analysis/use/batch/processes.hpp"
#include "analysis/use/check/baseline.hpp"

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
    throw UsageError(fmt::format("--report takes FORMAT=FILE, as in junit=report.xml, and not \"{}\"", text));
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

Verb add_check(CLI::App& main) {
  struct Options {
    CheckCommand command;
    std::string format = "text", shard, today, until;
    std::vector<std::string> reports;
  };
  const auto options = std::make_shared<Options>();
  CheckCommand& check = options->command;
  check.options.parallel = default_parallel();
  CLI::App* app = main.add_subcommand("check", "run scenarios and compare what is found with what they expect");
  document(*app, {{"dmstall check scenarios/",
                   "dmstall check --shard 1/4 --report junit=report.xml --report sarif=report.sarif scenarios/"},
                  "Runs scenarios, each in a process of its own, and compares what is found with their\n\"expect\"; "
                  "one that expects nothing must make PROGRESS.",
                  "Exit codes: 0 all passed or known, 1 not as expected or out of time, 20 out of\n--budget, 21 "
                  "engines disagree, 64 usage, 65 a file was refused, 66 nothing matched,\n"
                  "70 dmstall crashed or output was lost, 130 interrupted."});
  app->add_option("PATH", check.paths, "files, folders, quoted patterns with * ? [ ] **")->required();
  add_release(*app, check.options.release);
  app->add_option("--filter", check.filters, "only paths with this part; with ! in front: not those")
      ->allow_extra_args(false);
  app->add_option("--shard", options->shard, "i/n: every n-th scenario, from the i-th");
  app->add_option("-j,--jobs", check.options.parallel, "scenarios at once (default: processors)")
      ->check(CLI::Range(1, 4096));
  app->add_option("--timeout", check.options.timeout_s, "wall seconds for one scenario (default 55)")
      ->check(CLI::Range(1e-3, 1e9));
  app->add_option("--process-memory", check.options.memory_mib, "MiB of the process of a scenario (default 3840)")
      ->check(CLI::Range(64, 1 << 24));
  app->add_option("--budget", check.options.budget_s, "wall seconds for all; what was not run is said")
      ->check(CLI::Range(1e-3, 1e9));
  app->add_flag("--fail-fast", check.options.fail_fast, "end at the first failure");
  app->add_option("--seed", check.options.seed, "of schedules, adversary and faults (default 1)")
      ->check(CLI::Range(0.0, 1.8e19));
  app->add_option("--baseline", check.baseline, "known failures: they do not count until their day")->type_name("FILE");
  app->add_flag("--update-baseline", check.update_baseline, "write this run's failures into that file");
  app->add_option("--reason", check.reason, "of failures that --update-baseline adds");
  app->add_option("--until", options->until, "their last day, as 2026-12-31 (default: in 30 days)");
  app->add_option("--today", options->today, "day that the baseline is held against (default: UTC's)");
  app->add_flag("--promote", check.promote, "write what was found into \"expect\", show the change");
  app->add_flag("-q,--quiet", check.quiet, "failures and the summary only");
  app->add_option("--format", options->format, fmt::format("{}", fmt::join(names_of(check_formats()), ", ")))
      ->check(CLI::IsMember(sorted(names_of(check_formats()))));
  app->add_option("--output", check.output, "the report goes there, the text to stdout")->type_name("FILE");
  app->add_option("--report", options->reports, "FORMAT=FILE: one more report; may repeat")->allow_extra_args(false);
  return {app, [options] {
            CheckCommand& command = options->command;
            command.format = find_format(check_formats(), options->format);
            if (!options->shard.empty()) parse_shard(options->shard, command);
            for (const std::string& report : options->reports) command.reports.push_back(parse_report(report));
            check_baseline_options(command, !command.reason.empty() || !options->until.empty());
            command.today = options->today.empty() ? day_from_today(0) : day("--today", options->today);
            command.until =
                options->until.empty() ? day_from_today(days_until_somebody_looks) : day("--until", options->until);
            if (command.reason.empty()) command.reason = "not looked into yet";
            return check_command(command);
          }};
}

}  // namespace dmstall::analysis
