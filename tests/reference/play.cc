#include "tests/reference/play.h"

#include <limits>

#include "models/generate/trace.h"

namespace evenkeel {

Network PlainNetwork(int regions, int gateways) {
  std::vector<Region> places(regions);
  std::vector<Gateway> users(gateways);
  for (int i = 0; i < regions; ++i) places[i].name = "r" + std::to_string(i);
  for (int j = 0; j < gateways; ++j) users[j].name = "g" + std::to_string(j);
  return MakeFullNetwork(places, users);
}

Trace PlainTrace(int regions, int gateways, int slots) {
  Trace trace;
  trace.header.network = PlainNetwork(regions, gateways);
  Signals& signals = trace.signals;
  for (int t = 0; t < slots; ++t) signals.time.push_back(3600 * t);
  signals.demand = RowMatrix::Ones(slots, gateways);
  signals.capacity = RowMatrix::Constant(slots, regions, 1000.0);
  signals.price = signals.carbon_intensity = signals.water_intensity = RowMatrix::Zero(slots, regions);
  return trace;
}

Trace SmallTrace(int slots) {
  GeneratorOptions options;
  options.regions = 3;
  options.gateways = 2;
  options.slots = slots;
  return GenerateTrace(options);
}

Trace ChangedAfter(Trace trace, int t) {
  const int after = trace.signals.num_slots() - t - 1;
  for (RowMatrix* signal : {&trace.signals.price, &trace.signals.carbon_intensity, &trace.signals.water_intensity})
    signal->bottomRows(after) = 3.0 * signal->bottomRows(after).rowwise().reverse().eval();
  trace.signals.demand.bottomRows(after) *= 0.3;
  return trace;
}

Objective CarbonObjective(double weight, double norm) {
  EquityGroup group;
  group.name = "carbon";
  group.weight = weight;
  group.norm = norm;
  Objective objective;
  objective.groups.push_back(group);
  return objective;
}

Problem ProblemOf(const Trace& trace, const Objective& objective) {
  const Vector demand = TotalDemand(trace).unaryExpr([](double d) { return d > 0.0 ? d : 1.0; });
  return MakeProblem(trace.header.network, objective, trace.signals.num_slots(), demand);
}

Trace FirstSlots(const Trace& trace, int slots) {
  Trace first = trace;
  first.signals.time.resize(slots);
  for (RowMatrix* signal : {&first.signals.demand, &first.signals.capacity, &first.signals.price,
                            &first.signals.carbon_intensity, &first.signals.water_intensity}) {
    signal->conservativeResize(slots, Eigen::NoChange);
  }
  return first;
}

namespace {

void PlaySlot(const Problem& problem, const Slot& slot, Policy* policy, Played* played) {
  Coefficients coefficients;
  EstimateCoefficients(problem, slot, &coefficients);
  Allocation allocation = MakeAllocation(problem);
  allocation.flow.setConstant(std::numeric_limits<double>::quiet_NaN());
  allocation.shed.setConstant(std::numeric_limits<double>::quiet_NaN());
  policy->Decide({slot, coefficients, played->ledger}, &allocation);
  AddSlot(problem, coefficients, allocation, slot.demand.sum(), &played->ledger);
  policy->Settle({slot, coefficients, coefficients, played->ledger, true});
  played->decisions.push_back(allocation);
}

void Report(const Policy& policy, Played* played) {
  played->report = policy.Report();
  if (const RobustDecisions* robust = DecisionsOf(policy)) played->guarantee = robust->guarantee();
}

}  // namespace

Played Play(const Problem& problem, SlotSource& slots, Policy& policy) {
  Played played;
  played.ledger = MakeLedger(problem);
  Slot slot;
  for (int t = 0; t < slots.num_slots(); ++t) {
    slots.Read(t, &slot);
    PlaySlot(problem, slot, &policy, &played);
  }
  Report(policy, &played);
  return played;
}

Played PlayAdversary(const Problem& problem, const Adversary& adversary, Policy& policy, Trace* trace) {
  Played played;
  played.ledger = MakeLedger(problem);
  Slot slot;
  for (int t = 0; t < trace->signals.num_slots(); ++t) {
    adversary(t, played.ledger, &trace->signals);
    MakeSlotSource(*trace)->Read(t, &slot);
    PlaySlot(problem, slot, &policy, &played);
  }
  Report(policy, &played);
  return played;
}

}  // namespace evenkeel
