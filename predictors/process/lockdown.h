// Giving up every right that a computation does not need, for code of strangers.
#pragma once

#include <cstdint>

namespace evenkeel {

/// Memory that the process may map beside what it has when it is locked down.
inline constexpr std::int64_t kMostModuleMemory = std::int64_t{4} << 30;

/// From here on this process, with all of its threads, can compute, read and write files that are open already, and
/// wait; it cannot open, make, remove or look up files, use the network, start processes or threads, send signals to
/// others, make memory executable, map more than `most_memory` bytes on top, or get any of it back. Calls to the system
/// that it may not make fail with EPERM (seccomp's filter is a list of what is allowed).
///
/// It ends by itself when the other end of standard input, a socket, is closed, whatever it is doing.
///
/// Throws InputError where the system cannot do that: then nothing of a stranger's must run.
void LockDown(std::int64_t most_memory);

}  // namespace evenkeel
