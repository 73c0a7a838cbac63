// The processes of one sweep on one or many machines. The only place that knows MPI; without it, or without mpirun or
// srun, a process is alone.
#pragma once

#include <functional>
#include <string>

namespace evenkeel {

/// Was this process started by an MPI launcher, and is it built for one?
bool IsLaunchedByMpi();

/// From the first to the last use of MPI. One per program.
class Ranks {
 public:
  /// Joins the other processes where there are any.
  Ranks();
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  int rank() const { return rank_; }
  int size() const { return size_; }

  static constexpr int kNoMoreWork = -1;

  /// Rank 0: serves all others until everyone has been told that there is no more. `result` is given what a rank brings
  /// (empty with its first question), `next` says what it gets. Called on one thread.
  void Serve(const std::function<void(const std::string&)>& result, const std::function<int()>& next);

  /// Any other rank, any thread: brings a result, empty when there is none, and gets the next piece of work.
  int Ask(const std::string& result);

 private:
  int rank_ = 0, size_ = 1;
};

}  // namespace evenkeel
