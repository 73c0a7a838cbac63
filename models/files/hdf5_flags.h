// The meaning of a run log's flags, as CF has it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace evenkeel {

/// Gives a dataset of uint8 the attributes `flag_values` (an array of the dataset's type) and `flag_meanings` (words
/// separated by spaces). `file` must be closed; messages call it `name`. Throws InputError.
void AddFlagAttributes(const std::string& file, const std::string& name, const std::string& dataset,
                       const std::vector<std::uint8_t>& values, const std::string& meanings);

}  // namespace evenkeel
