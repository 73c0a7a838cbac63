#include "experiments/specs/spec.h"

#include <algorithm>
#include <set>

#include "models/base/error.h"

namespace evenkeel {
namespace {

// Not std::isalnum: the spelling must not depend on the locale.
bool IsBare(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool digit = c >= '0' && c <= '9';
  return letter || digit || (c != '\0' && std::string_view("/.-_~+:").find(c) != std::string_view::npos);
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool IsContinuationByte(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// The text around the position and a caret below it, each on a line of its own.
std::string Hint(std::string_view text, std::size_t position) {
  constexpr std::size_t kContext = 60;
  std::size_t begin = position > kContext ? position - kContext : 0;
  std::size_t end = std::min(text.size(), position + kContext);
  while (begin > 0 && IsContinuationByte(text[begin])) --begin;
  while (end < text.size() && IsContinuationByte(text[end])) ++end;
  std::string line = begin > 0 ? "..." : "";
  std::string caret(line.size(), ' ');
  for (std::size_t i = begin; i < end; ++i) {
    line += IsControl(text[i]) ? '?' : text[i];
    if (i < position && !IsContinuationByte(text[i])) caret += ' ';
  }
  return fmt::format("\n  {}{}\n  {}^", line, end < text.size() ? "..." : "", caret);
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Spec Parse() {
    if (text_.size() > kMaxSpecLength) {
      throw InputError("spec of {} bytes: at most {} are allowed", text_.size(), kMaxSpecLength);
    }
    Spec spec = ParseOne(0);
    SkipSpace();
    if (!AtEnd()) Fail(spec.parameters.empty() ? "\"(\" or the end" : "the end");
    return spec;
  }

 private:
  bool AtEnd() const { return position_ == text_.size(); }

  void SkipSpace() {
    while (!AtEnd() && (text_[position_] == ' ' || text_[position_] == '\t')) ++position_;
  }

  bool Accept(char c) {
    SkipSpace();
    if (AtEnd() || text_[position_] != c) return false;
    ++position_;
    return true;
  }

  [[noreturn]] void Fail(const std::string& expected) const {
    throw InputError("spec: expected {} at column {}{}", expected, position_ + 1, Hint(text_, position_));
  }

  std::string ParseQuoted() {
    const std::size_t opening = position_ - 1;
    std::string word;
    for (; !AtEnd() && text_[position_] != '"'; ++position_) {
      if (text_[position_] == '\\') {
        ++position_;
        if (AtEnd() || (text_[position_] != '"' && text_[position_] != '\\')) Fail("\" or \\ after a backslash");
      }
      if (IsControl(text_[position_])) Fail("a printable character between quotes");
      word += text_[position_];
    }
    if (!AtEnd()) {
      ++position_;
      return word;
    }
    position_ = opening;
    Fail("a closing \" for the quote that opens");
  }

  std::string ParseBare(const char* expected) {
    SkipSpace();
    const std::size_t begin = position_;
    while (!AtEnd() && IsBare(text_[position_])) ++position_;
    if (position_ == begin) Fail(expected);
    return std::string(text_.substr(begin, position_ - begin));
  }

  void ParseParameter(int depth, std::set<std::string>* keys, Spec* spec) {
    SkipSpace();
    const std::size_t begin = position_;
    const std::string key = ParseBare("a parameter name");
    if (!keys->insert(key).second) {
      throw InputError("spec: parameter \"{}\" is given twice, the second time at column {}{}", key, begin + 1,
                       Hint(text_, begin));
    }
    if (!Accept('=')) Fail(fmt::format("\"=\" after parameter \"{}\"", key));
    spec->parameters.emplace_back(key, ParseOne(depth + 1));
  }

  Spec ParseOne(int depth) {
    if (depth > kMaxSpecDepth) Fail(fmt::format("at most {} levels of parentheses", kMaxSpecDepth));
    Spec spec;
    spec.name = Accept('"') ? ParseQuoted() : ParseBare(depth == 0 ? "a name" : "a value");
    if (!Accept('(') || Accept(')')) return spec;
    std::set<std::string> keys;
    do {
      ParseParameter(depth, &keys, &spec);
    } while (Accept(','));
    if (!Accept(')')) {
      const bool goes_on = !AtEnd() && text_[position_ - 1] == ' ';  // such as command=python3 mine.py
      Fail(goes_on ? "\",\" or \")\" (a text with spaces is put between double quotes)" : "\",\" or \")\"");
    }
    return spec;
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

std::string QuotedIfNeeded(const std::string& word) {
  if (!word.empty() && std::all_of(word.begin(), word.end(), IsBare)) return word;
  std::string quoted = "\"";
  for (char c : word) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

bool operator==(const Spec& a, const Spec& b) { return a.name == b.name && a.parameters == b.parameters; }

Spec ParseSpec(std::string_view text) { return Parser(text).Parse(); }

std::string ToString(const Spec& spec) {
  std::string text = QuotedIfNeeded(spec.name);
  if (spec.parameters.empty()) return text;
  const char* separator = "(";
  for (const auto& [key, value] : spec.parameters) {
    text += fmt::format("{}{}={}", separator, key, ToString(value));
    separator = ",";
  }
  return text + ")";
}

}  // namespace evenkeel
