// Whether everything can be served at all.
#pragma once

#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

/// Throws InputError that names the first slot whose demand cannot be served, and its gateways. Where there are classes
/// of work, also when more work is due than capacity can do: it names the first slot by whose end what is due cannot
/// all be done, however work is spread over the slots, by how much, and a class that falls short. `work_done` [classes]
/// is Ledger's before the first slot, and may be left out where nothing has been done.
void CheckServable(const Problem& problem, SlotSource& slots, const Vector& work_done = Vector());

/// What a look at sums finds of it, before anything is solved: throws InputError for the first slot in which all
/// capacity together falls so far short of demand that every decision breaks some gateway's demand or some region's
/// capacity by more than `accuracy` of the largest demand in all slots. Says nothing where demand may be shed.
void CheckTotalCapacity(const Problem& problem, SlotSource& slots, double accuracy);

}  // namespace evenkeel
