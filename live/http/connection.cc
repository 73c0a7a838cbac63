#include "live/http/connection.h"

#include <utility>

namespace evenkeel {

void Connection::Add(std::string_view bytes) {
  if (state_ == State::kReading) in_ += bytes;
}

/// Whether the head of the next request is complete and allowed; else waits for more, or refuses.
bool Connection::ReadHead() {
  HttpHead head = ParseHead(in_, *limits_, &request_);
  if (head.state == HttpHead::State::kIncomplete) return false;
  wants_body_ = true;
  if (head.state == HttpHead::State::kRefused) {
    Refuse(head.refusal);
    return false;
  }
  wants_body_ = request_.method != "HEAD";
  keep_alive_ = head.keep_alive;
  in_.erase(0, head.head_bytes);
  if (head.body_bytes > 0) {
    if (const auto refusal = api_->Refusal(request_)) {  // before its body is read
      Refuse(*refusal);
      return false;
    }
  }
  body_bytes_ = head.body_bytes;
  has_head_ = true;
  if (head.expects_continue && in_.empty()) out_ = "HTTP/1.1 100 Continue\r\n\r\n";
  return true;
}

std::optional<ApiRequest> Connection::Next() {
  if (state_ != State::kReading || (!has_head_ && !ReadHead()) || in_.size() < body_bytes_) return std::nullopt;
  request_.body = in_.substr(0, body_bytes_);
  in_.erase(0, body_bytes_);
  body_bytes_ = 0;
  has_head_ = false;
  state_ = State::kAnswering;
  return std::exchange(request_, {});
}

void Connection::Refuse(const ApiAnswer& answer) {
  if (state_ != State::kReading) return;
  keep_alive_ = false;
  in_.clear();
  body_bytes_ = 0;
  has_head_ = false;
  state_ = State::kAnswering;
  Put(answer);
}

void Connection::Put(const ApiAnswer& answer) {
  if (state_ != State::kAnswering) return;
  out_.erase(0, std::exchange(written_, 0));
  out_ += AnswerBytes(answer, wants_body_, keep_alive_);
  state_ = State::kWriting;
}

void Connection::Wrote(std::size_t bytes) {
  written_ += bytes;
  if (written_ < out_.size()) return;
  out_.clear();
  written_ = 0;
  if (state_ != State::kWriting) return;  // 100 Continue
  out_.shrink_to_fit();
  in_.shrink_to_fit();
  state_ = keep_alive_ ? State::kReading : State::kLingering;
}

}  // namespace evenkeel
