// The one spelling of a policy, on the command line, in config files and in result files:
//
//   norm-greedy(q=8)
//   robust(advice=plan(forecast=seasonal-naive(season=24),every=6),expert=norm-greedy(q=8),rho=0.1,mode=line)
//
//   spec      = word [ "(" [ parameter { "," parameter } ] ")" ]
//   parameter = key "=" spec
//
// A bare word is made of letters, digits and / . - _ ~ + : so that numbers and most paths need no quotes; anything else
// goes between double quotes, with \" and \\ inside. Spaces and tabs around tokens are ignored. Keys are unique within
// a spec.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evenkeel {

/// A number, word or path is a spec without parameters.
struct Spec {
  std::string name;
  std::vector<std::pair<std::string, Spec>> parameters;  ///< as written; keys are unique
};

bool operator==(const Spec& a, const Spec& b);
inline bool operator!=(const Spec& a, const Spec& b) { return !(a == b); }

inline constexpr std::size_t kMaxSpecLength = 10000;  ///< bytes
inline constexpr int kMaxSpecDepth = 16;              ///< levels of parentheses

/// Throws InputError with the column, what was expected there, and the text with a caret below it.
Spec ParseSpec(std::string_view text);

/// The canonical text: no spaces, quotes only where they are needed. ParseSpec(ToString(spec)) == spec for every parsed
/// spec.
std::string ToString(const Spec& spec);

}  // namespace evenkeel
