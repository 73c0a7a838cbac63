// What others write into HDF5 files and evenkeel does not: texts of variable length, and metadata without checksums.
// HDF5's own code crashes on such places once they are damaged, or never ends, so they are read in a process of its
// own.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace evenkeel {

/// Whether the file's metadata is under checksums (superblock of version 2 or later, at the file's start).
bool HasHdf5Checksums(const std::string& path);

/// All texts of variable length of the root group, of its datasets and of their attributes.
struct Hdf5ForeignTexts {
  std::map<std::pair<std::string, std::string>, std::string> attributes;  ///< by dataset (empty: the file) and name
  std::map<std::string, std::vector<std::string>> labels;                 ///< of datasets with one axis
};

/// Reads them in a child with limits on time and memory, which looks at every dataset of the root group as well. Throws
/// InputError when the child crashes, runs into a limit or cannot be started.
Hdf5ForeignTexts ReadHdf5ForeignTexts(const std::string& path);

}  // namespace evenkeel
