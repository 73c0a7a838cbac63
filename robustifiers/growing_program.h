// A linear program of a few rows and variables that grows while it is being solved:
//
//     minimise cost . x     subject to  A x <= b,  x >= 0.
//
// A dictionary (Chvatal, Linear Programming, 1983): every basic variable as beta - T (nonbasic variables), dense. A new
// variable leaves the present point feasible, so that primal pivots go on from it; a new row leaves it optimal, so that
// dual pivots do. So columns and cuts may come one after the other, at the price of a few pivots each.
#pragma once

#include <vector>

#include "models/base/linear_algebra.h"

namespace evenkeel {

class GrowingProgram {
 public:
  /// No variables, no rows; memory is kept.
  void Reset();

  /// Adds a row that no variable is in yet, `right` >= 0 as long as no variable is basic; returns its index.
  int AddRow(double right);
  /// Adds a row with the coefficients of all variables so far.
  int AddRow(const VectorRef& coefficients, double right);
  /// Adds a variable with the coefficients of all rows so far; returns its index.
  int AddVariable(double cost, const VectorRef& coefficients);

  /// Dual pivots until the point is feasible, then primal ones until it is optimal. False when a dual step finds no
  /// pivot (no feasible point), a primal one no bound, or after too many; the point is then feasible or not as
  /// IsFeasible says.
  bool Optimise();
  bool IsFeasible() const;

  int num_variables() const { return num_variables_; }
  int num_rows() const { return num_rows_; }
  double Value(int variable) const;
  /// Multiplier of a row, >= 0 at an optimum: by how much cost . x falls per unit of b.
  double Dual(int row) const;
  /// cost + dual . A of a variable, 0 where it is basic.
  double ReducedCost(int variable) const;
  int pivots() const { return pivots_; }

 private:
  /// Where a variable or the slack of a row stands: a row of the dictionary when basic, else a column.
  struct Place {
    bool basic = false;
    int index = 0;
  };

  void Reserve(int rows, int columns);
  int FindEntering(bool lowest) const;
  int FindLeaving(int column) const;
  int FindInfeasible() const;
  int FindDualEntering(int row) const;
  void Pivot(int row, int column);

  int num_variables_ = 0, num_rows_ = 0, pivots_ = 0;
  int columns_ = 0;             // nonbasic variables: num_variables_
  Eigen::MatrixXd table_;       // T, the first num_rows_ x columns_ of it
  Vector beta_, reduced_;       // [rows], [columns]
  std::vector<int> row_label_;  // [rows], v >= 0 a variable, -1 - r the slack of row r
  std::vector<int> column_label_;
  std::vector<Place> variable_, slack_;
  Vector row_, column_;  // scratch
};

}  // namespace evenkeel
