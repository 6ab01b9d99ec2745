// dmstall.1 in man(7) macros.
#include <fmt/format.h>

#include "analysis/cli/help/manual.hpp"
#include "analysis/report/formats.hpp"

namespace dmstall::analysis {

namespace {

/// Backslashes and dashes stay what they are, and a line does not become a request.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n'))
      out += std::string("\\&") + c;
    else
      out += c;
  }
  return out;
}

std::string bold(const std::string& text) {
  return "\\fB" + escaped(text) + "\\fR";
}
std::string italic(const std::string& text) {
  return "\\fI" + escaped(text) + "\\fR";
}

std::string verbatim(const std::string& text) {
  return text.empty() ? "" : ".PP\n.nf\n" + escaped(text) + "\n.fi\n";
}

std::string option(const OptionEntry& entry) {
  std::string names;
  for (const std::string& name : entry.names)
    names += (names.empty() ? "" : ", ") + (entry.positional ? italic(name) : bold(name));
  if (entry.positional && entry.many) names += "...";
  if (!entry.positional && !entry.value.empty()) names += " " + italic(entry.value);
  std::string about = escaped(entry.about);
  if (!entry.choices.empty() && entry.value.find('|') == std::string::npos) {
    std::string choices;
    for (const std::string& choice : entry.choices) choices += (choices.empty() ? "" : ", ") + escaped(choice);
    about += " (" + choices + ")";
  }
  return fmt::format(".TP\n{}\n{}\n", names, about);
}

std::string verb_section(const VerbEntry& verb) {
  std::string out = fmt::format(".SS {}\n{}\n", bold("dmstall " + verb.name), escaped(verb.about));
  out += verbatim(verb.text.text);
  for (const OptionEntry& entry : verb.options) out += option(entry);
  out += verbatim(verb.text.notes);
  if (!verb.text.examples.empty()) {
    out += ".PP\nExamples:\n.PP\n.nf\n";
    for (const std::string& example : verb.text.examples) out += "    " + escaped(example) + "\n";
    out += ".fi\n";
  }
  return out;
}

/// What the formats of a verb are for.
template <typename Format>
std::string formats_of(const char* option, const std::vector<Format>& formats) {
  std::string out = fmt::format(".SS {}\n", bold(option));
  for (const Format& each : formats) out += fmt::format(".TP\n{}\n{}\n", bold(each.name), escaped(each.about));
  return out;
}

}  // namespace

std::string man_page(const Manual& manual) {
  std::string out = fmt::format(".TH DMSTALL 1 \"\" \"{}\" \"User Commands\"\n", escaped(manual.version));
  out += ".SH NAME\ndmstall \\- finds and explains memory deadlocks in stacked block devices\n.SH SYNOPSIS\n";
  for (const VerbEntry& verb : manual.verbs) {
    std::string line = bold("dmstall " + verb.name) + " [" + italic("OPTIONS") + "]";
    for (const OptionEntry& entry : verb.options) {
      if (entry.positional) line += " " + italic(entry.names.front()) + (entry.many ? "..." : "");
    }
    out += line + "\n.br\n";
  }
  out += ".SH DESCRIPTION\n" + escaped(manual.text.text) + "\n";
  out += ".SH VERBS\n";
  for (const VerbEntry& verb : manual.verbs) out += verb_section(verb);
  out += ".SH FORMATS\n" + formats_of("run --format", run_formats()) + formats_of("run --style", run_styles()) +
         formats_of("check --format, --report", check_formats()) + formats_of("compare --format", compare_formats()) +
         formats_of("size --format", size_formats());
  out += ".SH EXIT STATUS" + verbatim(manual.text.notes).replace(0, 3, "");
  out += ".SH ENVIRONMENT\n.TP\n" + bold("NO_COLOR") +
         "\nwhen it is set and not empty, no colours are printed; without a terminal none are printed anyway\n";
  out += ".SH EXAMPLES\n.nf\n";
  for (const std::string& example : manual.text.examples) out += "    " + escaped(example) + "\n";
  return out + ".fi\n";
}

}  // namespace dmstall::analysis
