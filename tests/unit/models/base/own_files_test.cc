#include "models/base/own_files.h"

#include <gmock/gmock.h>

#include <filesystem>

namespace evenkeel {
namespace {

namespace fs = std::filesystem;

TEST(OwnFiles, PlacesAreRelativeToTheProgram) {
  const fs::path program = fs::read_symlink("/proc/self/exe");
  const fs::path folder = program.parent_path(), above = folder.parent_path();
  EXPECT_THAT(PlacesOfOwnFile("built.txt", "share/installed.txt"),
              testing::ElementsAre(folder / "built.txt", above / "built.txt", above / "share/installed.txt"));
}

TEST(OwnFiles, TheFirstPlaceWithAFileWins) {
  const std::string program = fs::read_symlink("/proc/self/exe");
  const std::string folder = fs::path(program).parent_path();
  EXPECT_EQ(FirstThatExists({folder + "/no such file", program, folder}), program);
  EXPECT_EQ(FirstThatExists({folder + "/no such file"}), "");
}

}  // namespace
}  // namespace evenkeel
