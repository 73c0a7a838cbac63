// Strict JSON from outside: every field is known, there once, of its type and in its range, or FieldError says which is
// not, what it is and what is allowed.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evenkeel {

struct FieldError : std::runtime_error {
  template <typename... Args>
  explicit FieldError(std::string path, fmt::format_string<Args...> format, Args&&... args)
      : std::runtime_error(fmt::format(format, std::forward<Args>(args)...)), field(std::move(path)) {}
  std::string field;  ///< such as readings[3].value; empty for the whole body
};

/// A body as JSON: one value, UTF-8, no name twice in an object, at most kMostDepth objects and lists in each other.
inline constexpr int kMostDepth = 8;
nlohmann::json ParseBody(std::string_view body);

/// A value with the way to it.
class Field {
 public:
  Field(const nlohmann::json& value, std::string path) : value_(&value), path_(std::move(path)) {}

  /// An object with no other names than these.
  void CheckNames(std::initializer_list<const char*> names) const;
  Field At(const char* name) const;  ///< which must be there
  bool Has(const char* name) const;
  /// A list of `fewest` to `most` values.
  std::vector<Field> List(int fewest, int most) const;
  /// An object's members, whatever their names.
  std::vector<std::pair<std::string, Field>> Members() const;

  bool Truth() const;
  std::string Text(std::size_t longest) const;  ///< not empty
  double Number() const;
  double NonNegative() const;
  std::int64_t Integer(std::int64_t least, std::int64_t most) const;
  /// Seconds since 1970, or text such as 2026-05-01T10:00:00Z, which must say that it is UTC.
  std::int64_t Time() const;
  /// The index of a text among names; few of them are told when it is none of them.
  int OneOf(const std::vector<std::string>& names) const;

  const std::string& path() const { return path_; }

 private:
  [[noreturn]] void Refuse(std::string_view allowed) const;
  std::string Told() const;

  const nlohmann::json* value_;
  std::string path_;
};

}  // namespace evenkeel
