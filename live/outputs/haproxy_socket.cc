#include "live/outputs/haproxy_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>

#include "live/outputs/balancer_map.h"
#include "models/base/numbers.h"

namespace evenkeel {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kIpv4 = "ipv4@";

/// Either kind of address as the system takes it.
struct SystemAddress {
  int family = AF_UNIX;
  sockaddr_un path = {};
  sockaddr_in ipv4 = {};

  const sockaddr* data() const {
    return family == AF_UNIX ? reinterpret_cast<const sockaddr*>(&path) : reinterpret_cast<const sockaddr*>(&ipv4);
  }
  socklen_t size() const { return family == AF_UNIX ? sizeof path : sizeof ipv4; }
};

SystemAddress ParseIpv4(const std::string& text) {
  SystemAddress address;
  address.family = AF_INET;
  address.ipv4.sin_family = AF_INET;
  const std::size_t colon = text.rfind(':');
  const std::string host = text.substr(kIpv4.size(), colon - kIpv4.size());
  const std::optional<std::int64_t> port =
      colon == std::string::npos ? std::nullopt : ParseInteger(text.substr(colon + 1));
  if (!port || *port < 1 || *port > 65535 || ::inet_pton(AF_INET, host.c_str(), &address.ipv4.sin_addr) != 1)
    throw InputError("haproxy's socket \"{}\": expected ipv4@127.0.0.1:9999", text);
  address.ipv4.sin_port = htons(static_cast<std::uint16_t>(*port));
  return address;
}

SystemAddress Parse(const std::string& text) {
  if (text.compare(0, kIpv4.size(), kIpv4) == 0) return ParseIpv4(text);
  SystemAddress address;
  if (text.empty() || text[0] != '/')
    throw InputError("haproxy's socket \"{}\": expected a path that begins with /, or ipv4@127.0.0.1:9999", text);
  if (text.size() >= sizeof address.path.sun_path)
    throw InputError("haproxy's socket {}: the path is longer than {} bytes", text, sizeof address.path.sun_path - 1);
  address.path.sun_family = AF_UNIX;
  std::memcpy(address.path.sun_path, text.c_str(), text.size() + 1);
  return address;
}

/// One connection, one deadline.
class Connection {
 public:
  explicit Connection(const HaproxyAddress& address)
      : address_(address),
        deadline_(Clock::now() +
                  std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(address.limits.seconds))) {
    const SystemAddress system = Parse(address.text);
    file_ = ::socket(system.family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (file_ < 0) Fail("cannot connect", errno);
  }
  ~Connection() { ::close(file_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Connect() {
    const SystemAddress system = Parse(address_.text);
    // A Unix socket whose queue is full says EAGAIN and never becomes writable: that is an answer, too.
    if (::connect(file_, system.data(), system.size()) == 0) return;
    if (errno != EINPROGRESS) Fail("cannot connect", errno);
    WaitFor(POLLOUT);
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(file_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) Fail("cannot connect", error);
  }

  void Write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = ::send(file_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count >= 0) {
        text.remove_prefix(static_cast<std::size_t>(count));
      } else if (errno == EAGAIN) {
        WaitFor(POLLOUT);
      } else if (errno != EINTR) {
        Fail("cannot write", errno);
      }
    }
  }

  std::string ReadAll() {
    std::string answer;
    std::array<char, 1 << 14> block;
    while (true) {
      WaitFor(POLLIN);
      const ssize_t count = ::recv(file_, block.data(), block.size(), 0);
      if (count == 0) return answer;
      if (count < 0 && errno != EAGAIN && errno != EINTR) Fail("cannot read", errno);
      if (count > 0) answer.append(block.data(), static_cast<std::size_t>(count));
      if (answer.size() > address_.limits.most_bytes)
        throw SocketError("haproxy's socket {}: more than {} bytes as one answer", address_.text,
                          address_.limits.most_bytes);
    }
  }

 private:
  [[noreturn]] void Fail(const char* what, int error) const {
    throw SocketError("haproxy's socket {}: {}: {}", address_.text, what, SystemReason(error));
  }

  void WaitFor(short event) const {
    while (true) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
      if (left <= 0)
        throw SocketTimeout("haproxy's socket {}: no answer within {} s", address_.text, address_.limits.seconds);
      pollfd file = {file_, event, 0};
      if (::poll(&file, 1, static_cast<int>(std::min<long>(left, 3'600'000))) > 0) return;
    }
  }

  const HaproxyAddress& address_;
  Clock::time_point deadline_;
  int file_ = -1;
};

}  // namespace

void CheckAddress(const HaproxyAddress& address) { Parse(address.text); }

std::string AskSocket(const HaproxyAddress& address, const std::string& command) {
  Connection connection(address);
  connection.Connect();
  connection.Write(command + "\n");
  return connection.ReadAll();
}

HaproxyReader::HaproxyReader(HaproxyAddress address) : address_(std::move(address)) { CheckAddress(address_); }

HaproxyProcess HaproxyReader::Process() const { return ParseInfo(AskSocket(address_, "show info")); }

std::vector<HaproxyServer> HaproxyReader::Servers() const {
  return ParseServersState(AskSocket(address_, "show servers state"));
}

std::vector<HaproxyCounters> HaproxyReader::Counters() const { return ParseStat(AskSocket(address_, "show stat")); }

int HaproxyReader::Weight(const std::string& backend, const std::string& server) const {
  return ParseWeight(AskSocket(address_, fmt::format("get weight {}/{}", backend, server)));
}

HaproxyView HaproxyReader::View() const {
  constexpr int kAttempts = 3;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    HaproxyView view = {Process(), Servers(), Counters()};
    if (Process().IsSameAs(view.process)) return view;
  }
  throw SocketError("haproxy's socket {}: another process answers every time", address_.text);
}

std::string CommandText(const HaproxyCommand& command) {
  const std::string server = fmt::format("set server {}/{} ", command.backend, command.server);
  switch (command.kind) {
    case HaproxyCommand::Kind::kWeight:
      return server + fmt::format("weight {}", command.weight);
    case HaproxyCommand::Kind::kReady:
      return server + "state ready";
    case HaproxyCommand::Kind::kDrain:
      return server + "state drain";
    case HaproxyCommand::Kind::kMaintenance:
      return server + "state maint";
  }
  throw InternalError("a kind of command that is none");
}

HaproxyWriter::HaproxyWriter(HaproxyAddress address) : address_(std::move(address)) { CheckAddress(address_); }

std::vector<std::string> HaproxyWriter::Apply(const std::vector<HaproxyCommand>& commands) const {
  constexpr std::size_t kMostLine = 8000;  // HAProxy takes a line of 16 kB (tune.bufsize)
  std::vector<std::string> answers;
  for (std::size_t first = 0; first < commands.size();) {
    std::string line;
    int count = 0;
    for (; first + count < commands.size() && line.size() < kMostLine; ++count) {
      CheckBalancerName(commands[first + count].backend, "backend");
      CheckBalancerName(commands[first + count].server, "server");
      line += (line.empty() ? "" : ";") + CommandText(commands[first + count]);
    }
    for (std::string& answer : SplitAnswers(AskSocket(address_, line), count)) answers.push_back(std::move(answer));
    first += count;
  }
  return answers;
}

}  // namespace evenkeel
