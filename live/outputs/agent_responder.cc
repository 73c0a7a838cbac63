#include "live/outputs/agent_responder.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include "live/outputs/haproxy_answers.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kLongestQuestion = 512;

/// Closes what it holds.
class File {
 public:
  explicit File(int file) : file_(file) {}
  ~File() {
    if (file_ >= 0) ::close(file_);
  }
  File(File&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  int get() const { return file_; }
  int Release() { return std::exchange(file_, -1); }

 private:
  int file_;
};

File Listen(const ResponderOptions& options, int* port) {
  const auto fail = [&](const std::string& why) {
    throw InputError("agent check: cannot listen on {}:{}: {}", options.host, options.port, why);
  };
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  if (::inet_pton(AF_INET, options.host.c_str(), &address.sin_addr) != 1) fail("expected an address such as 127.0.0.1");
  if (options.port < 0 || options.port > 65535) fail("expected a port up to 65535");
  address.sin_port = htons(static_cast<std::uint16_t>(options.port));
  File file(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int yes = 1;
  socklen_t size = sizeof address;
  if (file.get() < 0 || ::setsockopt(file.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      ::bind(file.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 || ::listen(file.get(), 128) != 0 ||
      ::getsockname(file.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    fail(SystemReason(errno));
  *port = ntohs(address.sin_port);
  return file;
}

}  // namespace

struct AgentResponder::Connection {
  File file;
  Clock::time_point deadline;
  std::string question, answer;
  bool asked = false;
};

AgentResponder::AgentResponder(AgentWeights weights, const ResponderOptions& options, std::function<double()> clock)
    : options_(options), clock_(std::move(clock)), weights_(std::move(weights)) {
  if (!(options.seconds > 0.0 && options.seconds <= 3600.0) || options.most_connections < 1)
    throw InputError("agent check: {} s and {} connections, expected 3600 s at most, and 1 or more", options.seconds,
                     options.most_connections);
  File listener = Listen(options, &port_);
  File stop(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (stop.get() < 0) throw InputError("agent check: {}", SystemReason(errno));
  listener_ = listener.get();
  stop_ = stop.get();
  thread_ = std::thread([this] { Run(); });
  listener.Release();
  stop.Release();
}

AgentResponder::~AgentResponder() {
  const std::uint64_t one = 1;
  while (::write(stop_, &one, sizeof one) < 0 && errno == EINTR) {
  }
  thread_.join();
  ::close(listener_);
  ::close(stop_);
}

void AgentResponder::Want(const WantedShares& wanted) {
  const std::lock_guard<std::mutex> lock(mutex_);
  weights_.Want(wanted, clock_());
}

ResponderCounts AgentResponder::Counts() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return counts_;
}

void AgentResponder::Count(std::int64_t ResponderCounts::*count) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++(counts_.*count);
}

void AgentResponder::Run() {
  std::vector<Connection> connections;  // the oldest first
  while (true) {
    std::vector<pollfd> files = {{stop_, POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const Connection& one : connections)
      files.push_back({one.file.get(), static_cast<short>(one.answer.empty() ? POLLIN : POLLOUT), 0});
    int wait = -1;
    if (!connections.empty()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(connections.front().deadline - Clock::now());
      wait = static_cast<int>(std::max<long>(left.count(), 0));
    }
    ::poll(files.data(), files.size(), wait);
    if (files[0].revents != 0) return;
    std::vector<Connection> kept;
    for (std::size_t i = 0; i < connections.size(); ++i) {
      if (files[i + 2].revents != 0 && !Serve(&connections[i])) continue;
      if (Clock::now() >= connections[i].deadline) {
        Count(&ResponderCounts::late);
        continue;
      }
      kept.push_back(std::move(connections[i]));
    }
    connections = std::move(kept);
    if (files[1].revents != 0) Accept(&connections);
  }
}

void AgentResponder::Accept(std::vector<Connection>* connections) {
  const auto time = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options_.seconds));
  for (int i = 0; i < 64; ++i) {  // then those that are open have their turn
    File file(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (file.get() < 0) {
      // Without a file to spare the same connection would be offered at once, again and again.
      if (errno == EMFILE || errno == ENFILE) std::this_thread::sleep_for(std::chrono::milliseconds(10));
      return;
    }
    if (static_cast<int>(connections->size()) >= options_.most_connections) {
      connections->erase(connections->begin());
      Count(&ResponderCounts::displaced);
    }
    connections->push_back({std::move(file), Clock::now() + time, "", "", false});
  }
}

/// Reads or writes what is there to read or write; false at its end.
bool AgentResponder::Serve(Connection* connection) {
  if (!connection->asked) {
    if (!Read(connection)) return false;
    if (!connection->asked) return true;
  }
  const std::string& answer = connection->answer;
  const ssize_t count = ::send(connection->file.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (count < 0) {
    Count(&ResponderCounts::late);
    return false;
  }
  connection->answer.erase(0, static_cast<std::size_t>(count));
  if (!connection->answer.empty()) return true;
  Count(&ResponderCounts::answered);
  return false;
}

bool AgentResponder::Read(Connection* connection) {
  std::array<char, kLongestQuestion + 1> block;
  const ssize_t count = ::recv(connection->file.get(), block.data(), block.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (count > 0) connection->question.append(block.data(), static_cast<std::size_t>(count));
  const std::size_t end = connection->question.find('\n');
  if (end == std::string::npos && count > 0 && connection->question.size() <= kLongestQuestion) return true;
  if (end == std::string::npos || end > kLongestQuestion) {
    Count(&ResponderCounts::malformed);
    return false;
  }
  connection->question.resize(end);
  Ask(connection);
  return connection->asked;
}

/// Sets the answer; without one the connection is over.
void AgentResponder::Ask(Connection* connection) {
  bool known = false;
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::optional<std::string> answer = weights_.Answer(connection->question, clock_(), &known);
  if (answer) {
    connection->answer = *answer + "\n";
    connection->asked = true;
    return;
  }
  ++(known ? counts_.unwanted : counts_.unknown);
  if (!known) counts_.last_unknown = ShownAnswer(connection->question);
}

}  // namespace evenkeel
