#include "live/outputs/weights_file.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "tests/reference/paths.h"
#include "tests/reference/processes.h"

namespace evenkeel {
namespace {

using testing::HasSubstr;

Shares SomeShares() {
  Shares shares;
  shares.slot = 7;
  shares.begin = 1672531200;
  shares.valid_until = 1672538400;
  shares.share = RowMatrix{{1.0 / 3.0, 2.0 / 3.0}, {0.1, 0.9}};
  return shares;
}

class WeightsFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "evenkeel_weights_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = folder_ / "weights.json";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Text(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }
  WeightsFile Make(HookOptions hook = {}) const { return {path_, {{"g", "h"}, {"A", "B"}, {}}, std::move(hook)}; }
  HookOptions Shell(const std::string& script, double seconds = 20.0) const {
    return {{"/bin/sh", "-c", script, "hook"}, seconds};
  }

  std::filesystem::path folder_;
  std::string path_;
};

TEST_F(WeightsFileTest, HoldsSharesToTheLastBit) {
  const std::string text = WeightsJson(SomeShares(), {{"g", "h\"\n"}, {"A", "B"}, {}});
  const nlohmann::json file = nlohmann::json::parse(text);
  EXPECT_EQ(file["version"], 1);
  EXPECT_EQ(file["slot"], 7);
  EXPECT_EQ(file["begin"], "2023-01-01T00:00:00Z");
  EXPECT_EQ(file["valid_until"], "2023-01-01T02:00:00Z");
  EXPECT_EQ(file["gateways"], (std::vector<std::string>{"g", "h\"\n"}));
  EXPECT_EQ(file["regions"], (std::vector<std::string>{"A", "B"}));
  EXPECT_EQ(file["shares"][0][0].get<double>(), 1.0 / 3.0);
  EXPECT_EQ(file["shares"][1][1].get<double>(), 0.9);
  EXPECT_THAT(text, HasSubstr("0.3333333333333333,"));
  EXPECT_FALSE(file.contains("released"));
  EXPECT_EQ(text.back(), '\n');
}

TEST_F(WeightsFileTest, SaysWhatIsReleasedOfWork) {
  Shares shares = SomeShares();
  shares.released = RowMatrix{{2.5, 1.0 / 3.0}};
  const nlohmann::json file = nlohmann::json::parse(WeightsJson(shares, {{"g", "h"}, {"A", "B"}, {"training"}}));
  EXPECT_EQ(file["work_classes"], std::vector<std::string>{"training"});
  EXPECT_EQ(file["released"][0][1].get<double>(), 1.0 / 3.0);
}

TEST_F(WeightsFileTest, IsWhatItsPageShows) {
  std::ostringstream page;
  page << std::ifstream(SourcePath("docs/weights_format.md")).rdbuf();
  Shares shares = SomeShares();
  shares.share = RowMatrix{{0.37, 0.41, 0.22}, {0.8, 0.2, 0.0}};
  EXPECT_THAT(page.str(), HasSubstr(WeightsJson(shares, {{"paris", "berlin"}, {"de", "fr", "pl"}, {}})));
}

TEST_F(WeightsFileTest, IsWrittenWhenItChanges) {
  WeightsFile file = Make();
  EXPECT_EQ(file.Step(), 3600.0);
  EXPECT_FALSE(std::filesystem::exists(path_));
  file.Want(SomeShares());
  EXPECT_EQ(file.Step(), 3600.0);
  EXPECT_EQ(Text("weights.json"), WeightsJson(SomeShares(), {{"g", "h"}, {"A", "B"}, {}}));
  file.Want(SomeShares());
  file.Step();
  EXPECT_EQ(file.Counts().written, 1);
  Shares next = SomeShares();
  next.slot = 8;
  file.Want(next);
  file.Step();
  EXPECT_EQ(file.Counts().written, 2);
  EXPECT_EQ(file.Counts().slot, 8);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1) << "no temporary file stays";
}

