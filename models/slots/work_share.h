// A part of the demand as work that can wait: what a trace would be if that share of it were training or batch jobs.
#pragma once

#include <string>
#include <vector>

#include "models/world/trace.h"

namespace evenkeel {

struct WorkShare {
  double share = 0.0;     ///< of every gateway's demand in every slot, [0, 1]; 0: none
  double deadline = 0.0;  ///< hours that the work may wait, >= 0, whole slots
  /// Share of that work that must be done in the region nearest to its gateway, [0, 1]. It makes a class for every
  /// region that is somebody's nearest, "work at REGION"; the rest is one class, "work", which may go to every region
  /// that some gateway reaches.
  double home = 0.0;
};

/// Most of a region's capacity that is filled with work at home there.
inline constexpr double kMostAtHome = 0.9;

/// Turns the share of the demand into classes of work, behind the classes that there are, and says so in the trace's
/// provenance. A class uses energy and capacity per unit as the first variant does, and moving its work costs nothing.
/// What would not fit into a region beside other work that is at home there, by `kMostAtHome` of its capacity, stays
/// demand of the gateway. Throws InputError.
void MakeWorkOf(const WorkShare& part, Trace* trace);

/// A class of work to be.
struct NewWork {
  std::string name;
  WorkClass properties;
  FlagMatrix reachable;     ///< [1 x regions]
  RowVector energy;         ///< [regions], MWh of IT energy per unit of work
  RowVector transfer_cost;  ///< [regions], USD per unit
};

/// Adds classes and what arrives of them, [slots x classes], behind the classes that there are.
void AppendWork(const std::vector<NewWork>& classes, const RowMatrix& arrivals, Trace* trace);

/// A deadline as slots. Throws InputError that begins with `what` for hours that are no whole slots.
int DeadlineInSlots(const std::string& what, double hours, double slot_hours);

}  // namespace evenkeel
