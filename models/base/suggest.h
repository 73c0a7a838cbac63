// The near one, for messages about a name that is not known.
#pragma once

#include <string>
#include <vector>

namespace evenkeel {

/// The candidate with the least edit distance to `word`; empty when none is close (more than a third of the letters
/// differ).
std::string ClosestMatch(const std::string& word, const std::vector<std::string>& candidates);

/// `, did you mean "..."?` for the closest match, or nothing.
std::string DidYouMean(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace evenkeel
