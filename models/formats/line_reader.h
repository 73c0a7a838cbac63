// Text files of any size, line by line in constant memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace evenkeel {

/// The lines of a file, gzipped or not. Holds one block and one line.
class LineReader {
 public:
  /// Throws InputError as OpenRegularFile does.
  explicit LineReader(const std::string& path);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  /// The next line without its end, "\n" or "\r\n", valid until the next call; false at the end of the file. Throws
  /// InputError for what cannot be read, is damaged or cut off, for a line of more than 1 MiB and for more than 1 TiB.
  bool Next(std::string_view* line);

  std::int64_t line_number() const { return line_number_; }  ///< of the last line, from 1
  /// "file:line" of the last line.
  std::string Where() const;

 private:
  struct File;
  bool ReadBlock();

  std::string path_;
  std::unique_ptr<File> file_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // of what is not handed out yet
  std::int64_t line_number_ = 0, bytes_ = 0;
  bool at_end_ = false;
};

/// The fields of a line of CSV, quoted or not, without the quotes; views into the line. Throws InputError naming file
/// and line for a misplaced quote; quotes or line ends within a field are none of a log's, and refused.
void SplitFields(std::string_view line, const std::string& path, std::int64_t line_number,
                 std::vector<std::string_view>* fields);

}  // namespace evenkeel
