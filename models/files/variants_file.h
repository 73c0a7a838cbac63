// Sizes of the served model, from a CSV file with the header
//
//   variant,energy_per_unit,resource_per_unit,quality_loss           a row per variant, the same in every region, or
//   region,variant,energy_per_unit,resource_per_unit,quality_loss    a row per region and variant
//
// in any order of the columns. Energy is MWh of IT energy per unit of workload, > 0; resource is capacity used per
// unit, > 0; quality loss per unit, >= 0. Resource and quality loss belong to the variant, whatever the region.
#pragma once

#include <string>

#include "models/world/network.h"

namespace evenkeel {

/// Replaces the network's variants and its energy per unit. Throws InputError that names file, line and value.
void ReadVariants(const std::string& path, Network* network);

}  // namespace evenkeel
