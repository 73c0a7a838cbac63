// A real HAProxy with the configuration of docs/haproxy.md, backends of its own, and clients: all on loopback, and all
// ended with the test.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "live/outputs/haproxy_socket.h"
#include "tests/reference/paths.h"

namespace evenkeel {

inline sockaddr_in Loopback(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// A socket that listens, and its port; any that is free where it is 0.
inline int ListenAt(int* port) {
  const int file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(*port);
  socklen_t size = sizeof address;
  const int yes = 1;
  EXPECT_EQ(::setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), 0);
  EXPECT_EQ(::bind(file, reinterpret_cast<const sockaddr*>(&address), size), 0);
  EXPECT_EQ(::listen(file, 1000), 0);
  EXPECT_EQ(::getsockname(file, reinterpret_cast<sockaddr*>(&address), &size), 0);
  *port = ntohs(address.sin_port);
  return file;
}

/// A port that nobody has now.
inline int FreePort() {
  int port = 0;
  ::close(ListenAt(&port));
  return port;
}

/// Until the end of a request's head; empty where there is no more.
inline std::string ReadHead(int file) {
  std::string head;
  char block[4096];
  while (head.find("\r\n\r\n") == std::string::npos) {
    const ssize_t count = ::recv(file, block, sizeof block, 0);
    if (count <= 0) return "";
    head.append(block, static_cast<std::size_t>(count));
  }
  return head;
}

/// A process that answers every request with its name.
class Backend {
 public:
  explicit Backend(std::string name) : name_(std::move(name)) { Start(); }
  ~Backend() { Kill(); }
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  int port() const { return port_; }
  /// At the same port as before, if it was there before. No other thread should be about.
  void Start() {
    const int listener = ListenAt(&port_);
    pid_ = ::fork();
    if (pid_ == 0) Serve(listener, name_);
    ::close(listener);
  }
  void Kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  [[noreturn]] static void Serve(int listener, const std::string& name) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(name.size()) + "\r\n\r\n" + name;
    while (true) {
      const int file = ::accept(listener, nullptr, nullptr);
      if (file < 0) continue;
      std::thread([file, answer] {
        const int yes = 1;
        ::setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        while (!ReadHead(file).empty()) {
          ::usleep(500);  // so that some are under way whenever it is killed
          if (::send(file, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) break;
        }
        ::close(file);
      }).detach();
    }
  }

  const std::string name_;
  pid_t pid_ = 0;
  int port_ = 0;
};

/// One GET on a connection of its own; the status, and the body.
inline std::pair<int, std::string> Get(int port) {
  const int file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  const timeval patience = {20, 0};
  ::setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  std::string answer;
  if (::connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::send(file, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
    char block[4096];
    for (ssize_t count = 0; (count = ::recv(file, block, sizeof block, 0)) > 0;)
      answer.append(block, static_cast<std::size_t>(count));
  }
  ::close(file);
  const std::size_t body = answer.find("\r\n\r\n");
  if (body == std::string::npos) return {0, ""};
  return {std::atoi(answer.c_str() + std::string("HTTP/1.1 ").size()), answer.substr(body + 4)};
}

/// Requests in the background, as many at once as there are threads.
class Traffic {
 public:
  Traffic(int port, int threads) {
    for (int i = 0; i < threads; ++i)
      threads_.emplace_back([this, port] {
        while (!ending_) {
          ++(Get(port).first == 200 ? good_ : failed_);
        }
      });
  }
  ~Traffic() { End(); }
  void End() {
    ending_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  int good() const { return good_; }
  int failed() const { return failed_; }

 private:
  std::atomic<bool> ending_ = false;
  std::atomic<int> good_ = 0, failed_ = 0;
  std::vector<std::thread> threads_;
};

/// Waits for something, at most `seconds`; whether it came true.
inline bool Await(double seconds, const std::function<bool()>& is_so) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (!is_so()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

class HaproxyTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "evenkeel_haproxy_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    paris_ = FreePort();
    berlin_ = FreePort();
    agent_ = FreePort();
  }

  void TearDown() override {
    for (const pid_t process : processes_) {
      ::kill(process, SIGKILL);
      ::waitpid(process, nullptr, 0);
    }
    std::filesystem::remove_all(folder_);
  }

  /// The first block of docs/haproxy.md with this test's ports and folder, and `more` behind it.
  void WriteConfiguration(const std::string& more = "") const {
    std::ostringstream page;
    page << std::ifstream(SourcePath("docs/haproxy.md")).rdbuf();
    std::string text = page.str();
    const std::string fence = "```haproxy\n";
    text.erase(0, text.find(fence) + fence.size());
    text.erase(text.find("```"));
    const std::map<std::string, std::string> own = {{"127.0.0.1:8000", "127.0.0.1:" + std::to_string(paris_)},
                                                    {"127.0.0.1:8001", "127.0.0.1:" + std::to_string(berlin_)},
                                                    {"127.0.0.1:8101", "127.0.0.1:" + std::to_string(de1_.port())},
                                                    {"127.0.0.1:8102", "127.0.0.1:" + std::to_string(de2_.port())},
                                                    {"127.0.0.1:8103", "127.0.0.1:" + std::to_string(fr1_.port())},
                                                    {"127.0.0.1:8104", "127.0.0.1:" + std::to_string(pl1_.port())},
                                                    {"agent-port 8200", "agent-port " + std::to_string(agent_)},
                                                    {"/run/haproxy", folder_.string()},
                                                    {" group evenkeel", ""}};
    for (const auto& [from, to] : own) {
      EXPECT_NE(text.find(from), std::string::npos) << from;
      for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    }
    std::ofstream(folder_ / "haproxy.cfg") << text << more;
  }

  std::string Configuration() const {
    std::ostringstream text;
    text << std::ifstream(folder_ / "haproxy.cfg").rdbuf();
    return text.str();
  }

  /// Starts one that takes over from the one before, if there is one, as a reload does.
  void Start() {
    const std::string configuration = (folder_ / "haproxy.cfg").string(), log = (folder_ / "log").string();
    const std::string before = processes_.empty() ? "" : std::to_string(processes_.back());
    const pid_t process = ::fork();
    if (process == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (std::freopen(log.c_str(), "a", stdout) == nullptr || ::dup2(STDOUT_FILENO, STDERR_FILENO) < 0) ::_exit(126);
      if (before.empty()) ::execlp("haproxy", "haproxy", "-db", "-f", configuration.c_str(), nullptr);
      ::execlp("haproxy", "haproxy", "-db", "-f", configuration.c_str(), "-sf", before.c_str(), nullptr);
      ::_exit(127);
    }
    processes_.push_back(process);
    ASSERT_TRUE(Await(20.0, [&] {
      try {
        return HaproxyReader(Address()).Process().pid == process;
      } catch (const InputError&) {
        return false;
      }
    })) << std::ifstream(log).rdbuf();
  }

  HaproxyAddress Address(const std::string& name = "evenkeel.sock") const { return {folder_ / name, {}}; }
  std::string Ask(const std::string& command) const { return AskSocket(Address(), command); }

  // Forked before there are any threads.
  Backend de1_{"de1"}, de2_{"de2"}, fr1_{"fr1"}, pl1_{"pl1"};
  std::filesystem::path folder_;
  int paris_ = 0, berlin_ = 0, agent_ = 0;
  std::vector<pid_t> processes_;
};

}  // namespace evenkeel
