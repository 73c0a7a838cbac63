#include "live/http/server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <unordered_map>
#include <utility>
#include <vector>

#include "live/http/access.h"
#include "live/http/connection.h"
#include "live/http/listener.h"
#include "live/http/workers.h"
#include "models/base/error.h"

namespace evenkeel {

using std::chrono_literals::operator""ms;

namespace {

constexpr std::uint64_t kListener = 0, kWake = 1, kFirstConnection = 2;
constexpr int kTickMs = 200;      // how late a deadline may be noticed
constexpr double kLingerS = 2.0;  // for the client to read the last answer
constexpr double kSlowS = 1.0;    // a request under way for less is not shut out for a new connection

double SteadySeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Client {
  Client(int descriptor, const LiveApi* api, const ServerLimits* limits) : socket(descriptor), http(api, limits) {}
  int socket;
  Connection http;
  double since = 0.0;  ///< when it came into its state
  std::uint32_t events = EPOLLIN;
};

}  // namespace

class HttpServer::Impl {
 public:
  Impl(const ServerOptions& options, LiveApi* api) : options_(options), api_(api), port_(options.port) {
    CheckListenAddress(options.address, api->has_token());
    options_.most_connections = AffordableConnections(options.most_connections);
    listener_ = ListenTcp(options.address, &port_);
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    EVENKEEL_CHECK(epoll_ >= 0 && wake_ >= 0);
    Watch(EPOLL_CTL_ADD, listener_, kListener, EPOLLIN);
    Watch(EPOLL_CTL_ADD, wake_, kWake, EPOLLIN);
    looks_ = std::make_unique<Workers>(options_.look_threads, options_.most_looks_waiting);
    commands_ = std::make_unique<Workers>(options_.command_threads, options_.most_commands_waiting);
    thread_ = std::thread([this] { Loop(); });
  }

  ~Impl() {
    Stop();
    for (const int descriptor : {epoll_, wake_}) close(descriptor);
  }

  int port() const { return port_; }
  int num_connections() const { return num_connections_; }

  void Stop() {
    stopping_ = true;
    Wake();
    if (thread_.joinable()) thread_.join();
    looks_->Stop();
    commands_->Stop();
  }

 private:
  void Watch(int operation, int descriptor, std::uint64_t id, std::uint32_t events) const {
    epoll_event event = {};
    event.events = events;
    event.data.u64 = id;
    epoll_ctl(epoll_, operation, descriptor, &event);
  }