TEST_F(WeightsFileTest, IsTriedAgain) {
  WeightsFile file = Make();
  file.Want(SomeShares());
  std::filesystem::create_directory(path_);  // in its place
  EXPECT_EQ(file.Step(), 1.0);
  EXPECT_EQ(file.Step(), 2.0);
  EXPECT_EQ(file.Step(), 4.0);
  EXPECT_EQ(file.Counts().failed, 3);
  EXPECT_THAT(file.Counts().last_failure, HasSubstr(path_));
  std::filesystem::remove(path_);
  EXPECT_EQ(file.Step(), 3600.0);
  EXPECT_EQ(file.Counts().written, 1);
  EXPECT_EQ(file.Counts().last_failure, "");
}

TEST_F(WeightsFileTest, RunsACommandWithThePath) {
  WeightsFile file =
      Make(Shell("cp \"$1\" \"$1\".copy; head -c 1000000 /dev/zero; echo once >> " + folder_.string() + "/runs"));
  file.Want(SomeShares());
  EXPECT_EQ(file.Step(), 3600.0);
  EXPECT_EQ(Text("weights.json.copy"), Text("weights.json"));
  file.Step();
  EXPECT_EQ(Text("runs"), "once\n") << "not for the same file again";
  EXPECT_EQ(file.Counts().hooks, 1);
  EXPECT_FALSE(HasChildren());
}

TEST_F(WeightsFileTest, ACommandThatFailsIsRunAgain) {
  WeightsFile file = Make(Shell("echo not yet >&2; test -e " + folder_.string() + "/ready || exit 3"));
  file.Want(SomeShares());
  EXPECT_EQ(file.Step(), 1.0);
  EXPECT_EQ(file.Counts().hook_failures, 1);
  EXPECT_THAT(file.Counts().last_failure, HasSubstr("ended with exit code 3; it said last: not yet"));
  EXPECT_THAT(file.Counts().last_failure, HasSubstr("/bin/sh, run after " + path_ + " changed: "));
  std::ofstream(folder_ / "ready");
  EXPECT_EQ(file.Step(), 3600.0);
  EXPECT_EQ(file.Counts().hooks, 1);
  EXPECT_EQ(file.Counts().written, 1) << "the file was fine";
}

TEST_F(WeightsFileTest, ACommandHasADeadlineAndNothingOfItStays) {
  const std::string pid_file = folder_.string() + "/pid";
  const std::size_t files = OpenFiles();
  try {
    RunHook(Shell("sleep 100 & echo $! > " + pid_file + "; wait", 0.3), path_);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("has not ended within 0.3 s"));
  }
  EXPECT_FALSE(HasChildren());
  EXPECT_EQ(OpenFiles(), files);
  const int sleeper = std::stoi(Text("pid"));
  for (int i = 0; i < 200 && ::kill(sleeper, 0) == 0; ++i) {
    // It is init's to reap where nobody else does; a zombie is dead as well.
    std::ifstream stat("/proc/" + std::to_string(sleeper) + "/stat");
    std::string pid, name, state;
    if (stat >> pid >> name >> state && state == "Z") break;
    ::usleep(10'000);
    ASSERT_LT(i, 199) << "still there";
  }
}

TEST_F(WeightsFileTest, CommandsThatCannotBe) {
  EXPECT_THAT(
      [&] {
        RunHook({{folder_.string() + "/none"}, 1.0}, path_);
      },
      testing::ThrowsMessage<InputError>(HasSubstr("cannot start")));
  EXPECT_THAT([&] { RunHook(Shell("kill -9 $$"), path_); },
              testing::ThrowsMessage<InputError>(HasSubstr("was ended by signal 9")));
  EXPECT_THROW(CheckHook({{""}, 1.0}), InputError);
  EXPECT_THROW(CheckHook({{"x"}, 0.0}), InputError);
  EXPECT_NO_THROW(CheckHook({{}, 1.0}));
}

}  // namespace
}  // namespace evenkeel
