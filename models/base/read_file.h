// The one way in for files that are read: regular files only, whatever is behind the path.
#pragma once

#include <string>
#include <string_view>

namespace evenkeel {

/// Whether anything has this name, be it a link to nothing.
bool PathExists(const std::string& path);
/// The folder that the path's last part is in; "." where it names none.
std::string FolderOf(const std::string& path);

/// Opens a regular file to read, links followed; the caller closes the descriptor. Throws InputError that names the
/// path for what is missing, not allowed, a folder, or a pipe or device, which might never answer or never end.
int OpenRegularFile(const std::string& path);

/// The same as a check only, for libraries that open by name.
void CheckRegularFile(const std::string& path);

/// The content of a file as it is. Throws InputError as above, and for more than 4 GiB.
std::string ReadBytes(const std::string& path);

/// The content of a file, unpacked where it is gzipped. Throws InputError as above, and for what is damaged, cut off,
/// or larger than 1 GiB unpacked.
std::string ReadTextFile(const std::string& path);

/// The text without the byte-order mark that editors put before UTF-8.
std::string_view WithoutMark(std::string_view text);
/// The same, of a file that people write. Throws InputError naming the file `path` for
/// UTF-16.
std::string WithoutByteOrderMark(const std::string& text, const std::string& path);

}  // namespace evenkeel
