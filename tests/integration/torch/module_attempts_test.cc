// Modules of strangers that write, read, start, connect, allocate, loop and crash: when they are loaded and when they
// are asked. Nothing reaches the user's files, and everything ends in time and with the module's name.
#include <gmock/gmock.h>

#include <string>

#include "tests/integration/cli_program.h"
#include "tests/reference/paths.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr char kSecret[] = "secret words";
constexpr char kHarmless[] = "";  // it does nothing, and its forecasts are used

class ModuleAttempts : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    Succeed({"trace", "generate", "--regions", "4", "--gateways", "3", "--slots", "900", "--quiet", "--out", "t.h5"});
    Write("sentinel", kSecret);
  }

  void Make(const std::string& names) {
    const std::string command = "cd '" + folder_.string() + "' && /usr/bin/python3 -B -W ignore '" +
                                SourcePath("tests/integration/torch/make_attempts.py") + "' " + names;
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
    files_ = Files();
    touched_ = fs::last_write_time(folder_ / "sentinel");
  }

  /// Of an attempt when the module is asked, as advice: the bound holds, and `why` is said.
  void Ask(const std::string& name, const std::string& why, int timeout = 60) const {
    SCOPED_TRACE(name);
    const Json run = SucceedJson({"run", "t.h5", "--from", "2023-02-06", "--to", "2023-02-06T03:00", "--policy",
                                  "robust(advice=plan(forecast=torchscript(file=" + name +
                                      ".pt,timeout=" + std::to_string(timeout) + ",restarts=0)))"});
    const Json& guarantee = run["guarantee"];
    EXPECT_LE(double(run["objective"]), double(guarantee["bound"]));
    if (why.empty()) {
      EXPECT_EQ(guarantee["first_failure"], Json());
    } else {
      EXPECT_EQ(guarantee["verdicts"]["rejected"], 3);
      EXPECT_THAT(guarantee["first_failure"].dump(), AllOf(HasSubstr(name + ".pt: "), HasSubstr(why)));
    }
    ExpectUntouched();
  }

  /// Of an attempt when it is loaded.
  void Load(const std::string& name, const std::string& why, int start = 60) const {
    SCOPED_TRACE(name + " when loaded");
    const ProgramResult result = Run({"backtest", "t.h5", "--predictor",
                                      "torchscript(file=" + name + "_load.pt,start=" + std::to_string(start) + ")"});
    EXPECT_EQ(result.exit_code, why.empty() ? 0 : 2) << result.err;
    if (!why.empty()) {
      EXPECT_THAT(result.err, AllOf(HasSubstr(name + "_load.pt: "), HasSubstr(why)));
    }
    ExpectUntouched();
  }

  void Try(const std::string& name, const std::string& asked, const std::string& loaded) const {
    Ask(name, asked);
    Load(name, loaded);
  }

  /// No file is more, less or other than before, and no process is left.
  void ExpectUntouched() const {
    EXPECT_EQ(Files(), files_);
    EXPECT_EQ(Text(folder_ / "sentinel"), kSecret);
    EXPECT_EQ(fs::last_write_time(folder_ / "sentinel"), touched_);
    for (const auto& process : fs::directory_iterator("/proc")) {
      std::error_code no_process_or_not_ours;
      EXPECT_NE(fs::read_symlink(process.path() / "cwd", no_process_or_not_ours), folder_) << process.path();
    }
  }

  std::set<std::string> files_;
  fs::file_time_type touched_;
};

TEST_F(ModuleAttempts, Writing) {
  Make("write overwrite map_new map_over");
  for (const char* name : {"write", "overwrite"}) Try(name, kHarmless, kHarmless);  // torch.save looks at no error
  for (const char* name : {"map_new", "map_over"}) Try(name, "Operation not permitted", "Operation not permitted");
}

TEST_F(ModuleAttempts, Reading) {
  Make("read read_memory read_passwords");
  for (const char* name : {"read", "read_memory", "read_passwords"})
    Try(name, "Operation not permitted", "Operation not permitted");
}

TEST_F(ModuleAttempts, StartingAndConnecting) {
  Make("library thread rpc network");
  for (const char* name : {"library", "thread"}) Try(name, "Operation not permitted", "Operation not permitted");
  EXPECT_THAT(Refuse({"backtest", "t.h5", "--predictor", "torchscript(file=rpc.pt)"}),
              AllOf(HasSubstr("rpc.pt: "), HasSubstr("prim::rpc_async")));
  Try("network", "ProcessGroup", "ProcessGroup");
}

TEST_F(ModuleAttempts, Allocating) {
  Make("memory memory_in_steps strings result");
  for (const char* name : {"strings", "result"}) Ask(name, "slot 0: ", 5);  // no memory, or no time: which depends
  Try("memory", "Cannot allocate memory", "Cannot allocate memory");
  Try("memory_in_steps", "Cannot allocate memory", "Cannot allocate memory");
}

TEST_F(ModuleAttempts, Looping) {
  Make("loop print");
  for (const char* name : {"loop", "print"}) {
    Ask(name, "gave no answer within 3 s", 3);
    Load(name, "gave no answer within 10 s", 10);
  }
}

TEST_F(ModuleAttempts, Crashing) {
  Make("crash assertion recursion");
  Try("crash", "was ended by signal 11", "was ended by signal 11");
  Try("assertion", "is not implemented", "is not implemented");
  EXPECT_THAT(Refuse({"backtest", "t.h5", "--predictor", "torchscript(file=recursion.pt)"}),
              AllOf(HasSubstr("recursion.pt: "), HasSubstr("recursive")));
}

TEST_F(ModuleAttempts, ChangingTheLibrary) {
  Make("global_state profiler");
  for (const char* name : {"global_state", "profiler"}) Try(name, kHarmless, kHarmless);
}

// So what the others show is not that the attempts are none.
TEST_F(ModuleAttempts, TrustedTheyReachEverything) {
  Make("write read map_over");
  const auto trusted = [&](const std::string& name) {
    SucceedJson({"backtest", "t.h5", "--trust-modules", "--predictor", "torchscript(file=" + name + ".pt)"});
  };
  for (const char* name : {"write", "read", "map_over"}) trusted(name);
  EXPECT_TRUE(fs::exists(folder_ / "written"));
  EXPECT_EQ(Text(folder_ / "sentinel"), "AAAAet words");
}

}  // namespace
}  // namespace evenkeel
