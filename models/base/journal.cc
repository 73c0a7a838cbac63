#include "models/base/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "models/base/error.h"

namespace evenkeel {
namespace {

[[noreturn]] void Fail(const std::string& path, int error) {
  throw InputError("cannot write {}: {}", path, std::generic_category().message(error));
}

void WriteAndSync(const std::string& path, int descriptor, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = ::write(descriptor, text.data() + done, text.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) Fail(path, errno);
    done += static_cast<std::size_t>(written);
  }
  if (::fdatasync(descriptor) != 0) Fail(path, errno);
}

std::string Content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return "";  // also for an empty file
  return text.str();
}

std::vector<std::string> CompleteLines(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    lines.push_back(text.substr(begin, end - begin));
  }
  return lines;
}

}  // namespace

Journal::Journal(const std::string& path, const std::string& header) : path_(path) {
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor_ < 0) Fail(path, errno);
  try {
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      throw InputError("{}: another program is writing to it", path);
    }
    const std::string text = Content(path);
    lines_ = CompleteLines(text);
    const std::size_t complete = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
    if (!lines_.empty() && lines_[0] != header) {
      throw InputError(
          "{}: it belongs to another sweep (another configuration, other traces or another version); delete it or "
          "write "
          "to another file",
          path);
    }
    if (::ftruncate(descriptor_, static_cast<off_t>(complete)) != 0) Fail(path, errno);
    if (lines_.empty()) {
      Append(header);
    } else {
      lines_.erase(lines_.begin());
    }
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

Journal::~Journal() { ::close(descriptor_); }

void Journal::Append(const std::string& line) { WriteAndSync(path_, descriptor_, line + "\n"); }

void Journal::Remove() { ::unlink(path_.c_str()); }

std::vector<std::string> ReadJournal(const std::string& path, const std::string& header) {
  std::vector<std::string> lines = CompleteLines(Content(path));
  if (lines.empty() || lines[0] != header) return {};
  lines.erase(lines.begin());
  return lines;
}

}  // namespace evenkeel
