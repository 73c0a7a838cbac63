// What a file says of other files and of programs is not followed, whoever wrote it.
#include "models/files/hdf5_reader.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "models/files/trace_file.h"
#include "tests/reference/hdf5_hostile.h"
#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

std::string Message(const std::string& path) {
  try {
    ReadTrace(path);
  } catch (const InputError& error) {
    return error.what();
  }
  return "read without complaint";
}

// The other file is a pipe without a writer: opening it never ends, and RunInChild's alarm does not wait for that. With
// a text of variable length the datasets are looked at in a process of its own first.
TEST(Hdf5Reader, FollowsAndRunsNothing) {
  const TemporaryDirectory folder;
  const std::string path = folder / "t.h5", pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const std::vector<std::pair<Hostile, std::string>> cases = {{Hostile::kSoftLink, "is a link"},
                                                              {Hostile::kExternalLink, "is a link"},
                                                              {Hostile::kExternalStorage, "lies in another file"},
                                                              {Hostile::kVirtual, "is virtual"},
                                                              {Hostile::kVirtualUnlimited, "is virtual"},
                                                              {Hostile::kFilter, "filter 32001 is not supported"}};
  for (const auto& [kind, words] : cases) {
    for (const bool foreign : {false, true}) {
      const std::string dataset = foreign ? "price" : "work_arrival";
      WriteTrace(MakeSmallTraceWithWork(4), path);
      MakeHostile(path, dataset, kind, pipe);
      if (foreign) MakeVariableText(path, "", "title");
      const int status = RunInChild([&path, &dataset, &expected = words] {
        const std::string said = Message(path);
        const bool is_right =
            said.find("'" + dataset + "'") != std::string::npos && said.find(expected) != std::string::npos;
        if (!is_right) std::fprintf(stderr, "%s\n", said.c_str());
        return is_right ? 0 : 1;
      });
      EXPECT_EQ(status, 0) << words << (foreign ? ", foreign" : "");
    }
  }
}

TEST(Hdf5Reader, RefusesWhatOthersWroteWhereOnlyEvenkeelWrites) {
  const TemporaryDirectory folder;
  const std::string path = folder / "t.h5";
  WriteTrace(MakeSmallTrace(4), path);
  EXPECT_EQ(Hdf5Reader(path, Hdf5Writers::kEvenkeel).Text("", "title"), "small");
  MakeVariableText(path, "", "title");
  EXPECT_EQ(Hdf5Reader(path).Text("", "title"), "x");
  ExpectInputError([&] { Hdf5Reader(path, Hdf5Writers::kEvenkeel).Text("", "title"); }, {path, "variable length"});
  WriteBytes(path, std::string(512, '\0') + ReadBytes(path));
  ExpectInputError([&] { Hdf5Reader(path, Hdf5Writers::kEvenkeel); }, {path, "checksums"});
}

}  // namespace
}  // namespace evenkeel
