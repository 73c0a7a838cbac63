#include "experiments/sweep/ranks.h"

#include <cstdlib>

#include "models/base/error.h"

#ifdef EVENKEEL_MPI
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>

#include <chrono>
#include <mutex>
#include <thread>
#endif

namespace evenkeel {

#ifdef EVENKEEL_MPI

namespace {

constexpr int kResult = 1, kWork = 2;

void Check(int status) {
  if (status != MPI_SUCCESS) throw InternalError(fmt::format("MPI failed with code {}", status));
}

/// Workers may have several threads; MPI is asked to serve one at a time.
std::mutex mpi_mutex;

}  // namespace

bool IsLaunchedByMpi() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"}) {
    if (std::getenv(name) != nullptr) return true;
  }
  return false;
}

Ranks::Ranks() {
  if (!IsLaunchedByMpi()) return;
  int provided = 0;
  Check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided));
  if (provided < MPI_THREAD_SERIALIZED) throw InputError("this MPI does not serve several threads");
  Check(MPI_Comm_rank(MPI_COMM_WORLD, &rank_));
  Check(MPI_Comm_size(MPI_COMM_WORLD, &size_));
}

Ranks::~Ranks() {
  if (IsLaunchedByMpi()) MPI_Finalize();
}

void Ranks::Serve(const std::function<void(const std::string&)>& result, const std::function<int()>& next) {
  int open = size_ - 1;  // ranks that have not been told that there is no more work
  while (open > 0) {
    MPI_Status status;
    int waiting = 0;
    Check(MPI_Iprobe(MPI_ANY_SOURCE, kResult, MPI_COMM_WORLD, &waiting, &status));
    if (waiting == 0) {
      // Not MPI_Probe: it spins, on a core that has cells to run.
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      continue;
    }
    int length = 0;
    Check(MPI_Get_count(&status, MPI_CHAR, &length));
    std::string brought(static_cast<std::size_t>(length), '\0');
    Check(MPI_Recv(brought.data(), length, MPI_CHAR, status.MPI_SOURCE, kResult, MPI_COMM_WORLD, MPI_STATUS_IGNORE));
    if (!brought.empty()) result(brought);
    const int work = next();
    Check(MPI_Send(&work, 1, MPI_INT, status.MPI_SOURCE, kWork, MPI_COMM_WORLD));
    if (work == kNoMoreWork) --open;
  }
}

int Ranks::Ask(const std::string& result) {
  const std::lock_guard<std::mutex> lock(mpi_mutex);
  Check(MPI_Send(result.data(), static_cast<int>(result.size()), MPI_CHAR, 0, kResult, MPI_COMM_WORLD));
  int work = kNoMoreWork;
  Check(MPI_Recv(&work, 1, MPI_INT, 0, kWork, MPI_COMM_WORLD, MPI_STATUS_IGNORE));
  return work;
}

#else

bool IsLaunchedByMpi() { return false; }

Ranks::Ranks() = default;
Ranks::~Ranks() = default;
void Ranks::Serve(const std::function<void(const std::string&)>&, const std::function<int()>&) {}
int Ranks::Ask(const std::string&) { throw InternalError("a process alone has nobody to ask"); }

#endif

}  // namespace evenkeel
