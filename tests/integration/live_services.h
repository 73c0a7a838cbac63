// The mock of the data services, Prometheus and other servers that a test starts and, whatever happens to it, ends.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/reference/paths.h"

namespace evenkeel {

/// Calls `done` every 50 ms until it is true; false after `seconds`.
inline bool WaitUntil(double seconds, const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

/// A port of 127.0.0.1 that nobody listens on.
inline int FreePort() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  EXPECT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

/// A server in a process that dies with the thread that started it.
class Server {
 public:
  Server(const std::vector<std::string>& command, const std::string& log) {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    child_ = ::fork();
    if (child_ == 0) Execute(command, log, ends[1]);
    ::close(ends[1]);
    output_ = ends[0];
  }
  ~Server() {
    ::close(output_);
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// The first line that it prints, or what there is of it after ten seconds.
  std::string FirstLine() const {
    std::string line;
    char c = 0;
    pollfd waiting = {output_, POLLIN, 0};
    while (::poll(&waiting, 1, 10'000) == 1 && ::read(output_, &c, 1) == 1 && c != '\n') line += c;
    return line;
  }

 private:
  [[noreturn]] static void Execute(const std::vector<std::string>& command, const std::string& log, int output) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (file < 0 || ::dup2(output, STDOUT_FILENO) < 0 || ::dup2(file, STDERR_FILENO) < 0) ::_exit(126);
    std::vector<char*> arguments;
    for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }

  pid_t child_ = -1;
  int output_ = -1;
};

/// scripts/live/mock_services.py, listening.
class MockServices {
 public:
  explicit MockServices(const std::string& log, std::vector<std::string> more = {})
      : server_(Command(std::move(more)), log) {
    const std::string line = server_.FirstLine();
    const nlohmann::json said = nlohmann::json::parse(line, nullptr, false);
    EXPECT_TRUE(said.is_object()) << line;
    if (said.is_object()) port_ = said.at("port").get<int>();
  }
  int port() const { return port_; }
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  static std::vector<std::string> Command(std::vector<std::string> more) {
    more.insert(more.begin(), {"/usr/bin/python3", "-B", SourcePath("scripts/live/mock_services.py")});
    return more;
  }

  Server server_;
  int port_ = 0;
};

}  // namespace evenkeel
