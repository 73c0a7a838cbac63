#include "predictors/process/lockdown.h"

#include <fcntl.h>
#include <poll.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <memory>
#include <thread>

#include "models/base/error.h"
#include "models/files/memory_estimate.h"

namespace evenkeel {
namespace {

/// What a computation needs, whatever its arguments. On files: only those that are open.
constexpr int kAllowed[] = {
    // files that are open
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(fstat),
    SCMP_SYS(poll), SCMP_SYS(ppoll),
    // memory
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
    // threads that there are, and signals to itself
    SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(getcpu), SCMP_SYS(rseq),
    SCMP_SYS(set_robust_list), SCMP_SYS(gettid), SCMP_SYS(getpid), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall),
    // time and chance
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(times),
    SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep), SCMP_SYS(getrandom),
    // about the process and the machine
    SCMP_SYS(getrusage), SCMP_SYS(sysinfo), SCMP_SYS(uname),
    // the end
    SCMP_SYS(exit), SCMP_SYS(exit_group)};

[[noreturn]] void CannotLock(int error) {
  throw InputError("this system cannot lock a process down (seccomp: {}), and nothing of a stranger's is run without",
                   SystemReason(error));
}

class Filter {
 public:
  /// EPERM for all that is not allowed.
  Filter() : context_(::seccomp_init(SCMP_ACT_ERRNO(EPERM)), ::seccomp_release) {
    if (context_ == nullptr) CannotLock(ENOSYS);
    Check(::seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_TSYNC, 1));  // all threads
  }

  void Allow(int call) { Check(::seccomp_rule_add_array(context_.get(), SCMP_ACT_ALLOW, call, 0, nullptr)); }

  void Allow(int call, const scmp_arg_cmp& argument) {
    Check(::seccomp_rule_add_array(context_.get(), SCMP_ACT_ALLOW, call, 1, &argument));
  }

  void Load() { Check(::seccomp_load(context_.get())); }

 private:
  static void Check(int result) {
    if (result < 0) CannotLock(-result);
  }

  std::unique_ptr<void, void (*)(scmp_filter_ctx)> context_;
};

scmp_arg_cmp Argument(unsigned at, scmp_compare how, std::uint64_t a, std::uint64_t b = 0) { return {at, how, a, b}; }

void LoadFilter() {
  Filter filter;
  for (const int call : kAllowed) filter.Allow(call);
  // Memory that is not executable.
  filter.Allow(SCMP_SYS(mmap), Argument(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  filter.Allow(SCMP_SYS(mprotect), Argument(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  // abort() sends the process's own threads a signal.
  filter.Allow(SCMP_SYS(tgkill), Argument(0, SCMP_CMP_EQ, static_cast<std::uint64_t>(::getpid())));
  // Files are looked at (whether they are a terminal, how long they are), not changed.
  filter.Allow(SCMP_SYS(fcntl), Argument(1, SCMP_CMP_EQ, F_GETFL));
  filter.Load();
}

void Limit(__rlimit_resource_t resource, std::int64_t most) {
  rlimit limit = {};
  if (::getrlimit(resource, &limit) != 0) CannotLock(errno);
  if (static_cast<rlim_t>(most) < limit.rlim_max) limit.rlim_max = static_cast<rlim_t>(most);
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(resource, &limit) != 0) CannotLock(errno);
}

/// Waits for the other end in a thread of its own: a computation that never ends must not outlive who asked for it.
void EndWithTheOtherEnd() {
  std::thread([] {
    pollfd input = {STDIN_FILENO, POLLRDHUP, 0};
    while (::poll(&input, 1, -1) <= 0 || input.revents == 0) continue;
    ::_exit(0);
  }).detach();
}

}  // namespace

void LockDown(std::int64_t most_memory) {
  EndWithTheOtherEnd();
  Limit(RLIMIT_CORE, 0);
  Limit(RLIMIT_FSIZE, 0);
  Limit(RLIMIT_NOFILE, 16);
  const double mapped = MappedBytes();
  if (!std::isfinite(mapped)) CannotLock(ENOENT);
  Limit(RLIMIT_AS, static_cast<std::int64_t>(mapped) + most_memory);
  if (::prctl(PR_SET_DUMPABLE, 0) != 0 || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) CannotLock(errno);
  LoadFilter();
}

}  // namespace evenkeel
