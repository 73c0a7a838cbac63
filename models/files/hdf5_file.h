// What reading and writing HDF5 share: handles that close themselves, and failures as InputError. HDF5's own headers
// stay in the .cc files; its identifiers are 64-bit integers.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace evenkeel {

/// What netCDF calls an axis that only counts, in front of its length.
inline constexpr std::string_view kBareAxis = "This is a netCDF dimension but not a netCDF variable";

/// Owns an HDF5 identifier.
class Hdf5Handle {
 public:
  using Closer = int (*)(std::int64_t);

  Hdf5Handle() = default;
  Hdf5Handle(std::int64_t id, Closer close) : id_(id), close_(close) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
    Close();
    id_ = std::exchange(other.id_, -1);
    close_ = other.close_;
    return *this;
  }
  ~Hdf5Handle() { Close(); }

  std::int64_t get() const { return id_; }
  /// Closes now; whether that worked. Closing twice is fine.
  bool Close();

 private:
  std::int64_t id_ = -1;
  Closer close_ = nullptr;
};

/// Held around all calls of HDF5, which lets in one thread at a time anyway; so nobody is inside when a process is
/// forked.
using Hdf5Lock = std::unique_lock<std::recursive_mutex>;

/// Must come before any other HDF5 call, and be kept during it: no printing of errors, no shared libraries on a
/// file's word, no clean-up at exit (which does not return when a file could not be flushed to a full disk).
[[nodiscard]] Hdf5Lock PrepareHdf5();

/// For a process that was forked under the lock: it has one thread, and the lock belongs to its parent's.
void BeAloneWithHdf5();

/// Why the last HDF5 call of this thread failed, in a few words: the system's reason where there is one.
std::string Hdf5Reason();
/// Whether it failed because another program uses the file, or nobody may lock it: nothing is wrong with it then.
bool Hdf5WasInUse();

/// Bytes in a chunk: large enough to compress, small enough that reading one slot stays cheap.
inline constexpr std::int64_t kChunkTarget = 256 << 10;
inline constexpr std::int64_t kChunkLimit = 1 << 20;

}  // namespace evenkeel
