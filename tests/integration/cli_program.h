// Runs the program in a folder of its own and collects what it says.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/reference/paths.h"

namespace evenkeel {

struct ProgramResult {
  int exit_code = -1;  ///< -1 when a signal ended the program
  std::string out;
  std::string err;
};

struct ProgramLimits {
  rlim_t file_bytes = RLIM_INFINITY;      ///< writes beyond it fail, as on a full disk
  int kill_after_ms = 0;                  ///< SIGKILL after that time; 0: never
  const char* standard_output = nullptr;  ///< a file instead of ProgramResult::out
};

class CliTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "evenkeel_cli_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    streams_ = name + "_streams";
    std::filesystem::create_directory(streams_);
  }

  void TearDown() override {
    std::filesystem::remove_all(folder_);
    std::filesystem::remove_all(streams_);
  }

  ProgramResult Run(const std::vector<std::string>& arguments, const ProgramLimits& limits = {}) const {
    const pid_t child = fork();
    if (child == 0) Execute(arguments, limits);
    if (limits.kill_after_ms > 0) {
      usleep(static_cast<useconds_t>(limits.kill_after_ms) * 1000);
      kill(child, SIGKILL);
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, Text(streams_ / "out"), Text(streams_ / "err")};
  }

  /// Runs and expects success.
  std::string Succeed(const std::vector<std::string>& arguments) const {
    const ProgramResult result = Run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.err, "");
    return result.out;
  }

  nlohmann::json SucceedJson(std::vector<std::string> arguments) const {
    arguments.push_back("--json");
    return nlohmann::json::parse(Succeed(arguments));
  }

  /// Expects exit code 2, one message on standard error, nothing on standard output, and no file more or less than
  /// before.
  std::string Refuse(const std::vector<std::string>& arguments, const ProgramLimits& limits = {}) const {
    const std::set<std::string> before = Files();
    const ProgramResult result = Run(arguments, limits);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err.rfind("evenkeel: error: ", 0), 0u) << result.err;
    EXPECT_EQ(Files(), before);
    return result.err;
  }

  /// A small trace in the folder.
  std::string Generate(const std::string& name, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"trace",   "generate", "--regions", "4",     "--gateways", "3",
                                          "--slots", "30",       "--quiet",   "--out", name};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_EQ(Succeed(arguments), "");
    return name;
  }

  void Write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }

  std::set<std::string> Files() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) names.insert(entry.path().filename());
    return names;
  }

  static std::string Text(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  /// A line of CSV, without quotes inside of fields.
  static std::vector<std::string> Fields(const std::string& line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (char c : line) {
      if (c == '"') quoted = !quoted;
      if (c == ',' && !quoted) {
        fields.emplace_back();
      } else if (c != '"') {
        fields.back() += c;
      }
    }
    return fields;
  }

  std::filesystem::path folder_;
  std::filesystem::path streams_;

 private:
  static void Redirect(const std::string& path, int descriptor) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || dup2(file, descriptor) < 0) _exit(126);
  }

  [[noreturn]] void Execute(const std::vector<std::string>& arguments, const ProgramLimits& limits) const {
    Redirect(limits.standard_output != nullptr ? limits.standard_output : streams_ / "out", STDOUT_FILENO);
    Redirect(streams_ / "err", STDERR_FILENO);
    const rlimit size = {limits.file_bytes, limits.file_bytes};
    std::signal(SIGXFSZ, SIG_IGN);
    if (chdir(folder_.c_str()) != 0 || setrlimit(RLIMIT_FSIZE, &size) != 0) _exit(126);
    std::vector<char*> argv = {const_cast<char*>("evenkeel")};
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    execv(ProgramPath().c_str(), argv.data());
    _exit(127);
  }
};

}  // namespace evenkeel
