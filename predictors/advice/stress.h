// Advice for trying out a guarantee: the worst, the aimless, the mixed and the broken.
#pragma once

#include <cstdint>
#include <memory>

#include "engine/policy.h"

namespace evenkeel {

/// What an adversary calls worst.
enum class Harm {
  kObjective,  ///< of the vertices of X_t that are dearest or load one bucket of every group most, the one after which
               ///< J is largest
  kSum,        ///< the dearest decision when every footprint counts with its full weight: the opposite of l1-greedy
};

/// The worst feasible decision of every slot.
std::unique_ptr<Policy> MakeAdversary(const Problem& problem, Harm harm);

/// A vertex of X_t drawn at random in every slot: dispatch at independent uniform costs.
std::unique_ptr<Policy> MakeRandomAdvice(const Problem& problem, std::uint64_t seed);

/// (1 - share) advice + share adversary, share in [0, 1].
std::unique_ptr<Policy> MakeMixedAdvice(const Problem& problem, std::unique_ptr<Policy> advice,
                                        std::unique_ptr<Policy> adversary, double share);

/// What an advice can do wrong.
enum class Fault { kNan, kInfinite, kNegative, kWrongSize, kInfeasible, kThrows };

/// Breaks the advice of another policy in every slot, each time in the same way.
std::unique_ptr<Policy> MakeFaultyAdvice(std::unique_ptr<Policy> advice, Fault fault);

/// Sleeps before it answers with the decision of another policy.
std::unique_ptr<Policy> MakeLateAdvice(std::unique_ptr<Policy> advice, double seconds);

}  // namespace evenkeel
