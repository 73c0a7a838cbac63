// One slot's budget from random books: two groups over the regions, one gateway, any loads and costs.
#pragma once

#include "robustifiers/budget.h"
#include "tests/reference/play.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {

inline Problem RegionsProblem(int regions, double first_norm, double second_norm) {
  Objective objective = PublishedObjective();
  objective.groups[0].weight = 10.0;
  objective.groups[0].norm = first_norm;
  objective.groups[1].weight = 3.0;
  objective.groups[1].norm = second_norm;
  return MakeProblem(PlainNetwork(regions, 1), objective, 1, Vector::Ones(1));
}

struct RandomBudget {
  RandomBudget(const Problem& problem, std::uint64_t seed)
      : random(seed),
        engine(MakeLedger(problem)),
        expert(MakeLedger(problem)),
        advice_step(Step(problem)),
        expert_step(Step(problem)) {
    for (Ledger* ledger : {&engine, &expert}) {
      ledger->energy_cost = Draw(&random, 0.0, 20.0);
      for (Vector& load : ledger->load) load = load.unaryExpr([&](double) { return Draw(&random, 0.0, 3.0); });
    }
  }

  /// A budget in which the expert's decision leaves `slack`.
  SlotBudget WithExpertSlack(const Problem& problem, double slack) const {
    SlotBudget budget(problem);
    budget.Begin(engine, expert, expert_step, 0.0);
    const double shortfall = slack - budget.Value(expert_step);
    budget.Begin(engine, expert, expert_step, shortfall);
    return budget;
  }

  Increment Step(const Problem& problem) {
    Increment step;
    step.cost = Draw(&random, -5.0, 20.0);
    step.load = ZeroLoads(problem);
    for (Vector& load : step.load) load = load.unaryExpr([&](double) { return Draw(&random, 0.0, 2.0); });
    return step;
  }

  std::mt19937_64 random;
  Ledger engine, expert;
  Increment advice_step, expert_step;
};

}  // namespace evenkeel
