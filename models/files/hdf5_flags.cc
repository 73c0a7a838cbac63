#include "models/files/hdf5_flags.h"

#include <hdf5.h>

#include "models/base/error.h"
#include "models/files/hdf5_file.h"

namespace evenkeel {
namespace {

/// Handles and status codes of one file, with its name for messages.
struct Target {
  std::string name;

  [[noreturn]] void Fail() const { throw InputError("cannot write {}: {}", name, Hdf5Reason()); }
  Hdf5Handle Own(hid_t id, Hdf5Handle::Closer close) const {
    if (id < 0) Fail();
    return Hdf5Handle(id, close);
  }
  void Write(const Hdf5Handle& dataset, const char* attribute, hid_t type, const Hdf5Handle& space,
             const void* value) const {
    const Hdf5Handle handle =
        Own(H5Acreate2(dataset.get(), attribute, type, space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    if (H5Awrite(handle.get(), type, value) < 0) Fail();
  }
};

}  // namespace

void AddFlagAttributes(const std::string& file, const std::string& name, const std::string& dataset,
                       const std::vector<std::uint8_t>& values, const std::string& meanings) {
  PrepareHdf5();
  const Target target{name};
  const Hdf5Handle access = target.Own(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  // As the writer of the log sets them.
  if (H5Pset_libver_bounds(access.get(), H5F_LIBVER_V18, H5F_LIBVER_V18) < 0) target.Fail();
  if (H5Pset_file_locking(access.get(), false, true) < 0) target.Fail();
  Hdf5Handle opened = target.Own(H5Fopen(file.c_str(), H5F_ACC_RDWR, access.get()), H5Fclose);
  Hdf5Handle flags = target.Own(H5Dopen2(opened.get(), dataset.c_str(), H5P_DEFAULT), H5Dclose);
  const hsize_t count = values.size();
  const Hdf5Handle list = target.Own(H5Screate_simple(1, &count, nullptr), H5Sclose);
  target.Write(flags, "flag_values", H5T_STD_U8LE, list, values.data());
  const Hdf5Handle text = target.Own(H5Tcopy(H5T_C_S1), H5Tclose);
  if (H5Tset_size(text.get(), H5T_VARIABLE) < 0 || H5Tset_cset(text.get(), H5T_CSET_UTF8) < 0) target.Fail();
  const Hdf5Handle scalar = target.Own(H5Screate(H5S_SCALAR), H5Sclose);
  const char* words = meanings.c_str();
  target.Write(flags, "flag_meanings", text.get(), scalar, &words);
  if (H5Fflush(opened.get(), H5F_SCOPE_GLOBAL) < 0 || !flags.Close() || !opened.Close()) target.Fail();
}

}  // namespace evenkeel
