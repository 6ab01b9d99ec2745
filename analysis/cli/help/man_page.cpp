// dmstall.1 in man(7) macros.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/cli/help/exit_codes.hpp"
#include "analysis/cli/help/man_text.hpp"
#include "analysis/cli/help/manual.hpp"
#include "analysis/report/formats.hpp"

namespace dmstall::analysis {

namespace {

/// Each line of the text is a paragraph.
std::string man_paragraphs(const std::string& text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += ".PP\n" + man_escaped(text.substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return out;
}

std::string man_examples(const std::vector<std::string>& examples) {
  std::string out = ".nf\n";
  for (const std::string& example : examples) out += "    " + man_escaped(example) + "\n";
  return out + ".fi\n";
}

std::string option(const VerbOption& entry) {
  std::string names;
  for (const std::string& name : entry.names)
    names += (names.empty() ? "" : ", ") + (entry.positional() ? man_italic(name) : man_bold(name));
  if (entry.positional() && entry.takes == Takes::words) names += "...";
  if (!entry.positional() && !entry.flag()) names += " " + man_italic(entry.shown_value());
  return fmt::format(".TP\n{}\n{}\n", names, man_escaped(entry.explained()));
}

std::string verb_section(const Verb& verb) {
  std::string out = fmt::format(".SS {}\n{}\n", man_bold("dmstall " + verb.name), man_escaped(verb.about));
  out += man_paragraphs(verb.text);
  for (const VerbOption& entry : verb.options) out += option(entry);
  out += man_paragraphs(verb.notes);
  if (!verb.exit_codes.empty()) out += man_paragraphs("Exit codes: " + verb.exit_codes + ".");
  if (!verb.examples.empty()) out += ".PP\nExamples:\n.PP\n" + man_examples(verb.examples);
  return out;
}

/// What the formats of a verb are for.
template <typename Format>
std::string formats_of(const char* option, const std::vector<Format>& formats) {
  std::string out = fmt::format(".SS {}\n", man_bold(option));
  for (const Format& each : formats) out += fmt::format(".TP\n{}\n{}\n", man_bold(each.name), man_escaped(each.about));
  return out;
}

}  // namespace

std::string man_page(const CommandLine& all) {
  std::string out = fmt::format(".TH DMSTALL 1 \"\" \"{}\" \"User Commands\"\n", man_escaped(all.version));
  out += ".SH NAME\ndmstall \\- finds and explains memory deadlocks in stacked block devices\n.SH SYNOPSIS\n";
  for (const Verb& verb : all.verbs) {
    std::string line = man_bold("dmstall " + verb.name) + " [" + man_italic("OPTIONS") + "]";
    for (const VerbOption& entry : verb.options) {
      if (entry.positional())
        line += " " + man_italic(entry.names.front()) + (entry.takes == Takes::words ? "..." : "");
    }
    out += line + "\n.br\n";
  }
  out += ".SH DESCRIPTION\n" + man_escaped(all.text) + "\n";
  out += ".SH VERBS\n";
  for (const Verb& verb : all.verbs) out += verb_section(verb);
  out += ".SH FORMATS\n" + formats_of("run --format", run_formats()) + formats_of("run --style", run_styles()) +
         formats_of("check --format, --report", check_formats()) + formats_of("compare --format", compare_formats()) +
         formats_of("size --format", size_formats()) + formats_of("audit --format", audit_formats());
  out += ".SH EXIT STATUS\n";
  for (const ExitCodeText& each : exit_code_texts())
    out += fmt::format(".TP\n{}\n{}\n", man_bold(std::to_string(static_cast<int>(each.code))), man_escaped(each.means));
  out += ".SH ENVIRONMENT\n.TP\n" + man_bold("NO_COLOR") +
         "\nwhen it is set and not empty, no colours are printed; without a terminal none are printed anyway\n";
  return out + ".SH EXAMPLES\n" + man_examples(all.examples) + ".SH SEE ALSO\n" + man_bold("dmstall-scenario") +
         "(5)\n";
}

}  // namespace dmstall::analysis
