// Rows of numbers, one number per lane of the machine's vectors.
// Included once for every instruction set.
#if defined(EVENKEEL_ENGINE_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef EVENKEEL_ENGINE_LANES_INL_H_
#undef EVENKEEL_ENGINE_LANES_INL_H_
#else
#define EVENKEEL_ENGINE_LANES_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace evenkeel {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Lanes = hn::ScalableTag<double>;
using V = hn::Vec<Lanes>;
constexpr Lanes kLanes;

int Width() { return static_cast<int>(hn::Lanes(kLanes)); }

V Get(const double* rows, int r) { return hn::Load(kLanes, rows + r * Width()); }
void Put(V v, double* rows, int r) { hn::Store(v, kLanes, rows + r * Width()); }
void AddTo(V v, double* rows, int r) { Put(hn::Add(Get(rows, r), v), rows, r); }
void Clear(double* rows, int count) { std::fill_n(rows, count * Width(), 0.0); }
V All(double value) { return hn::Set(kLanes, value); }
double Sum(V v) { return hn::GetLane(hn::SumOfLanes(kLanes, v)); }
double Largest(V v) { return hn::GetLane(hn::MaxOfLanes(kLanes, v)); }

/// x > 0 marks what takes part; for the rest both reciprocals come out as zero.
struct Reciprocals {
  Reciprocals(V x, V z) {
    const auto active = hn::Gt(x, hn::Zero(kLanes));
    const V over = hn::IfThenElseZero(active, hn::Div(All(1.0), hn::IfThenElse(active, hn::Mul(x, z), All(1.0))));
    over_x = hn::Mul(z, over);
    over_z = hn::Mul(x, over);
  }
  V over_x, over_z;
};

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace evenkeel
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
