#include "models/files/hdf5_foreign.h"

#include <fcntl.h>
#include <hdf5.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <fstream>
#include <string_view>

#include "models/base/error.h"
#include "models/files/hdf5_file.h"
#include "models/files/hdf5_storage.h"
#include "models/files/memory_estimate.h"

namespace evenkeel {
namespace {

using Clock = std::chrono::steady_clock;

constexpr rlim_t kMostSeconds = 4;  // of the child's processor; a damaged file never ends
constexpr auto kMostWait = std::chrono::seconds(12);
constexpr rlim_t kMostMemory = rlim_t{1} << 30;  // beyond what it starts with
constexpr std::size_t kMostBytes = 256 << 20;    // of all texts together
constexpr hsize_t kMostTexts = 1 << 20;

/// What the child sends: fields that say their length first. A dataset, an attribute ("" for a label) and the text.
void Put(const std::string& field, std::string* out) {
  const std::uint64_t size = field.size();
  out->append(reinterpret_cast<const char*>(&size), sizeof(size));
  *out += field;
}

bool Take(std::string_view* rest, std::string* field) {
  std::uint64_t size = 0;
  if (rest->size() < sizeof(size)) return false;
  std::memcpy(&size, rest->data(), sizeof(size));
  rest->remove_prefix(sizeof(size));
  if (size > rest->size()) return false;
  *field = rest->substr(0, size);
  rest->remove_prefix(size);
  return true;
}

struct Visit {
  std::string dataset;
  std::string* out;
};

void PutText(const Visit& visit, const std::string& attribute, const char* text) {
  Put(visit.dataset, visit.out);
  Put(attribute, visit.out);
  Put(text == nullptr ? "" : text, visit.out);
}

bool IsVariableText(const Hdf5Handle& type) {
  return H5Tget_class(type.get()) == H5T_STRING && H5Tis_variable_str(type.get()) > 0;
}

herr_t VisitAttribute(hid_t object, const char* name, const H5A_info_t*, void* data) {
  const Visit& visit = *static_cast<const Visit*>(data);
  const Hdf5Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose);
  const Hdf5Handle space(H5Aget_space(attribute.get()), H5Sclose);
  if (!IsVariableText(type) || H5Sget_simple_extent_npoints(space.get()) != 1) return 0;
  char* text = nullptr;
  if (H5Aread(attribute.get(), type.get(), &text) < 0) return 0;
  PutText(visit, name, text);
  H5free_memory(text);
  return 0;
}

/// What lies in other files is not looked for: the reader refuses it with its name.
bool IsStoredInside(const Visit& visit, hid_t dataset) {
  try {
    CheckHdf5StoredInside(dataset, "", visit.dataset);
    return true;
  } catch (const InputError&) {
    return false;
  }
}

void VisitLabels(const Visit& visit, hid_t dataset) {
  if (!IsStoredInside(visit, dataset)) return;
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  const Hdf5Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  H5Dget_storage_size(dataset);  // walks through the index of the chunks, where there are some
  hsize_t count = 0;
  if (!IsVariableText(type) || H5Sget_simple_extent_ndims(space.get()) != 1) return;
  if (H5Sget_simple_extent_dims(space.get(), &count, nullptr) != 1 || count > kMostTexts) return;
  std::vector<char*> texts(count, nullptr);
  if (H5Dread(dataset, type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()) < 0) return;
  for (const char* text : texts) PutText(visit, "", text);
}

herr_t VisitLink(hid_t group, const char* name, const H5L_info_t* link, void* data) {
  if (link->type != H5L_TYPE_HARD) return 0;
  const Hdf5Handle object(H5Oopen(group, name, H5P_DEFAULT), H5Oclose);
  if (object.get() < 0 || H5Iget_type(object.get()) != H5I_DATASET) return 0;
  Visit visit{name, static_cast<std::string*>(data)};
  VisitLabels(visit, object.get());
  H5Aiterate2(object.get(), H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, VisitAttribute, &visit);
  return 0;
}

std::string TextsOf(const std::string& path) {
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_file_locking(access.get(), false, true);
  const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
  std::string out;
  Visit root{"", &out};
  if (file.get() < 0) return out;
  H5Aiterate2(file.get(), H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, VisitAttribute, &root);
  H5Literate(file.get(), H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, VisitLink, &out);
  return out;
}

void SetLimit(int resource, rlim_t most) {
  rlimit limit = {};
  if (::getrlimit(static_cast<__rlimit_resource_t>(resource), &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max = std::min(most, limit.rlim_max);
  ::setrlimit(static_cast<__rlimit_resource_t>(resource), &limit);
}

[[noreturn]] void BeChild(const std::string& path, int sink) {
  BeAloneWithHdf5();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGXCPU}) ::signal(signal, SIG_DFL);
  SetLimit(RLIMIT_CORE, 0);
  SetLimit(RLIMIT_CPU, kMostSeconds);
  if (const double mapped = MappedBytes(); std::isfinite(mapped))
    SetLimit(RLIMIT_AS, static_cast<rlim_t>(mapped) + kMostMemory);
  // Whatever HDF5 or the C library say about a damaged heap is for nobody.
  if (const int nowhere = ::open("/dev/null", O_WRONLY); nowhere >= 0) ::dup2(nowhere, STDERR_FILENO);
  try {
    const std::string out = TextsOf(path);
    for (std::size_t done = 0; done < out.size();) {
      const ssize_t written = ::write(sink, out.data() + done, out.size() - done);
      if (written < 0 && errno != EINTR) ::_exit(1);
      if (written > 0) done += static_cast<std::size_t>(written);
    }
    ::_exit(0);
  } catch (...) {
    ::_exit(1);
  }
}

/// All that comes until the other end is closed, or kMostWait or kMostBytes is over.
std::string ReadAll(int source) {
  std::string bytes;
  std::vector<char> block(1 << 16);
  const auto end = Clock::now() + kMostWait;
  while (bytes.size() <= kMostBytes) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd waiting = {source, POLLIN, 0};
    if (left <= 0) break;
    if (::poll(&waiting, 1, static_cast<int>(left)) <= 0) continue;
    const ssize_t count = ::read(source, block.data(), block.size());
    if (count == 0) break;
    if (count > 0) bytes.append(block.data(), static_cast<std::size_t>(count));
  }
  return bytes;
}

