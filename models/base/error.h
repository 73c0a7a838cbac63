// The kinds of failure: a bug (EVENKEEL_CHECK), bad input (InputError). The outcome of a run is a value.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace evenkeel {

/// Bad input from outside. The message names the file, the field, the slot, the value and what is allowed,
/// as far as each applies. The program prints it and exits with 2.
class InputError : public std::runtime_error {
 public:
  template <typename... Args>
  explicit InputError(fmt::format_string<Args...> format, Args&&... args)
      : std::runtime_error(fmt::format(format, std::forward<Args>(args)...)) {}
};

/// A broken promise inside evenkeel itself: always a bug.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// The system's words for an errno.
std::string SystemReason(int error);

[[noreturn]] void ThrowCheckFailed(const char* file, int line, const char* condition, const std::string& values);

}  // namespace evenkeel

/// Checks that are always on. `EVENKEEL_CHECK_EQ(a, b)` prints both sides.
#define EVENKEEL_CHECK(condition)                                       \
  do {                                                                  \
    if (!(condition)) {                                                 \
      ::evenkeel::ThrowCheckFailed(__FILE__, __LINE__, #condition, ""); \
    }                                                                   \
  } while (false)
#define EVENKEEL_CHECK_OP(a, op, b)                                                 \
  do {                                                                              \
    const auto& check_a = (a);                                                      \
    const auto& check_b = (b);                                                      \
    if (!(check_a op check_b)) {                                                    \
      ::evenkeel::ThrowCheckFailed(__FILE__, __LINE__, #a " " #op " " #b,           \
                                   fmt::format("{} against {}", check_a, check_b)); \
    }                                                                               \
  } while (false)
#define EVENKEEL_CHECK_EQ(a, b) EVENKEEL_CHECK_OP(a, ==, b)
#define EVENKEEL_CHECK_LE(a, b) EVENKEEL_CHECK_OP(a, <=, b)
#define EVENKEEL_CHECK_GE(a, b) EVENKEEL_CHECK_OP(a, >=, b)
