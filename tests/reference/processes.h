// What a process must not leave behind.
#pragma once

#include <cstddef>

namespace evenkeel {

/// Files that this process has open.
std::size_t OpenFiles();

/// Whether it has children, zombies included. One that has ended is seen to on the way.
bool HasChildren();

}  // namespace evenkeel
