#include "models/files/hdf5_file.h"

#include <hdf5.h>

#include <type_traits>

namespace evenkeel {
namespace {

static_assert(std::is_same_v<hid_t, std::int64_t>, "identifiers are passed as 64-bit integers");

herr_t KeepInnermost(unsigned depth, const H5E_error2_t* entry, void* reason) {
  if (depth == 0 && entry->desc != nullptr) *static_cast<std::string*>(reason) = entry->desc;
  return 0;
}

constexpr const char* kNoLock = "unable to lock file";
constexpr const char* kBeingWritten = "already open for write";

std::string InnermostReason() {
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, KeepInnermost, &reason);
  return reason;
}

}  // namespace

namespace {

bool is_alone = false;

}  // namespace

void BeAloneWithHdf5() { is_alone = true; }

Hdf5Lock PrepareHdf5() {
  static std::recursive_mutex mutex;
  Hdf5Lock lock = is_alone ? Hdf5Lock() : Hdf5Lock(mutex);
  // A file may name filters that are looked for in shared libraries: none is loaded, whatever the file says.
  static const bool once = H5dont_atexit() >= 0 && H5PLset_loading_state(0) >= 0;
  static_cast<void>(once);
  // Error stacks belong to threads.
  thread_local bool quiet = false;
  if (!quiet) quiet = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr) >= 0;
  return lock;
}

bool Hdf5Handle::Close() {
  const std::int64_t id = std::exchange(id_, -1);
  if (id < 0) return true;
  const Hdf5Lock lock = PrepareHdf5();
  return close_(id) >= 0;
}

bool Hdf5WasInUse() {
  const std::string reason = InnermostReason();
  return reason.find(kNoLock) != std::string::npos || reason.find(kBeingWritten) != std::string::npos;
}

std::string Hdf5Reason() {
  std::string reason = InnermostReason();
  if (reason.find(kBeingWritten) != std::string::npos)
    return "another program is writing it, or ended without closing it: close it there, or clear the mark that was "
           "left "
           "in it with h5clear -s; HDF5_USE_FILE_LOCKING=FALSE does not help here";
  const bool no_lock = reason.find(kNoLock) != std::string::npos;
  // The file driver's messages carry the system's among addresses and times.
  const std::string marker = "error message = '";
  const std::size_t begin = reason.find(marker);
  if (begin != std::string::npos) {
    const std::size_t end = reason.find('\'', begin + marker.size());
    reason = reason.substr(begin + marker.size(), end == std::string::npos ? end : end - begin - marker.size());
  }
  if (no_lock)
    return "it cannot be locked (" + reason +
           "): another program has it open for writing, or its file system refuses locks, in which case "
           "HDF5_USE_FILE_LOCKING=FALSE in the environment does without";
  return reason.empty() ? "unknown reason" : reason;
}

}  // namespace evenkeel
