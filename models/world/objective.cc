#include "models/world/objective.h"

namespace evenkeel {

Objective PublishedObjective() {
  Objective objective;
  objective.groups.resize(2);
  objective.groups[0].name = "carbon";
  objective.groups[0].footprint = Footprint::kCarbon;
  objective.groups[0].weight = 1500.0;
  objective.groups[1].name = "water";
  objective.groups[1].footprint = Footprint::kWater;
  objective.groups[1].weight = 60.0;
  return objective;
}

}  // namespace evenkeel
