#include "live/http/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "models/base/error.h"
#include "models/base/numbers.h"

namespace evenkeel {
namespace {

constexpr int kOtherFiles = 192;  // journal, sources, outputs, libraries
constexpr int kBacklog = 1024;

int PortOf(int socket) {
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&address)->sin6_port
                                             : reinterpret_cast<sockaddr_in*>(&address)->sin_port);
}

}  // namespace

int ListenTcp(const std::string& address, int* port) {
  addrinfo hints = {}, *found = nullptr;
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  const std::string numeric = LowerCase(address) == "localhost" ? "127.0.0.1" : address;
  if (*port < 0 || *port > 65535) throw InputError("http port: {} is not allowed; allowed: 0 to 65535", *port);
  if (getaddrinfo(numeric.c_str(), std::to_string(*port).c_str(), &hints, &found) != 0) {
    throw InputError(
        "http address: {} is not allowed; allowed: a numeric address such as 127.0.0.1 or ::1, or "
        "localhost",
        address);
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
  const int listener = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      bind(listener, found->ai_addr, found->ai_addrlen) != 0 || listen(listener, kBacklog) != 0) {
    const std::string reason = SystemReason(errno);
    if (listener >= 0) close(listener);
    throw InputError("http: cannot listen at {} port {}: {}", address, *port, reason);
  }
  *port = PortOf(listener);
  return listener;
}

int AffordableConnections(int wanted) {
  rlimit files = {};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return wanted;
  const rlim_t left = files.rlim_cur > kOtherFiles ? files.rlim_cur - kOtherFiles : 0;
  return std::max(16, static_cast<int>(std::min<rlim_t>(left, static_cast<rlim_t>(wanted))));
}

}  // namespace evenkeel
