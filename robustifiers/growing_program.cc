#include "robustifiers/growing_program.h"

#include <algorithm>
#include <cmath>

namespace evenkeel {
namespace {

constexpr double kZero = 1e-12;       // entries of the dictionary that no pivot may be
constexpr int kMaxPivots = 2000;      // of one Optimise
constexpr int kPatience = 50;         // pivots without progress until the lowest index enters
constexpr double kTolerance = 1e-12;  // of values and reduced costs, relative to the largest

}  // namespace

void GrowingProgram::Reset() {
  num_variables_ = num_rows_ = columns_ = pivots_ = 0;
  row_label_.clear();
  column_label_.clear();
  variable_.clear();
  slack_.clear();
}

void GrowingProgram::Reserve(int rows, int columns) {
  constexpr int kFirst = 64;
  if (rows > table_.rows() || columns > table_.cols()) {
    const int more_rows = std::max<int>({kFirst, static_cast<int>(table_.rows()), rows > table_.rows() ? 2 * rows : 0});
    const int more_columns =
        std::max<int>({kFirst, static_cast<int>(table_.cols()), columns > table_.cols() ? 2 * columns : 0});
    table_.conservativeResize(more_rows, more_columns);
    beta_.conservativeResize(more_rows);
    reduced_.conservativeResize(more_columns);
    row_.resize(more_columns);
    column_.resize(more_rows);
  }
}

int GrowingProgram::AddRow(double right) { return AddRow(Vector(), right); }

/// The new slack is b - a . x, with the basic variables written out.
int GrowingProgram::AddRow(const VectorRef& coefficients, double right) {
  Reserve(num_rows_ + 1, columns_);
  auto row = row_.head(columns_);
  row.setZero();
  double beta = right;
  for (int v = 0; v < coefficients.size(); ++v) {
    const double entry = coefficients[v];
    if (entry == 0.0) continue;
    const Place place = variable_[v];
    if (place.basic) {
      beta -= entry * beta_[place.index];
      row -= entry * table_.row(place.index).head(columns_).transpose();
    } else {
      row[place.index] += entry;
    }
  }
  table_.row(num_rows_).head(columns_) = row.transpose();
  beta_[num_rows_] = beta;
  row_label_.push_back(-1 - num_rows_);
  slack_.push_back({true, num_rows_});
  return num_rows_++;
}

/// The variable shifts b by -a x: in the rows of basic slacks, and through the columns of those at their bound.
int GrowingProgram::AddVariable(double cost, const VectorRef& coefficients) {
  Reserve(num_rows_, columns_ + 1);
  auto column = column_.head(num_rows_);
  column.setZero();
  for (int r = 0; r < num_rows_; ++r) {
    const double entry = coefficients[r];
    if (entry == 0.0) continue;
    const Place place = slack_[r];
    if (place.basic) {
      column[place.index] += entry;
    } else {
      column += entry * table_.col(place.index).head(num_rows_);
      cost += entry * reduced_[place.index];
    }
  }
  table_.col(columns_).head(num_rows_) = column;
  reduced_[columns_] = cost;
  column_label_.push_back(num_variables_);
  variable_.push_back({false, columns_});
  ++columns_;
  return num_variables_++;
}

int GrowingProgram::FindEntering(bool lowest) const {
  const double tolerance = kTolerance * reduced_.head(columns_).cwiseAbs().maxCoeff();
  int best = -1;
  for (int j = 0; j < columns_; ++j) {
    if (reduced_[j] >= -tolerance) continue;
    const bool better = best < 0 || (lowest ? column_label_[j] < column_label_[best] : reduced_[j] < reduced_[best]);
    if (better) best = j;
  }
  return best;
}

int GrowingProgram::FindLeaving(int column) const {
  int best = -1;
  double least = 0.0;
  for (int i = 0; i < num_rows_; ++i) {
    const double rate = table_(i, column);
    if (rate <= kZero) continue;
    const double step = std::max(0.0, beta_[i]) / rate;
    // Equal steps: the largest pivot.
    if (best < 0 || step < least || (step == least && rate > table_(best, column))) {
      best = i;
      least = step;
    }
  }
  return best;
}

int GrowingProgram::FindInfeasible() const {
  if (num_rows_ == 0) return -1;
  int worst = 0;
  const auto beta = beta_.head(num_rows_);
  const double least = beta.minCoeff(&worst);
  return least < -kTolerance * beta.cwiseAbs().maxCoeff() ? worst : -1;
}

int GrowingProgram::FindDualEntering(int row) const {
  int best = -1;
  double least = 0.0;
  for (int j = 0; j < columns_; ++j) {
    const double rate = -table_(row, j);
    if (rate <= kZero) continue;
    const double ratio = std::max(0.0, reduced_[j]) / rate;
    if (best < 0 || ratio < least || (ratio == least && rate > -table_(row, best))) {
      best = j;
      least = ratio;
    }
  }
  return best;
}

bool GrowingProgram::IsFeasible() const { return FindInfeasible() < 0; }

bool GrowingProgram::Optimise() {
  int still = 0;
  for (int step = 0; step < kMaxPivots; ++step) {
    int row = FindInfeasible(), column = -1;
    if (row >= 0) {
      column = FindDualEntering(row);
      if (column < 0) return false;
    } else {
      if (columns_ == 0) return true;
      column = FindEntering(still > kPatience);
      if (column < 0) return true;
      row = FindLeaving(column);
      if (row < 0) return false;
      still = beta_[row] <= 0.0 ? still + 1 : 0;
    }
    Pivot(row, column);
  }
  return false;
}

void GrowingProgram::Pivot(int row, int column) {
  ++pivots_;
  const double pivot = table_(row, column);
  auto table = table_.topLeftCorner(num_rows_, columns_);
  auto rates = column_.head(num_rows_);
  auto pivot_row = row_.head(columns_);
  rates = table.col(column);
  rates[row] = 0.0;
  pivot_row = table.row(row).transpose() / pivot;
  pivot_row[column] = 1.0 / pivot;
  const double value = beta_[row] / pivot;
  table.col(column).setZero();
  table.row(row).setZero();
  table.noalias() -= rates * pivot_row.transpose();
  table.row(row) = pivot_row.transpose();
  beta_.head(num_rows_) -= value * rates;
  beta_[row] = value;
  const double reduced = reduced_[column];
  reduced_[column] = 0.0;
  reduced_.head(columns_) -= reduced * pivot_row;
  std::swap(row_label_[row], column_label_[column]);
  const auto put = [&](int label, Place place) { (label >= 0 ? variable_[label] : slack_[-1 - label]) = place; };
  put(row_label_[row], {true, row});
  put(column_label_[column], {false, column});
}

double GrowingProgram::Value(int variable) const {
  const Place place = variable_[variable];
  return place.basic ? std::max(0.0, beta_[place.index]) : 0.0;
}

double GrowingProgram::Dual(int row) const {
  const Place place = slack_[row];
  return place.basic ? 0.0 : std::max(0.0, reduced_[place.index]);
}

double GrowingProgram::ReducedCost(int variable) const {
  const Place place = variable_[variable];
  return place.basic ? 0.0 : reduced_[place.index];
}

}  // namespace evenkeel
