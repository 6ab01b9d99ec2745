#include "analysis/cli/help/topics.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>

#include "analysis/cli/help/exit_codes.hpp"
#include "analysis/cli/help/format_keys.hpp"
#include "analysis/cli/help/key_text.hpp"
#include "analysis/cli/help/layout.hpp"
#include "analysis/cli/help/manual.hpp"
#include "analysis/cli/help/subjects.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/report/formats.hpp"
#include "models/kernel/release/release.hpp"
#include "models/scenario/suggestion.hpp"

namespace dmstall::analysis {

namespace {

std::string code_word(const ExitCodeText& text) {
  return std::to_string(static_cast<int>(text.code));
}

std::string exit_code_text(const ExitCodeText& text) {
  return fmt::format("exit code {}: {}\n\n", code_word(text), text.brief) + to_paragraphs(text.means) + "\n" +
         to_paragraphs(text.then);
}

std::string exit_codes_text() {
  std::string out = "exit codes: what a script or a CI job sees\n\n";
  for (const ExitCodeText& each : exit_code_texts()) out += column_entry(code_word(each), each.brief);
  std::vector<std::string> words;
  for (const ExitCodeText& each : exit_code_texts()) words.push_back(code_word(each));
  // The most severe first, as a batch decides.
  std::sort(words.begin(), words.end(), [](const std::string& a, const std::string& b) {
    const auto code = [](const std::string& word) { return static_cast<models::ExitCode>(std::stoi(word)); };
    return a != b && models::more_severe(code(a), code(b)) == code(a);
  });
  return out + "\n" +
         to_paragraphs(fmt::format("Of several scenarios the most severe one counts, in this order: {}.",
                                   fmt::join(words, ", "))) +
         to_paragraphs("One of them: dmstall help 12");
}

std::string change_text(const models::KernelChange& change) {
  std::string has;
  for (const std::string& release : models::release_names()) {
    has += fmt::format("{}{} {}", has.empty() ? "" : ", ", release,
                       models::Release::named(release)->has(change.id) ? "yes" : "no");
  }
  std::string out = fmt::format("{}: a change of the kernel ({})\n\n", change.name, has);
  out += to_paragraphs("With it: " + std::string(change.alters) + ".");
  std::string since = change.first.empty() ? "no release" : "Linux " + std::string(change.first);
  if (!change.also_in.empty()) since += fmt::format(", and {} by a stable update", change.also_in);
  if (!change.commit.empty()) since += fmt::format(", commit {}", change.commit);
  out += "\n" + column_entry("since", since) + column_entry("where", std::string(change.source));
  if (!change.not_read.empty()) out += column_entry("not read", std::string(change.not_read));
  return out + "\n" +
         to_paragraphs(
             fmt::format("In a file: \"kernel\": {{ \"with\": [\"{0}\"] }}, or \"without\".\nSide by side: dmstall "
                         "compare --vary kernel.with={1},{0} FILE",
                         change.name, "none"));
}

std::string releases_topic() {
  std::string out = "releases: the kernels that the models follow\n\n";
  for (const models::ModelledRelease& each : models::releases())
    out += column_entry(std::string(each.name), std::string(each.read));
  out += "\n" +
         to_paragraphs(fmt::format("A scenario names one in \"kernel\": {{ \"release\": \"{}\" }}; `run --release` "
                                   "and others go before it. Single changes are switched by \"with\" and "
                                   "\"without\":",
                                   models::releases().back().name)) +
         "\n";
  return out + named_list("", models::change_names()) + "\n" +
         to_paragraphs("One of them: dmstall help loop_rescuer. All in full: dmstall show releases.");
}

/// What a release has of the changes, and the others have not.
std::string release_text(const models::ModelledRelease& release) {
  const models::Release kernel = *models::Release::named(release.name);
  std::string out = fmt::format("{}: a kernel that the models follow\n\n", release.name);
  out += to_paragraphs(fmt::format("Its source was read: {}.", release.read)) + "\n";
  std::vector<std::string> has, has_not;
  for (const models::KernelChange& change : models::kernel_changes())
    (kernel.has(change.id) ? has : has_not).emplace_back(change.name);
  return out + named_list("  has    ", has) + named_list("  has not", has_not) + "\n" +
         to_paragraphs(fmt::format("Run a scenario on it: dmstall run --release {} FILE", release.name));
}

std::string formats_topic() {
  std::string out = "formats: what reports are written in\n";
  const auto list = [&](const char* option, const auto& formats) {
    out += fmt::format("\n{}\n", option);
    for (const auto& each : formats) out += column_entry(each.name, each.about);
  };
  list("run --format", run_formats());
  list("check --format, --report FORMAT=FILE", check_formats());
  list("compare --format, size --format", compare_formats());
  list("audit --format", audit_formats());
  return out;
}

std::string targets_topic() {
  std::string out = "targets: the kinds of device that a stack is made of\n\n";
  for (const models::TargetDescription& target : models::target_registry()) {
    if (target.modelled) out += column_entry(target.id, target.about);
  }
  return out + "\n" +
         to_paragraphs(
             "A scenario may bring targets of its own, written as steps over pools: dmstall help "
             "targets.flows, dmstall help steps.\nOne of them: dmstall help verity. What the models leave "
             "out: dmstall show verity.");
}

std::string keys_topic() {
  std::string out = "keys: the objects of a scenario file\n\n";
  for (const FormatObject& object : format_objects()) {
    if (!object.path.empty() && models::find_target(object.path) == nullptr)
      out += column_entry(object.path, object.about);
  }
  return out + "\n" +
         to_paragraphs(
             "An object: dmstall help workload. A key: dmstall help memory.allocator, or dmstall help "
             "in_flight.");
}

/// Lists that are made of tables.
struct MadeTopic {
  const char* name;
  const char* about;
  std::function<std::string()> text;
};

const std::vector<MadeTopic>& made_topics() {
  static const std::vector<MadeTopic> topics = {
      {"targets", "the kinds of device that a stack is made of", targets_topic},
      {"keys", "the objects of a scenario file and their keys", keys_topic},
      {"exit-codes", "what a script or a CI job sees", exit_codes_text},
      {"releases", "the kernels that the models follow, and their changes", releases_topic},
      {"formats", "what reports are written in", formats_topic},
  };
  return topics;
}

std::string all_topics(const CommandLine& all) {
  std::string out = "topics of `dmstall help TOPIC`\n\n";
  for (const Subject& subject : subjects()) out += column_entry(subject.name, subject.about);
  for (const MadeTopic& topic : made_topics()) out += column_entry(topic.name, topic.about);
  std::vector<std::string> verbs;
  for (const Verb& verb : all.verbs) verbs.push_back(verb.name);
  return out + "\n" + named_list("  verbs  ", verbs) + named_list("  targets", target_words()) + "\n" +
         to_paragraphs(
             "And each exit code (12), each release (6.12), each change of the kernel (loop_rescuer), each key "
             "(memory.allocator, reserve).");
}

/// A subject that is an object of the format, too, ends with where its keys are.
std::string with_keys(const std::string& name, std::string text) {
  if (const FormatObject* object = find_object(name)) {
    std::vector<std::string> names;
    for (const FormatKey& key : object->keys) names.push_back(key.name());
    text += "\n" + named_list(fmt::format("Keys of \"{}\":", name), names);
  }
  return text;
}

std::optional<std::string> known_topic(const CommandLine& all, const std::string& name) {
  for (const Verb& verb : all.verbs) {
    if (verb.name == name) return help_text(verb);
  }
  if (name == "topics") return all_topics(all);
  for (const Subject& subject : subjects()) {
    if (subject.name == name)
      return with_keys(name, fmt::format("{}: {}\n\n{}", subject.name, subject.about, subject.text));
  }
  for (const MadeTopic& topic : made_topics()) {
    if (topic.name == name) return with_keys(name, topic.text());
  }
  if (const models::TargetDescription* target = models::find_target(name)) return target_topic(*target);
  for (const ExitCodeText& each : exit_code_texts()) {
    if (code_word(each) == name) return exit_code_text(each);
  }
  for (const models::ModelledRelease& each : models::releases()) {
    if (each.name == name) return release_text(each);
  }
  if (const auto change = models::change_named(name)) return change_text(models::describe(*change));
  return key_topic(name);
}

}  // namespace

std::vector<std::string> topic_names(const CommandLine& all) {
  std::vector<std::string> names;
  for (const Verb& verb : all.verbs) names.push_back(verb.name);
  names.emplace_back("topics");
  for (const Subject& subject : subjects()) names.push_back(subject.name);
  for (const MadeTopic& topic : made_topics()) names.emplace_back(topic.name);
  for (const models::TargetDescription& target : models::target_registry()) names.push_back(target.id);
  for (const ExitCodeText& each : exit_code_texts()) names.push_back(code_word(each));
  for (const models::ModelledRelease& each : models::releases()) names.emplace_back(each.name);
  const std::vector<std::string> changes = models::change_names();
  names.insert(names.end(), changes.begin(), changes.end());
  for (const FormatObject& object : format_objects()) {
    if (!object.path.empty()) names.push_back(object.path);
    for (const FormatKey& key : object.keys) names.push_back(key.path);
  }
  std::vector<std::string> each_once;
  for (std::string& name : names) {
    if (std::find(each_once.begin(), each_once.end(), name) == each_once.end()) each_once.push_back(std::move(name));
  }
  return each_once;
}

std::string topic_text(const CommandLine& all, const std::string& name) {
  if (std::optional<std::string> text = known_topic(all, name)) return *text;
  std::vector<std::string> known = topic_names(all);
  for (const FormatObject& object : format_objects()) {
    for (const FormatKey& key : object.keys) known.push_back(key.name());
  }
  const std::string near = models::nearest(name, known);
  throw UsageError(fmt::format("there is no topic \"{}\"; {}", name,
                               near.empty() ? "`dmstall help topics` lists them" : "did you mean " + near + "?"));
}

}  // namespace dmstall::analysis
