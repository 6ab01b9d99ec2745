#include "models/scenario/json_syntax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "models/scenario/diagnostics.hpp"

namespace dmstall::models {

namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '+' || c == '.';
}

std::size_t skip_space(std::string_view text, std::size_t i) {
  while (i < text.size() && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r')) ++i;
  return i;
}

class Explanation {
 public:
  Explanation(const SourceText& source, const SyntaxContext& context)
      : source_(source), text_(source.text()), context_(context) {}

  SyntaxError run() {
    std::size_t i = skip_space(text_, context_.cursor);
    const bool in_object = !context_.open.empty() && text_[context_.open.back().begin] == '{';
    using After = SyntaxContext::After;
    if (context_.after == After::value && i == context_.cursor && i > 0 && is_word(at(i)) && is_word(at(i - 1))) {
      std::size_t begin = i;
      while (begin > 0 && is_word(at(begin - 1))) --begin;
      const Span word = token(begin);
      return number(word, std::string(source_.text(word)));
    }
    if (context_.after == After::key) {
      if (at(i) == '/') return comment(i);
      if (at(i) != ':') return expected(i, "\":\" after the key");
      return value(skip_space(text_, i + 1));
    }
    if (context_.after == After::value && context_.open.empty()) {
      return {token(i), "the file goes on after the end of its JSON object"};
    }
    if (context_.after == After::value) {
      if (at(i) == '/') return comment(i);
      if (at(i) != ',') return expected(i, in_object ? "\",\" or \"}\"" : "\",\" or \"]\"");
      const std::size_t comma = i;
      i = skip_space(text_, i + 1);
      if (at(i) == '}' || at(i) == ']') {
        return {{comma, comma + 1}, fmt::format("JSON allows no comma before \"{}\"", text_[i])};
      }
    }
    return in_object ? key(i) : value(i);
  }

 private:
  [[nodiscard]] char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }

  [[nodiscard]] Span token(std::size_t i) const {
    std::size_t end = i;
    while (end < text_.size() && is_word(text_[end])) ++end;
    return {i, std::max(end, i + 1)};
  }

  [[nodiscard]] SyntaxError end_of_file() const {
    const std::size_t end = text_.size();
    if (context_.open.empty()) return {{end, end}, "the file ends before its JSON object begins"};
    const Span innermost = context_.open.back();
    return {{end, end},
            fmt::format("the file ends inside the \"{}\" of line {}", text_[innermost.begin],
                        source_.position(innermost.begin).line)};
  }

  [[nodiscard]] SyntaxError comment(std::size_t i) const { return {{i, i + 2}, "JSON has no comments"}; }

  [[nodiscard]] SyntaxError expected(std::size_t i, std::string_view what) const {
    if (i >= text_.size()) return end_of_file();
    if (at(i) == '/') return comment(i);
    if (at(i) == '#') return {{i, i + 1}, "JSON has no comments"};
    const Span span = token(i);
    const std::string found = at(i) == '"' ? std::string("a string") : in_quotes(source_.text(span));
    return {span, fmt::format("expected {}, found {}", what, found)};
  }

  [[nodiscard]] SyntaxError key(std::size_t i) const {
    if (at(i) == '"') return string(i);
    if (at(i) == '\'') return {{i, i + 1}, "JSON strings are written in double quotes"};
    if (i < text_.size() && is_word(text_[i])) {
      return {token(i), fmt::format("a key is written in double quotes: {}", in_quotes(source_.text(token(i))))};
    }
    return expected(i, "a key in double quotes");
  }

  [[nodiscard]] SyntaxError value(std::size_t i) const {
    if (i >= text_.size()) return end_of_file();
    const char c = at(i);
    if (c == '"') return string(i);
    if (c == '\'') return {{i, i + 1}, "JSON strings are written in double quotes"};
    const Span span = token(i);
    const std::string word(source_.text(span));
    const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (word == "NaN" || word == "nan" || word.find("nfinity") != std::string::npos || word == "inf" ||
        word == "-inf") {
      return {span, fmt::format("{} is not a JSON number", word)};
    }
    if (digit || c == '-' || c == '+' || c == '.') return number(span, word);
    if (is_word(c)) {
      return {span, fmt::format("unknown word {}: a value is a string in double quotes, a number, true, false, null, "
                                "an array or an object",
                                in_quotes(word))};
    }
    return expected(i, "a value");
  }

  /// A string that the parser refused: an escape it does not know, a raw control character, or no end.
  [[nodiscard]] SyntaxError string(std::size_t begin) const {
    std::size_t i = begin + 1;
    while (i < text_.size() && text_[i] != '"') {
      const unsigned char c = static_cast<unsigned char>(text_[i]);
      if (c == '\n' || c == '\r') return {{begin, i}, "the string is not closed on its line"};
      if (c < 0x20)
        return {{i, i + 1}, fmt::format("a string cannot hold the control character \\x{:02x}; write \\u{:04x}", c, c)};
      if (c == '\\') {
        if (std::string_view("\"\\/bfnrt").find(at(i + 1)) != std::string_view::npos && i + 1 < text_.size()) {
          i += 2;
          continue;
        }
        if (at(i + 1) != 'u') return {{i, std::min(i + 2, text_.size())}, "unknown escape in a string"};
        if (context_.stopped <= i + 6) return {{i, std::min(i + 6, text_.size())}, "\\u needs four hexadecimal digits"};
        i += 6;
        if (context_.stopped > i && context_.stopped <= i + 6 && at(i) != '"') break;
        continue;
      }
      i += code_point_size(text_, i);
    }
    if (i >= text_.size()) return {{begin, text_.size()}, "the file ends inside a string"};
    return {{begin, i + 1}, "the string holds half of a surrogate pair"};
  }

  [[nodiscard]] SyntaxError number(Span span, const std::string& word) const {
    const std::size_t sign = word[0] == '-' ? 1 : 0;
    if (word[0] == '+') return {span, "a JSON number has no leading \"+\""};
    if (word[0] == '.' || word.compare(sign, 1, ".") == 0) return {span, "a JSON number needs a digit before \".\""};
    if (word.size() > sign + 1 && word[sign] == '0' && std::isdigit(static_cast<unsigned char>(word[sign + 1])) != 0) {
      return {span, "a JSON number has no leading zero"};
    }
    const bool plausible = word.find_first_not_of("0123456789+-.eE") == std::string::npos &&
                           std::isdigit(static_cast<unsigned char>(word.back())) != 0;
    if (plausible && context_.stopped >= span.end) return {span, fmt::format("the number {} is too large", word)};
    return {span, fmt::format("{} is not a JSON number", in_quotes(word))};
  }

  const SourceText& source_;
  std::string_view text_;
  const SyntaxContext& context_;
};

}  // namespace

SyntaxError explain_syntax_error(const SourceText& source, const SyntaxContext& context) {
  return Explanation(source, context).run();
}

}  // namespace dmstall::models