[[noreturn]] void Refuse(const std::string& path, const std::string& why) {
  throw InputError(
      "cannot read {}: the HDF5 file is damaged: reading its texts of variable length {} in a process of its own", path,
      why);
}

std::string Receive(const std::string& path, pid_t child, int source) {
  std::string bytes = ReadAll(source);
  ::kill(child, SIGKILL);  // nothing, if it has ended
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return bytes;
  if (WIFEXITED(status)) Refuse(path, "failed");
  const int signal = WTERMSIG(status);
  if (signal == SIGKILL || signal == SIGXCPU)
    Refuse(path, fmt::format("did not end within {} s of processor time", kMostSeconds));
  Refuse(path, fmt::format("crashed ({})", ::strsignal(signal)));
}

}  // namespace

bool HasHdf5Checksums(const std::string& path) {
  char head[9] = {};
  std::ifstream(path, std::ios::binary).read(head, sizeof(head));
  return std::memcmp(head, "\x89HDF\r\n\x1a\n", 8) == 0 && head[8] >= 2;
}

Hdf5ForeignTexts ReadHdf5ForeignTexts(const std::string& path) {
  // Held over the fork, so that no other thread is inside HDF5, whose own lock would stay locked in the child.
  const Hdf5Lock lock = PrepareHdf5();
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw InputError("cannot read {}: {}", path, SystemReason(errno));
  const pid_t child = ::fork();
  if (child < 0) {
    const int error = errno;
    for (const int end : ends) ::close(end);
    throw InputError(
        "cannot read {}: its texts have variable length, which is safe only in a process of its own, and none could be "
        "started ({})",
        path, SystemReason(error));
  }
  if (child == 0) BeChild(path, ends[1]);
  ::close(ends[1]);
  std::string bytes;
  try {
    bytes = Receive(path, child, ends[0]);
  } catch (...) {
    ::close(ends[0]);
    throw;
  }
  ::close(ends[0]);
  Hdf5ForeignTexts texts;
  std::string dataset, attribute, text;
  for (std::string_view rest = bytes; Take(&rest, &dataset) && Take(&rest, &attribute) && Take(&rest, &text);) {
    if (attribute.empty()) {
      texts.labels[dataset].push_back(text);
    } else {
      texts.attributes[{dataset, attribute}] = text;
    }
  }
  return texts;
}

}  // namespace evenkeel
