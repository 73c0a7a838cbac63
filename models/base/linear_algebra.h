// The few Eigen types that the project uses, by the names it uses them under.
#pragma once

#include <Eigen/Core>
#include <cstdint>

namespace evenkeel {

using Vector = Eigen::VectorXd;
using RowVector = Eigen::RowVectorXd;
using VectorRef = Eigen::Ref<const Eigen::VectorXd>;
/// Row-major, so that one slot (one gateway, one region) is contiguous.
using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using FlagMatrix = Eigen::Matrix<std::uint8_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace evenkeel
