#include "engine/policies/stacked_objective.h"

#include <algorithm>
#include <cmath>

#include "models/base/norm.h"

namespace evenkeel {

/// ||(scale z, smoothing)||_q over the term's entries.
double TermNorm(const StackedObjective& objective, const NormTerm& term, const Vector& z) {
  double largest = term.smoothing;
  for (int b = term.begin; b < term.begin + term.size; ++b) largest = std::max(largest, objective.scale[b] * z[b]);
  if (largest <= 0.0) return 0.0;
  double sum = term.smoothing > 0.0 ? std::pow(term.smoothing / largest, term.q) : 0.0;
  for (int b = term.begin; b < term.begin + term.size; ++b) {
    sum += Power(std::max(0.0, objective.scale[b] * z[b]) / largest, term.q);
  }
  return largest * std::pow(sum, 1.0 / term.q);
}

double StackedValue(const StackedObjective& objective, const Vector& z) {
  double value = objective.linear * z[0];
  for (const NormTerm& term : objective.terms) value += term.weight * TermNorm(objective, term, z);
  return value;
}

void StackedGradient(const StackedObjective& objective, const Vector& z, Vector* gradient) {
  gradient->setZero(z.size());
  for (const NormTerm& term : objective.terms) {
    auto part = gradient->segment(term.begin, term.size);
    const auto scale = objective.scale.segment(term.begin, term.size);
    if (term.q == 1.0) {
      part = term.weight * scale;
      continue;
    }
    const double norm = TermNorm(objective, term, z);
    if (norm == 0.0) continue;
    for (int b = 0; b < term.size; ++b) {
      const double u = std::max(0.0, scale[b] * z[term.begin + b]) / norm;
      part[b] = term.weight * scale[b] * Power(u, term.q - 1.0);
    }
  }
  (*gradient)[0] += objective.linear;
}

}  // namespace evenkeel
