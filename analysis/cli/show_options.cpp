// Options of `dmstall show` and `dmstall schema`.
#include <memory>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/shared_options.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::analysis {

Verb show_verb() {
  const auto show = std::make_shared<ShowCommand>();
  Verb verb{
      .name = "show",
      .about = "flows and pools of a scenario, parameters of a target, or releases",
      .examples = {"dmstall show verity", "dmstall show --sharing scenarios/seed/shared-pools.json"},
      .text =
          "Of a target: its parameters and pools. Of a scenario: which pool serves which level of the stack and "
          "which waits go up it, the resources, the flows step by step with the kernel functions where these are "
          "few, and the memory in reserve. Devices that are alike are shown once. releases: the Linux releases that "
          "the models follow, and the changes that a scenario switches.",
      .exit_codes = "0 shown, 65 the scenario is refused, 20 above a bound of time or memory",
      .run = [show] { return show_command(*show); },
  };
  verb.add({{.names = {"FILE|TARGET|releases"},
             .about = "a scenario file, a target such as verity, or releases",
             .into = &show->what,
             .path = true,
             .required = true},
            release_option(show->release),
            {.names = {"--sharing"},
             .about = "only levels, shared pools and the order of waits",
             .into = &show->sharing,
             .excludes = {"--dot", "--bytes"}},
            {.names = {"--all"},
             .about = "each device, every step of every flow, and what changes no verdict",
             .into = &show->all},
            {.names = {"--dot"}, .about = "the waits as a graph for Graphviz: dot -Tsvg", .into = &show->dot},
            {.names = {"--bytes"},
             .about = "reserved memory and the sizes it rests on, each with its source",
             .into = &show->bytes},
            {.names = {"--json"}, .about = "reserved memory as JSON", .into = &show->json, .needs = {"--bytes"}},
            {.names = {"--arch"},
             .value = "ARCH",
             .about = "amd64 (default) or arm64, both compiled",
             .into = &show->architecture,
             .needs = {"--bytes"}},
            {.names = {"--page-kib"},
             .value = "KIB",
             .about = "page size: 4, and for arm64 16 or 64",
             .into = &show->page_kib,
             .range = above_zero,
             .needs = {"--bytes"}}});
  verb.add(process_options(show->bounds));
  return verb;
}

Verb schema_verb() {
  const auto schema = std::make_shared<SchemaCommand>();
  Verb verb{
      .name = "schema",
      .about = "the JSON Schema of scenario files",
      .examples = {"dmstall schema > scenario.schema.json", "dmstall schema --format markdown"},
      .text =
          "Prints the JSON Schema of scenario files, made of the tables that the reader uses. An editor that "
          "knows it completes and explains keys: \"$schema\" in a scenario names it. --format markdown prints the "
          "same as a document, scenarios/FORMAT.md, and --format kernel what of Linux is modelled, call by call, "
          "models/KERNEL.md.",
      .run = [schema] { return schema_command(*schema); }};
  verb.add({{.names = {"--format"},
             .value = "FORMAT",
             .about = "json (default), markdown or kernel",
             .into = &schema->format,
             .choices = {"json", "kernel", "markdown"}}});
  return verb;
}

}  // namespace dmstall::analysis
