// Random numbers without state: the value of (seed, purpose, index, counter) does not depend on what was drawn before,
// so results do not change with the order of loops, the number of threads, or the draws of anybody else.
//
// The bits come from Philox4x32-10 of Random123 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2,
// 3", SC 2011).
#pragma once

#include <array>
#include <cstdint>

namespace evenkeel {

/// What a stream is for. Streams of different purposes are independent. Numbers are part of every seeded result: never
/// reuse or change.
enum class RandomPurpose : std::uint32_t {
  kRegionPlace = 1,   ///< coordinates and levels of generated regions; index: region
  kGatewayPlace = 2,  ///< coordinates, size and habits of generated gateways; index: gateway
  kTemperature = 10,  ///< weather and market fields; index: centre of the field, counter: slot
  kCloud = 11,
  kWind = 12,
  kMarket = 13,
  kActivity = 14,
  kCarbonNoise = 20,  ///< index: region, counter: slot
  kPriceNoise = 21,
  kPriceSpike = 22,
  kDemandNoise = 23,         ///< index: gateway, counter: slot
  kAdvice = 500,             ///< aimless test advice; index: slot, counter: arc
  kRelease = 501,            ///< when test advice releases all that waits; index: none, counter: slot
  kTraining = 600,           ///< order of origins; index: round, counter: place
  kOtherFuture = 700,        ///< signals of traces with another future; index: slot, counter: signal
  kErrorInjection = 1000,    ///< swapped gateways; 1001 to 1032, errors injected into signals: 1001 + 4 kind + signal;
                             ///< index: region or gateway, counter: time and step ahead
  kErrorRegionOrder = 1100,  ///< swapped regions; index: region
  kBackOff = 1200,           ///< waits after failures of a service; counter: failures in a row
};

/// An endless sequence of random numbers, read at any position.
struct RandomStream {
  std::uint64_t seed = 0;
  RandomPurpose purpose = RandomPurpose::kErrorInjection;
  std::uint32_t index = 0;
};

/// One block of Philox4x32-10, words in the order of the reference implementation.
std::array<std::uint32_t, 4> Philox(const std::array<std::uint32_t, 4>& counter,
                                    const std::array<std::uint32_t, 2>& key);

/// 64 random bits: key = seed, counter = (position low, position high, index, purpose), first two words of the block,
/// low word first.
std::uint64_t RandomBits(const RandomStream& stream, std::uint64_t position);

/// Uniform in (0, 1), ends excluded: (k + 1/2) / 2^52 with k the upper 52 bits.
double Uniform(const RandomStream& stream, std::uint64_t position);

/// Standard normal: NormalQuantile of Uniform. The same bits on every platform with the same log and sqrt.
double Normal(const RandomStream& stream, std::uint64_t position);

/// Inverse of the standard normal distribution function for p in (0, 1), relative error about 1e-16
/// (Wichura, algorithm AS 241, PPND16, Applied Statistics 37, 1988).
double NormalQuantile(double p);

}  // namespace evenkeel
