// Random instances in which a part of the demand is work that can wait.
#pragma once

#include "tests/reference/beside.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {

struct WaitingOptions {
  InstanceOptions instance;
  int max_classes = 3;
  int max_deadline = 6;  ///< slots
};

/// An instance of MakeRandomInstance whose gateways gave parts of their demand to classes of work: serving all work in
/// the slot in which it arrives is feasible. Declared floors hold: they are the smallest cost of the class's arcs,
/// where that is negative.
Instance MakeWaitingInstance(std::uint64_t seed, const WaitingOptions& options);

/// Adds a class to the network of `instance` that takes `part` of gateway j's demand, in every slot. Its floor is
/// `floor`.
void TakeClassFrom(int gateway, double part, int deadline, Instance* instance);

/// Makes the problem anew from trace and objective, with the declared floors.
void RemakeProblem(Instance* instance);

/// `writer`, whose slots know what has arrived and what is due in a period of `num_slots` slots.
SlotWriter Queued(const Network& network, int num_slots, SlotWriter writer);

}  // namespace evenkeel
