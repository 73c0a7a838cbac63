#include "models/formats/line_reader.h"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "models/base/error.h"
#include "models/base/read_file.h"

namespace evenkeel {
namespace {

constexpr std::size_t kLongestLine = std::size_t{1} << 20;
constexpr std::int64_t kMostBytes = std::int64_t{1} << 40;
constexpr unsigned kBlockBytes = 1 << 17;  // stays in a core's cache
constexpr unsigned kZlibBuffer = 1 << 16;

}  // namespace

struct LineReader::File {
  gzFile handle = nullptr;
  ~File() {
    if (handle != nullptr) gzclose(handle);
  }
};

LineReader::LineReader(const std::string& path)
    : path_(path), file_(std::make_unique<File>()), buffer_(2 * kBlockBytes) {
  const int descriptor = OpenRegularFile(path);
  // zlib hands over what is not gzipped as it is.
  file_->handle = gzdopen(descriptor, "rb");
  if (file_->handle == nullptr) {
    ::close(descriptor);
    throw InputError("cannot read {}: {}", path, SystemReason(ENOMEM));
  }
  gzbuffer(file_->handle, kZlibBuffer);
}

LineReader::~LineReader() = default;

std::string LineReader::Where() const { return fmt::format("{}:{}", path_, line_number_); }

bool LineReader::ReadBlock() {
  if (at_end_) return false;
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (end_ > kLongestLine)
    throw InputError("{}:{}: a line of more than {} bytes, which are allowed", path_, line_number_ + 1, kLongestLine);
  if (buffer_.size() - end_ < kBlockBytes) buffer_.resize(2 * buffer_.size());
  const int count = gzread(file_->handle, buffer_.data() + end_, kBlockBytes);
  int code = Z_OK;
  const char* reason = gzerror(file_->handle, &code);
  // A file that was cut off ends like any other; only the code tells.
  if (count < 0 || (count == 0 && code != Z_OK))
    throw InputError("cannot read {}: {}", path_, code == Z_ERRNO ? SystemReason(errno) : reason);
  at_end_ = count == 0;
  end_ += static_cast<std::size_t>(count);
  bytes_ += count;
  if (bytes_ > kMostBytes)
    throw InputError("cannot read {}: it has more than {} bytes, which are allowed", path_, kMostBytes);
  return !at_end_;
}

bool LineReader::Next(std::string_view* line) {
  std::size_t searched = 0;
  for (;;) {
    const char* first = buffer_.data() + begin_;
    const std::size_t size = end_ - begin_;
    const void* found = std::memchr(first + searched, '\n', size - searched);
    if (found != nullptr || (at_end_ && size > 0)) {
      const std::size_t length =
          found != nullptr ? static_cast<std::size_t>(static_cast<const char*>(found) - first) : size;
      *line = {first, length};
      begin_ += found != nullptr ? length + 1 : length;
      ++line_number_;
      if (!line->empty() && line->back() == '\r') line->remove_suffix(1);
      if (line_number_ == 1 && line->substr(0, 3) == "\xEF\xBB\xBF") line->remove_prefix(3);
      return true;
    }
    if (at_end_) return false;
    searched = size;
    ReadBlock();
  }
}

void SplitFields(std::string_view line, const std::string& path, std::int64_t line_number,
                 std::vector<std::string_view>* fields) {
  fields->clear();
  for (;;) {
    if (!line.empty() && line[0] == '"') {
      const std::size_t end = line.find('"', 1);
      if (end == std::string_view::npos || (end + 1 < line.size() && line[end + 1] != ','))
        throw InputError("{}:{}: misplaced or missing quote", path, line_number);
      fields->push_back(line.substr(1, end - 1));
      line.remove_prefix(end + 1);
    } else {
      const std::size_t end = std::min(line.find(','), line.size());
      fields->push_back(line.substr(0, end));
      line.remove_prefix(end);
    }
    if (line.empty()) return;
    line.remove_prefix(1);
  }
}

}  // namespace evenkeel
