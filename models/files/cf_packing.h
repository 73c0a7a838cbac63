// How the numbers stored in a netCDF variable stand for values: packing and missing data as in the CF conventions (8.1,
// 2.5.1), valid ranges and _Unsigned as in the netCDF User Guide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace evenkeel {

/// An attribute of a variable as it is in the file.
struct CfAttribute {
  std::string name;
  std::string type;             ///< such as "float64", "int16", "text"
  std::vector<double> numbers;  ///< empty for texts
  std::string text;             ///< empty for numbers
};

/// Whether an attribute of that name is for MakeCfPacking.
bool IsCfPackingName(const std::string& name);

struct CfPacking {
  /// Stored numbers that stand for nothing, and the attribute that says so.
  struct Missing {
    std::string attribute;
    double number = 0.0;
  };
  /// Numbers that are no values.
  struct Bound {
    std::string attribute;
    double number = 0.0;
    bool is_least = false;  ///< the least that is allowed; else the largest
    bool unpacked = false;  ///< to be compared after unpacking
  };

  std::optional<double> scale, offset;
  double modulus = 0.0;    ///< 2^bits for numbers stored with the other sign than meant, else 0
  bool is_signed = false;  ///< what is meant, where `modulus` is not 0
  std::vector<Missing> missing;
  std::vector<Bound> bounds;

  bool IsPacked() const { return scale || offset; }
  bool IsPlain() const { return !IsPacked() && modulus == 0.0 && missing.empty() && bounds.empty(); }
};

/// Of a variable whose numbers are stored as `type`. Attributes that cannot be applied are an InputError that begins
/// with `where`: of another type or size than the conventions have, spelled otherwise, or names of other conventions.
/// Integers of two bytes or more have netCDF's default fill value where no attribute names one.
CfPacking MakeCfPacking(const std::string& type, const std::vector<CfAttribute>& attributes, const std::string& where);

/// The first number that stands for no value.
struct CfMissing {
  std::size_t index = 0;
  double stored = 0.0;
  std::string reason;  ///< such as "-9999 is its 'missing_value'"
};

/// value = stored * scale_factor + add_offset, in float64, in place; what is missing becomes `no_value`.
std::optional<CfMissing> Unpack(const CfPacking& packing, std::size_t count, double* numbers,
                                double no_value = std::numeric_limits<double>::quiet_NaN());
/// Of integers that are not packed. What is missing stays as it is stored.
std::optional<CfMissing> Unpack(const CfPacking& packing, std::size_t count, std::int64_t* numbers);

}  // namespace evenkeel
