#include "predictors/torch/attention_loops.h"

namespace evenkeel {

template void Attend(const AttentionSizes&, const float*, const float*, const float*, float*, float*);
template void AttendGradient(const AttentionSizes&, const float*, const float*, const float*, const float*,
                             const float*, float*, float*, float*);

}  // namespace evenkeel
