// What a stranger can put into an HDF5 file in the place of an honest dataset.
#pragma once

#include <string>
#include <vector>

namespace evenkeel {

enum class Hostile {
  kSoftLink,             ///< to another dataset of the file
  kExternalLink,         ///< to a dataset of another file
  kExternalStorage,      ///< values in another file, as raw bytes
  kVirtual,              ///< values in a dataset of another file
  kVirtualUnlimited,     ///< and extents as well
  kGroup,                ///< with itself inside
  kCommittedType,        ///< a type in the place of a dataset
  kOpaque,               ///< bytes without a meaning, such as a program
  kBytes,                ///< the same as uint8
  kHalf,                 ///< float16
  kCompound,             ///< records
  kVariableText,         ///< strings in the global heap
  kReferences,           ///< to objects
  kScalar,               ///< no axis
  kEndless,              ///< 10^12 numbers that were never written
  kEndlessCompressible,  ///< as many numbers as deflate can hide in a small file
  kFilter,               ///< chunks behind a filter that is looked for in a shared library
  kPacked,               ///< scale_factor and add_offset
};

/// All of them, with their names for messages.
struct NamedHostile {
  Hostile kind;
  const char* name;
};
std::vector<NamedHostile> AllHostile();

/// Replaces a dataset of numbers by something hostile. `other` is a file that those that point elsewhere point to.
void MakeHostile(const std::string& path, const std::string& dataset, Hostile kind, const std::string& other);

/// Gives the file, or a dataset of it, an attribute of variable length instead of the one of that name.
void MakeVariableText(const std::string& path, const std::string& dataset, const std::string& attribute);

}  // namespace evenkeel
