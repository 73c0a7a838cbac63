#include "models/files/cf_packing.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/base/numbers.h"

namespace evenkeel {
namespace {

constexpr const char* kApplied[] = {"scale_factor", "add_offset", "_FillValue", "missing_value",
                                    "valid_range",  "valid_min",  "valid_max",  "_Unsigned"};
// What other conventions (HDF-EOS, MODIS, GRIB converters) call the same.
constexpr const char* kForeign[] = {"scale",     "offset",     "slope",   "intercept",     "scale_offset",
                                    "fillvalue", "fill_value", "missing", "missing_values"};

constexpr const char* kDefaultFill = "netCDF's default fill value";

/// A number that was stored with the other sign than meant.
double AsMeant(const CfPacking& packing, double stored) {
  if (packing.modulus == 0.0) return stored;
  if (packing.is_signed) return stored >= packing.modulus / 2.0 ? stored - packing.modulus : stored;
  return stored < 0.0 ? stored + packing.modulus : stored;
}

/// The stored type, taken apart.
struct Stored {
  std::string name;
  bool integer = false;
  bool is_signed = true;
  int bits = 64;
};

Stored Parse(const std::string& type) {
  Stored stored;
  stored.name = type;
  stored.integer = type.find("int") != std::string::npos;
  stored.is_signed = type.rfind("uint", 0) != 0;
  const std::size_t digit = type.find_first_of("0123456789");
  stored.bits = digit == std::string::npos ? 64 : std::stoi(type.substr(digit));
  return stored;
}

struct Maker {
  const Stored& stored;
  const std::vector<CfAttribute>& attributes;
  const std::string& where;

  [[noreturn]] void Refuse(const CfAttribute& attribute, const std::string& why) const {
    throw InputError("{}: the attribute '{}' {}", where, attribute.name, why);
  }
  const CfAttribute* Find(const char* name) const {
    for (const CfAttribute& one : attributes) {
      if (one.name == name) return &one;
    }
    return nullptr;
  }
  double Number(const CfAttribute& attribute) const {
    if (attribute.numbers.size() == 1 && std::isfinite(attribute.numbers[0])) return attribute.numbers[0];
    Refuse(attribute, fmt::format("is {}, expected one finite number", Said(attribute)));
  }
  static std::string Said(const CfAttribute& attribute) {
    if (attribute.type == "text") return "\"" + attribute.text + "\"";
    return attribute.numbers.size() == 1 ? fmt::format("{}", attribute.numbers[0])
                                         : fmt::format("{} numbers", attribute.numbers.size());
  }
  /// As the file's type has it: 1e20 of a float64 attribute means what float32 makes of it; -1 is 255 of a byte.
  double AsStored(const CfAttribute& attribute, double number, const CfPacking& packing) const {
    if (!stored.integer) return stored.bits == 32 ? static_cast<double>(static_cast<float>(number)) : number;
    number = AsMeant(packing, number);
    const bool is_signed = packing.modulus != 0.0 ? packing.is_signed : stored.is_signed;
    const double values = std::ldexp(1.0, stored.bits);
    const double least = is_signed ? -values / 2.0 : 0.0;
    if (number == std::floor(number) && number >= least && number < least + values) return number;
    Refuse(attribute, fmt::format("is {}, which the values, stored as {}, cannot be", number, stored.name));
  }

