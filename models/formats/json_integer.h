// Whole numbers of JSON, which may be longer than any type here.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

namespace evenkeel {

/// The integer that `value`, one of nlohmann's, is; nothing for what is none (a text, 1.5, 1e3) or outside
/// [least, most]. Its own conversions wrap integers that are too large, and those of more than 64 bits, which it keeps
/// as floating point, are undefined.
template <typename Json>
std::optional<std::int64_t> JsonInteger(const Json& value, std::int64_t least, std::int64_t most) {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!value.is_number_integer()) return std::nullopt;
  if (value.is_number_unsigned() && value.template get<std::uint64_t>() > kMost) return std::nullopt;
  const auto integer = value.template get<std::int64_t>();
  if (integer < least || integer > most) return std::nullopt;
  return integer;
}

}  // namespace evenkeel
