#include "analysis/cli/help/exit_codes.hpp"

#include <fmt/format.h>

namespace dmstall::analysis {

const std::vector<ExitCodeText>& exit_code_texts() {
  using models::ExitCode;
  static const std::vector<ExitCodeText> texts = {
      {ExitCode::progress, "progress",
       "PROGRESS: every request completes. The report says what that rests on: a proof, a search of all schedules, or "
       "one run in time. Of `size` and `compare`: the table is complete. Of verbs without a verdict: done.",
       "Look at the RESULT line: proof=ranks and proof=equations hold for any number of requests, schedules=1 is a "
       "single run."},
      {ExitCode::expectation_unmet, "not as expected",
       "`check`: a scenario gave another answer than its \"expect\" says, or was not finished in its time. `doctor`: "
       "something that a command needs is not installed. `audit`: a trace holds what no model explains.",
       "The report names what differs. Of a check: `dmstall check --promote` writes what was found into \"expect\", "
       "and "
       "--baseline keeps a list of known failures."},
      {ExitCode::deadlock, "deadlock",
       "DEADLOCK: some requests are stuck and nothing that can still happen frees them, under the memory and the "
       "faults that the scenario allows. The steps that lead there were walked again before it was reported.",
       "The report names the pools and what repairs it; `dmstall run --steps FILE` shows the way there. See also: "
       "dmstall help circle."},
      {ExitCode::stall, "stall",
       "STALL: requests are stuck until memory comes back, and the scenario says that it does "
       "(memory.recovers_after_s). Until then they sleep.",
       "Read how long they sleep: a mempool asks the allocator again every 5 s. See also: dmstall help memory."},
      {ExitCode::livelock_or_starvation, "livelock or starvation",
       "LIVELOCK: steps go on for ever and requests do not complete. STARVATION: others complete, and one request can "
       "be overtaken for ever, though everybody who can move again and again does.",
       "Both need something that repeats for ever in the scenario: a forever loop, or a retry. `dmstall run --steps "
       "FILE` shows the round that repeats."},
      {ExitCode::inconclusive, "inconclusive",
       "INCONCLUSIVE: a bound of time, memory or states ended the work. It is no verdict: a deadlock may be there.",
       "The report names the bound and the option that moves it, such as --seconds, --states or --memory. In "
       "`compare` and `size` single rows may be so."},
      {ExitCode::engines_disagree, "engines disagree",
       "The search, the proof and the timed run contradict each other, or `verify` refuses a certificate that nobody "
       "changed. One of them is wrong, so no answer is given.",
       "Please report it with the scenario: that is a mistake of dmstall, not of the scenario."},
      {ExitCode::usage, "usage", "The command line is no question to dmstall, or asks for what cannot be done.",
       "The message says why and what was probably meant; `dmstall help VERB` lists what a verb takes."},
      {ExitCode::bad_scenario, "bad scenario",
       "A file cannot be read or is refused: a scenario with a mistake, a witness or a certificate that somebody "
       "changed.",
       "Each mistake is printed with its line, column and a suggestion. `dmstall help KEY` explains a key, and "
       "`dmstall schema` lets an editor check while you type."},
      {ExitCode::nothing_matched, "nothing matched",
       "`check` found no scenario to run: none in the folder, or none that --filter and --shard leave.",
       "A green job in which nothing ran would be worse than a red one. Check the paths and the filters."},
      {ExitCode::internal_error, "internal error or output lost",
       "dmstall crashed, or what it printed could not be written: a full disk, a closed pipe.",
       "Of a crash please report the scenario and the message. Files are written whole or not at all, so what was "
       "there before is still there."},
      {ExitCode::interrupted, "interrupted",
       "Somebody ended it (SIGINT, SIGTERM). What was finished until then is printed; a file under --output is not "
       "written.",
       "`compare --resume JOURNAL` goes on where it was."},
  };
  return texts;
}

std::string exit_codes_in_brief() {
  std::string out;
  for (const ExitCodeText& each : exit_code_texts())
    out += fmt::format("{}{} {}", out.empty() ? "Exit codes: " : ", ", static_cast<int>(each.code), each.brief);
  return out + ".";
}

}  // namespace dmstall::analysis
