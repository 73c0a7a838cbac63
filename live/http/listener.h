// A socket that listens.
#pragma once

#include <string>

namespace evenkeel {

/// Listens for TCP at a numeric address or localhost; sets *port to the real one when it is 0. Non-blocking, closed on
/// exec; the caller closes it. Throws InputError.
int ListenTcp(const std::string& address, int* port);

/// At most `wanted` connections, and so many that the process's limit of open files leaves some for everything else.
int AffordableConnections(int wanted);

}  // namespace evenkeel
