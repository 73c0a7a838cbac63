// Pieces of the run log's writer: datasets that grow by a row per slot.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "engine/planner/running_certificate.h"
#include "experiments/files/run_log_schema.h"
#include "models/base/checksum.h"
#include "models/files/hdf5_writer.h"
#include "models/world/ledger.h"
#include "models/world/problem.h"
#include "robustifiers/decision.h"

namespace evenkeel {

Hdf5Field RunLogField(std::string name, std::vector<std::string> axes, std::string units, std::string long_name);

/// The attribute of a dataset that is checked by CheckLayout (experiments/run/layout_check.h).
void WriteChecksum(const std::string& dataset, std::uint32_t crc, Hdf5Writer* file);

/// flow [arcs] as a dense row, [gateways x regions x variants]; 0 where no arc is.
void FillCells(const Problem& problem, const Vector& flow, double* row);

/// Appends rows to a growing dataset, a chunk at a time.
template <typename T>
class RowBuffer {
 public:
  RowBuffer(Hdf5Writer* file, const Hdf5Field& field, std::size_t columns)
      : file_(file), name_(field.name), columns_(columns) {
    if (name_ != "time") file_->AddField(field);
    capacity_ = static_cast<std::size_t>(file_->ChunkRows(name_));
    values_.resize(capacity_ * columns_);
  }

  /// The next row, to be filled by the caller; it holds old values.
  T* NextRow() {
    if (filled_ == capacity_) Flush();
    return &values_[columns_ * filled_++];
  }
  void Append(T value) { *NextRow() = value; }
  void Append(const Vector& row) { std::memcpy(NextRow(), row.data(), columns_ * sizeof(T)); }

  /// Writes what is left, and the checksum of floating-point numbers: flags and times are the trace's or follow.
  void Finish() {
    if (filled_ > 0) Flush();
    if constexpr (std::is_same_v<T, double>) WriteChecksum(name_, crc_, file_);
  }
  std::size_t columns() const { return columns_; }

 private:
  void Flush() {
    file_->WriteRows(name_, written_, static_cast<std::int64_t>(filled_), values_.data());
    crc_ = Crc32(values_.data(), filled_ * columns_, crc_);
    written_ += static_cast<std::int64_t>(filled_);
    filled_ = 0;
  }

  Hdf5Writer* file_;
  std::string name_;
  std::uint32_t crc_ = 0;
  std::size_t columns_;
  std::size_t capacity_ = 0;
  std::size_t filled_ = 0;
  std::int64_t written_ = 0;
  std::vector<T> values_;
};

/// Decisions as dense arrays: one dataset for the workload served, one for what is unserved.
class AllocationRows {
 public:
  /// `flow` and `shed` name the datasets, `whose` the decision, in front of the long names.
  AllocationRows(Hdf5Writer* file, const Problem& problem, const std::string& flow, const std::string& shed,
                 const std::string& whose);
  /// A row of kNoAllocation for null.
  void Append(const Allocation* allocation);
  void Finish();

 private:
  const Problem& problem_;
  RowBuffer<double> flow_, shed_;
};

/// How the decisions of a policy that follows advice came about.
class DecisionRows {
 public:
  DecisionRows(Hdf5Writer* file, const Problem& problem, bool allocations);
  void Append(const RobustDecision& decision);
  /// Writes what is left, and how often there was each verdict, as attributes.
  void Finish();
  /// With counts from elsewhere.
  void Finish(const std::int64_t (&count)[kNumVerdicts]);

 private:
  Hdf5Writer* file_;
  RowBuffer<std::uint8_t> verdict_;
  RowBuffer<double> alpha_, slack_;
  std::vector<AllocationRows> allocations_;  // none, or advice and expert
  std::int64_t count_[kNumVerdicts] = {};
};

/// Adds the axis `certificate` and everything on it.
void WriteCertificates(const Problem& problem, const std::vector<PrefixCertificate>& certificates, Hdf5Writer* file);

/// The axis of a group's buckets.
const char* BucketAxis(const Problem& problem, const Group& group);

}  // namespace evenkeel
