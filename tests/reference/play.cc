#include "tests/reference/play.h"

#include "models/generate/trace.h"

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

Played WithGuarantee(PlayedPolicy played, const Policy& policy) {
  Played result{std::move(played), {}};
  if (const RobustDecisions* robust = DecisionsOf(policy)) result.guarantee = robust->guarantee();
  return result;
}

}  // namespace

Played Play(const Problem& problem, SlotSource& slots, Policy& policy) {
  return WithGuarantee(PlayPolicy(problem, slots, policy), policy);
}

Played PlayAdversary(const Problem& problem, const Adversary& adversary, Policy& policy, Trace* trace) {
  PlayedPolicy played;
  played.ledger = MakeLedger(problem);
  Slot slot;
  for (int t = 0; t < trace->signals.num_slots(); ++t) {
    adversary(t, played.ledger, &trace->signals);
    MakeSlotSource(*trace)->Read(t, &slot);
    PlaySlot(problem, slot, &policy, &played);
  }
  played.report = policy.Report();
  return WithGuarantee(std::move(played), policy);
}

}  // namespace evenkeel
