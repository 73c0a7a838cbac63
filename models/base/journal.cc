#include "models/base/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "models/base/atomic_file.h"
#include "models/base/checksum.h"
#include "models/base/error.h"
#include "models/base/read_file.h"

namespace evenkeel {
namespace {

[[noreturn]] void FailToWrite(const std::string& path, int error) {
  throw InputError("cannot write {}: {}", path, SystemReason(error));
}

/// `LENGTH CRC TEXT`, so that neither a lost tail nor a changed digit goes unseen.
std::string Framed(const std::string& text) {
  return fmt::format("{} {} {}", text.size(), ChecksumText(Crc32(text)), text);
}

/// Empty: the line is as it was written, and `text` what was.
std::string Unframe(const std::string& line, std::string* text) {
  const std::size_t first = line.find(' ');
  const std::size_t second = first == std::string::npos ? first : line.find(' ', first + 1);
  if (second == std::string::npos) return "it does not begin with a length and a checksum";
  *text = line.substr(second + 1);
  if (line.substr(0, first) != std::to_string(text->size()))
    return fmt::format("it has {} bytes, its length says otherwise", text->size());
  if (line.substr(first + 1, second - first - 1) != ChecksumText(Crc32(*text))) return "its checksum is wrong";
  return "";
}

/// Whole lines only. Returns how many bytes they are.
std::size_t Parse(const std::string& bytes, std::string* header, JournalContent* content) {
  std::size_t begin = 0;
  int number = 1;
  for (std::size_t end; (end = bytes.find('\n', begin)) != std::string::npos; begin = end + 1, ++number) {
    std::string text;
    const std::string what = Unframe(bytes.substr(begin, end - begin), &text);
    if (number == 1) {
      if (what.empty()) *header = text;
    } else if (what.empty()) {
      content->lines.push_back({number, text});
    } else {
      content->damaged.push_back({number, what});
    }
  }
  return begin;
}

bool IsRegular(int descriptor) {
  struct stat status = {};
  return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

Journal::Journal(const std::string& path, const std::string& header) : path_(path) {
  // Neither a link, whose target would be overwritten, nor a pipe or device, which would wait or never end.
  constexpr int kFlags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  descriptor_ = ::open(path.c_str(), kFlags, 0666);
  if (descriptor_ < 0 && errno == ELOOP) throw InputError("cannot write {}: it is a link, expected a file", path);
  if (descriptor_ < 0) FailToWrite(path, errno);
  try {
    if (!IsRegular(descriptor_)) throw InputError("cannot write {}: it is no regular file", path);
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      throw InputError("{}: another program is writing to it", path);
    }
    ReadAndCutBack(header);
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

void Journal::ReadAndCutBack(const std::string& header) {
  std::string found;
  size_ = static_cast<long>(Parse(ReadBytes(path_), &found, &content_));
  if (size_ > 0 && found != header) {
    throw InputError(
        "{}: it belongs to another sweep (another configuration, other traces or another version), or its first line "
        "is damaged; delete it or write to another file",
        path_);
  }
  if (::ftruncate(descriptor_, size_) != 0) FailToWrite(path_, errno);
  if (size_ > 0) return;
  Append(header);
  SyncDirectoryOf(path_);
}

Journal::~Journal() { ::close(descriptor_); }

void Journal::Append(const std::string& line) {
  const std::string text = Framed(line) + "\n";
  int error = 0;
  for (std::size_t done = 0; done < text.size() && error == 0;) {
    const ssize_t written = ::write(descriptor_, text.data() + done, text.size() - done);
    if (written >= 0) done += static_cast<std::size_t>(written);
    if (written < 0 && errno != EINTR) error = errno;
  }
  if (error == 0 && ::fdatasync(descriptor_) != 0) error = errno;
  if (error == 0) {
    size_ += static_cast<long>(text.size());
    return;
  }
  // The next line must not be glued to half of this one. Where even that fails, the next start cuts it back.
  if (::ftruncate(descriptor_, size_) != 0) error = errno;
  FailToWrite(path_, error);
}

void Journal::Remove() { ::unlink(path_.c_str()); }

namespace {

std::string HeaderOf(const std::string& path, const std::string& bytes) {
  std::string header;
  const std::string what = Unframe(bytes.substr(0, bytes.find('\n')), &header);
  if (!what.empty()) throw InputError("{}: line 1 is damaged, or this is no journal: {}", path, what);
  return header;
}

}  // namespace

std::string ReadJournalHeader(const std::string& path) { return HeaderOf(path, ReadBytes(path)); }

JournalText ReadJournalText(const std::string& path) {
  const std::string bytes = ReadBytes(path);
  JournalText text;
  text.header = HeaderOf(path, bytes);
  Parse(bytes, &text.header, &text.content);
  return text;
}

JournalContent ReadJournal(const std::string& path, const std::string& header) {
  struct stat status = {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  std::string found;
  JournalContent content;
  if (Parse(ReadBytes(path), &found, &content) == 0 || found != header) return {};
  return content;
}

}  // namespace evenkeel
