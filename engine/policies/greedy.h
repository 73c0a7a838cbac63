// Experts with a competitive ratio: greedy on a norm of the loads after the slot (docs/theory.md, theorems 2 and 3).
#pragma once

#include <memory>

#include "engine/policies/virtual_loads.h"
#include "engine/policy.h"

namespace evenkeel {

struct NormGreedyOptions {
  double q = 8.0;                   ///< exponent of every group's norm, in [1, 64]
  double tolerance = 1e-9;          ///< certified gap of a slot's problem, relative to its objective
  VirtualLoads virtual_loads = {};  ///< V_t; empty: none
};

/// x_t minimises C + sum_k mu_k ||L^k + V^k_t||_q after the slot. J <= N OPT when all of the objective's norms are inf
/// and V = 0; else what PolicyReport::virtual_loads says comes on top.
std::unique_ptr<Policy> MakeNormGreedy(const Problem& problem, const NormGreedyOptions& options);

struct PowerGreedyOptions {
  double q = 4.0;           ///< in (1, 64]
  double beta = 1.0;        ///< weight of the cost among the loads, > 0
  double tolerance = 1e-9;  ///< certified gap of a slot's problem, relative to its objective
};

/// x_t minimises || (beta C, mu_1 L^1, .., mu_K L^K) ||_q after the slot, C shifted to be non-negative.
std::unique_ptr<Policy> MakePowerGreedy(const Problem& problem, const PowerGreedyOptions& options);

/// Theorem 2's bound q max(beta, N^(1/q)) (K + beta^(-q/(q-1)))^(1-1/q) for norms inf, N the buckets of the largest
/// group.
double PowerGreedyBound(int num_groups, int num_buckets, double q, double beta);

}  // namespace evenkeel
