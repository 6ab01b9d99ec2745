// Options of `dmstall size`.
#include <memory>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/help/format_keys.hpp"
#include "analysis/cli/shared_options.hpp"
#include "analysis/cli/sorted.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::analysis {

Verb size_verb() {
  const auto size = std::make_shared<SizeCommand>();
  constexpr NumberRange sizes{0, 9'999'999};
  Verb verb{
      .name = "size",
      .about = "which sizes of a pool are safe, and what they cost",
      .examples = {"dmstall size scenarios/sizing/linear-3-flush.json",
                   "dmstall size --pool G --range 1..6 scenarios/sizing/gate-safe-again.json"},
      .text =
          "Asks every size of a range on its own: a size between two safe ones may deadlock, and raising a pool "
          "that throttles entry may be what makes the next one run dry. Says what each costs, and whether a proof "
          "covers all larger ones.",
      .exit_codes =
          "0 every size has a verdict, 20 one has none, 64 usage, 65 a file that is refused; with --fail-on "
          "that of the verdict (DEADLOCK: 10)",
      .run = [size] { return size_command(*size); },
  };
  verb.add(
      {{.names = {"FILE"}, .about = "scenario file", .into = &size->file, .path = true, .required = true},
       release_option(size->release),
       {.names = {"--pool"},
        .value = "POOL",
        .about = "as verity.recheck_pool, lower.io_client, a resource of tasks (default: reserved_bio_based_ios)",
        .into = &size->pool,
        .words = pool_words},
       {.names = {"--range"},
        .value = "SIZES",
        .about = "as 1..16,32 or 0..64:16 (default: 1..16, the file's)",
        .into = &size->range,
        .excludes = {"--from", "--to"}},
       {.names = {"--from"}, .value = "SIZE", .about = "first size of the range", .into = &size->from, .range = sizes},
       {.names = {"--to"}, .value = "SIZE", .about = "last size of the range", .into = &size->to, .range = sizes},
       {.names = {"--engine"},
        .about = "one alone (default: a proof, else a search)",
        .into = [size](const std::string& name) { size->engine = engine_from(name); },
        .choices = {"prove", "explore", "all"}},
       jobs_option(size->parallel, "sizes at the same time (default: processors)"),
       {.names = {"--format"},
        .value = "FORMAT",
        .about = "table (default: text)",
        .into = [size](const std::string& name) { size->format = find_format(size_formats(), name); },
        .choices = sorted(names_of(size_formats()))},
       {.names = {"--output"},
        .value = "FILE",
        .about = "write the table there, whole or not at all",
        .into = &size->output,
        .path = true},
       html_option(size->html, "a chart of the sizes"),
       fail_on_option(size->fail_on)});
  verb.add(search_options("a size's search", size->search));
  verb.add({{.names = {"--timeout"},
             .value = "SECONDS",
             .about = "wall seconds of a size (default: a share of --wall)",
             .into = &size->timeout_s,
             .range = wall_seconds},
            {.names = {"--wall"},
             .value = "SECONDS",
             .about = "wall seconds of all sizes (default 55; none with --timeout or --seconds)",
             .into = &size->wall_s,
             .range = wall_seconds},
            process_memory_option(size->process_memory_mib, "of all processes")});
  return verb;
}

}  // namespace dmstall::analysis