  void CheckNames() const;
  void SetSign(CfPacking* packing) const;
  void SetMissing(CfPacking* packing) const;
  void SetBounds(CfPacking* packing) const;
  void AddBound(const CfAttribute& attribute, double number, bool is_least, CfPacking* packing) const;
};

void Maker::CheckNames() const {
  for (const CfAttribute& one : attributes) {
    for (const char* name : kApplied) {
      if (one.name != name && LowerCase(one.name) == LowerCase(name))
        Refuse(one, fmt::format("is not known, '{}' is", name));
    }
    for (const char* name : kForeign) {
      if (LowerCase(one.name) == name)
        Refuse(one, "belongs to another convention, known are scale_factor, add_offset, _FillValue and missing_value");
    }
  }
}

void Maker::SetSign(CfPacking* packing) const {
  const CfAttribute* attribute = Find("_Unsigned");
  if (attribute == nullptr) return;
  const std::string word = LowerCase(attribute->text);
  if (word != "true" && word != "false")
    Refuse(*attribute, fmt::format("is {}, expected true or false", Said(*attribute)));
  if (!stored.integer) Refuse(*attribute, fmt::format("is for integers, the values are stored as {}", stored.name));
  packing->is_signed = word == "false";
  if (packing->is_signed != stored.is_signed) packing->modulus = std::ldexp(1.0, stored.bits);
}

void Maker::SetMissing(CfPacking* packing) const {
  bool named = false;
  for (const char* name : {"_FillValue", "missing_value"}) {
    const CfAttribute* attribute = Find(name);
    if (attribute == nullptr) continue;
    if (attribute->numbers.empty()) Refuse(*attribute, fmt::format("is {}, expected a number", Said(*attribute)));
    for (const double number : attribute->numbers)
      packing->missing.push_back({name, AsStored(*attribute, number, *packing)});
    named = named || attribute->name == "_FillValue";
  }
  if (named || !stored.integer || stored.bits < 16) return;
  // NC_FILL_SHORT, _INT, _INT64 and NC_FILL_USHORT, _UINT, _UINT64.
  const double values = std::ldexp(1.0, stored.bits);
  const double from_end = stored.bits == 64 ? 2.0 : 1.0;
  const double fill = stored.is_signed ? -values / 2.0 + from_end : values - from_end;
  packing->missing.push_back({kDefaultFill, AsMeant(*packing, fill)});
}

void Maker::AddBound(const CfAttribute& attribute, double number, bool is_least, CfPacking* packing) const {
  if (std::isnan(number)) Refuse(attribute, "is nan, expected a number");
  // The User Guide: of the stored type, it is about what is stored; of the type that unpacking makes, about values.
  const bool same = attribute.type == stored.name || (packing->modulus != 0.0 && Parse(attribute.type).integer);
  const CfAttribute* scale = Find("scale_factor");
  if (scale == nullptr) scale = Find("add_offset");
  const bool unpacked = packing->IsPacked() && !same && scale != nullptr && attribute.type == scale->type;
  if (packing->IsPacked() && !same && !unpacked)
    Refuse(attribute, fmt::format("is of {}, expected {}, as the values are stored, or {}, as scale_factor is",
                                  attribute.type, stored.name, scale->type));
  if (!unpacked && packing->modulus != 0.0) number = AsStored(attribute, number, *packing);
  packing->bounds.push_back({attribute.name, number, is_least, unpacked});
}

void Maker::SetBounds(CfPacking* packing) const {
  const CfAttribute* range = Find("valid_range");
  const CfAttribute* least = Find("valid_min");
  const CfAttribute* most = Find("valid_max");
  if (range != nullptr) {
    if (range->numbers.size() != 2) Refuse(*range, fmt::format("is {}, expected two numbers", Said(*range)));
    if (least != nullptr || most != nullptr)
      Refuse(*range, "is there beside valid_min or valid_max, expected one or the other");
    AddBound(*range, range->numbers[0], true, packing);
    AddBound(*range, range->numbers[1], false, packing);
  }
  if (least != nullptr) AddBound(*least, Number(*least), true, packing);
  if (most != nullptr) AddBound(*most, Number(*most), false, packing);
}

std::optional<std::string> WhyMissing(const CfPacking& packing, double stored, double value) {
  for (const auto& [attribute, number] : packing.missing) {
    if (stored == number || (std::isnan(stored) && std::isnan(number)))
      return attribute == kDefaultFill ? fmt::format("{} is {}", stored, attribute)
                                       : fmt::format("{} is its '{}'", stored, attribute);
  }
  for (const CfPacking::Bound& bound : packing.bounds) {
    const double number = bound.unpacked ? value : stored;
    if (bound.is_least ? number < bound.number : number > bound.number)
      return fmt::format("{} is {} its '{}', {}", number, bound.is_least ? "below" : "above", bound.attribute,
                         bound.number);
  }
  return std::nullopt;
}

}  // namespace

bool IsCfPackingName(const std::string& name) {
  const std::string lower = LowerCase(name);
  const auto same = [&lower](const char* one) { return LowerCase(one) == lower; };
  return std::any_of(std::begin(kApplied), std::end(kApplied), same) ||
         std::any_of(std::begin(kForeign), std::end(kForeign), same);
}

CfPacking MakeCfPacking(const std::string& type, const std::vector<CfAttribute>& attributes, const std::string& where) {
  const Stored stored = Parse(type);
  const Maker maker = {stored, attributes, where};
  CfPacking packing;
  maker.CheckNames();
  if (const CfAttribute* scale = maker.Find("scale_factor")) {
    packing.scale = maker.Number(*scale);
    if (packing.scale == 0.0) maker.Refuse(*scale, "is 0, expected another number");
  }
  if (const CfAttribute* offset = maker.Find("add_offset")) packing.offset = maker.Number(*offset);
  maker.SetSign(&packing);
  maker.SetMissing(&packing);
  maker.SetBounds(&packing);
  return packing;
}

std::optional<CfMissing> Unpack(const CfPacking& packing, std::size_t count, double* numbers, double no_value) {
  std::optional<CfMissing> first;
  if (packing.IsPlain()) return first;
  for (std::size_t k = 0; k < count; ++k) {
    const double stored = AsMeant(packing, numbers[k]);
    // Step by step, as xarray does it: a product that is not asked for changes the sign of a zero.
    double value = stored;
    if (packing.scale) value *= *packing.scale;
    if (packing.offset) value += *packing.offset;
    numbers[k] = value;
    const auto why = WhyMissing(packing, stored, value);
    if (!why) continue;
    numbers[k] = no_value;
    if (!first) first = CfMissing{k, stored, *why};
  }
  return first;
}

std::optional<CfMissing> Unpack(const CfPacking& packing, std::size_t count, std::int64_t* numbers) {
  if (packing.IsPlain()) return std::nullopt;
  for (std::size_t k = 0; k < count; ++k) {
    const double value = AsMeant(packing, static_cast<double>(numbers[k]));
    if (const auto why = WhyMissing(packing, value, value)) return CfMissing{k, value, *why};
    // Beyond 63 bits is beyond any range as well.
    if (packing.modulus != 0.0) numbers[k] = std::llround(std::min(value, 9e18));
  }
  return std::nullopt;
}

}  // namespace evenkeel