  void Wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof(one));  // a full counter wakes as well
  }

  void Loop() {
    std::array<epoll_event, 256> events = {};
    double next_tick = 0.0;
    while (!stopping_) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), kTickMs);
      now_ = SteadySeconds();
      for (int k = 0; k < count && !stopping_; ++k) {
        const std::uint64_t id = events[k].data.u64;
        try {
          Happened(id, events[k].events);
        } catch (...) {  // no memory for this one; the others go on
          if (clients_.count(id) > 0) Close(id);
        }
      }
      if (now_ >= next_tick) {
        CloseLate();
        next_tick = now_ + kTickMs / 1000.0;
      }
    }
    for (auto& [id, client] : clients_) close(client.socket);
    clients_.clear();
    num_connections_ = 0;
    close(listener_);
  }

  void Happened(std::uint64_t id, std::uint32_t events) {
    if (id == kListener) return Accept();
    if (id == kWake) return TakeAnswers();
    const auto at = clients_.find(id);
    if (at == clients_.end()) return;
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) return Close(id);
    if ((events & EPOLLIN) != 0 && !Read(&at->second)) return Close(id);
    Advance(id, &at->second);
  }

  void Accept() {
    for (;;) {
      const int socket = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (socket < 0) {
        // No more files: somebody has to go, and the next turn tries again.
        if ((errno == EMFILE || errno == ENFILE) && !CloseOldest()) std::this_thread::sleep_for(10ms);
        return;
      }
      if (static_cast<int>(clients_.size()) >= options_.most_connections && !CloseOldest()) {
        close(socket);
        continue;
      }
      const int on = 1;
      setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      const std::uint64_t id = next_id_++;
      clients_.try_emplace(id, socket, api_, &options_.limits).first->second.since = now_;
      num_connections_ = static_cast<int>(clients_.size());
      Watch(EPOLL_CTL_ADD, socket, id, EPOLLIN);
    }
  }

  /// Closes the connection that has been idle for longest, else the one whose request has been under way for longest.
  bool CloseOldest() {
    const auto older = [](const auto* a, const auto* b) { return b == nullptr || a->second.since < b->second.since; };
    const std::pair<const std::uint64_t, Client>*idle = nullptr, *slow = nullptr;
    for (const auto& one : clients_) {
      const Client& client = one.second;
      if (client.http.state() == Connection::State::kAnswering) continue;
      if (client.http.idle() && older(&one, idle)) idle = &one;
      if (!client.http.idle() && now_ - client.since > kSlowS && older(&one, slow)) slow = &one;
    }
    const auto* oldest = idle != nullptr ? idle : slow;
    if (oldest != nullptr) Close(oldest->first);
    return oldest != nullptr;
  }

  /// False when the connection is over.
  bool Read(Client* client) {
    std::array<char, 65536> bytes;  // NOLINT: filled by recv
    const ssize_t size = recv(client->socket, bytes.data(), bytes.size(), 0);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    if (size == 0) return false;
    if (client->http.idle()) client->since = now_;
    const std::size_t before = client->http.held_bytes();
    client->http.Add({bytes.data(), static_cast<std::size_t>(size)});
    held_ += client->http.held_bytes() - before;
    return true;
  }

  /// Whatever can be done for a connection now: requests, answers, writing.
  void Advance(std::uint64_t id, Client* client) {
    for (;;) {
      const std::size_t before = client->http.held_bytes();
      std::optional<ApiRequest> request = client->http.Next();
      held_ += client->http.held_bytes() - before;
      if (held_ > options_.most_bytes) RefuseRoom(client);
      if (request) Dispatch(id, *std::move(request), client);
      if (!Write(client)) return Close(id);
      if (!answered_) break;  // else the next request may be here already
    }
    const auto state = client->http.state();
    std::uint32_t events = 0;
    if (state == Connection::State::kReading || state == Connection::State::kLingering) events |= EPOLLIN;
    if (!client->http.Unwritten().empty()) events |= EPOLLOUT;
    if (events != client->events) Watch(EPOLL_CTL_MOD, client->socket, id, client->events = events);
  }

  void RefuseRoom(Client* client) {
    const std::size_t before = client->http.held_bytes();
    client->http.Refuse(ErrorAnswer(503, "too many large requests at once"));
    held_ += client->http.held_bytes() - before;
  }

  void Dispatch(std::uint64_t id, ApiRequest request, Client* client) {
    client->since = now_;
    Workers& workers = LiveApi::OnlyLooks(request) ? *looks_ : *commands_;
    auto shared = std::make_shared<const ApiRequest>(std::move(request));
    const bool taken = workers.Run([this, id, shared] {
      ApiAnswer answer = api_->Answer(*shared);
      {
        const std::lock_guard lock(answers_mutex_);
        answers_.emplace_back(id, std::move(answer));
      }
      Wake();
    });
    if (!taken) Put(client, ErrorAnswer(503, "too many requests wait already"));
  }

  void Put(Client* client, const ApiAnswer& answer) {
    const std::size_t before = client->http.held_bytes();
    client->http.Put(answer);
    held_ += client->http.held_bytes() - before;
    client->since = now_;
  }

  void TakeAnswers() {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t size = read(wake_, &count, sizeof(count));
    std::vector<std::pair<std::uint64_t, ApiAnswer>> answers;
    {
      const std::lock_guard lock(answers_mutex_);
      answers.swap(answers_);
    }
    for (const auto& [id, answer] : answers) {
      const auto at = clients_.find(id);
      if (at == clients_.end()) continue;
      Put(&at->second, answer);
      if (held_ > options_.most_bytes)
        Close(id);  // those who don't take their answers keep nobody's memory
      else
        Advance(id, &at->second);
    }
  }

  /// Writes what can be written; false when the connection is over.
  bool Write(Client* client) {
    answered_ = false;
    const auto before = client->http.state();
    while (!client->http.Unwritten().empty()) {
      const std::string_view bytes = client->http.Unwritten();
      const ssize_t size = send(client->socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size < 0) return errno == EAGAIN || errno == EINTR;
      const std::size_t held = client->http.held_bytes();
      client->http.Wrote(static_cast<std::size_t>(size));
      held_ += client->http.held_bytes() - held;
    }
    if (before != Connection::State::kWriting) return true;
    answered_ = true;
    client->since = now_;
    if (client->http.state() == Connection::State::kLingering) shutdown(client->socket, SHUT_WR);
    return true;
  }

  void CloseLate() {
    std::vector<std::uint64_t> late;
    for (auto& [id, client] : clients_) {
      const double age = now_ - client.since;
      const auto state = client.http.state();
      if (state == Connection::State::kReading && !client.http.idle() && age > options_.request_s) late.push_back(id);
      if (client.http.idle() && age > options_.idle_s) late.push_back(id);
      if (state == Connection::State::kAnswering && age > options_.command_s) late.push_back(id);
      if (state == Connection::State::kWriting && age > options_.answer_s) late.push_back(id);
      if (state == Connection::State::kLingering && age > kLingerS) late.push_back(id);
    }
    for (const std::uint64_t id : late) {
      Client& client = clients_.at(id);
      if (client.http.state() == Connection::State::kReading && !client.http.idle()) {
        RefuseLate(id, &client);
      } else {
        Close(id);
      }
    }
  }

  void RefuseLate(std::uint64_t id, Client* client) {
    const std::size_t before = client->http.held_bytes();
    client->http.Refuse(ErrorAnswer(408, "the request took too long"));
    held_ += client->http.held_bytes() - before;
    client->since = now_;
    Advance(id, client);
  }

  void Close(std::uint64_t id) {
    const auto at = clients_.find(id);
    held_ -= at->second.http.held_bytes();
    close(at->second.socket);
    clients_.erase(at);
    num_connections_ = static_cast<int>(clients_.size());
  }

  ServerOptions options_;
  LiveApi* api_;
  int port_, listener_ = -1, epoll_ = -1, wake_ = -1;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> num_connections_ = 0;

  // Of the one thread.
  std::unordered_map<std::uint64_t, Client> clients_;
  std::uint64_t next_id_ = kFirstConnection;
  std::size_t held_ = 0;
  double now_ = SteadySeconds();
  bool answered_ = false;  // the last Write() ended an answer

  std::mutex answers_mutex_;
  std::vector<std::pair<std::uint64_t, ApiAnswer>> answers_;
  std::unique_ptr<Workers> looks_, commands_;
  std::thread thread_;
};

HttpServer::HttpServer(const ServerOptions& options, LiveApi* api) : impl_(std::make_unique<Impl>(options, api)) {}
HttpServer::~HttpServer() = default;
int HttpServer::port() const { return impl_->port(); }
int HttpServer::num_connections() const { return impl_->num_connections(); }
void HttpServer::Stop() { impl_->Stop(); }

}  // namespace evenkeel
