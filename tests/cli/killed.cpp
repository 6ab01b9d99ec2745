#include "tests/cli/killed.hpp"

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace dmstall::tests {

namespace {

bool changes_files(const __ptrace_syscall_info& info) {
  switch (info.entry.nr) {
    case SYS_openat:
      return (info.entry.args[2] & (O_WRONLY | O_RDWR)) != 0;
    case SYS_write:
    case SYS_writev:
    case SYS_fsync:
    case SYS_fchmod:
    case SYS_fchown:
    case SYS_unlink:
    case SYS_unlinkat:
    case SYS_rename:
    case SYS_renameat:
    case SYS_renameat2:
    case SYS_close:
      return true;
    default:
      return false;
  }
}

[[noreturn]] void become(const std::string& folder, const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const int nothing = ::open("/dev/null", O_RDWR);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nothing, stream);
  if (::chdir(folder.c_str()) != 0 || ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(99);
  ::execv(arguments.front(), arguments.data());
  ::_exit(98);
}

}  // namespace

Killed kill_at_change(const std::string& folder, const std::vector<std::string>& command, int n) {
  Killed result;
  const pid_t pid = ::fork();
  if (pid == 0) become(folder, command);
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (!WIFSTOPPED(status)) return result;
  if (::ptrace(PTRACE_SETOPTIONS, pid, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) != 0) return result;
  int changes = 0;
  long deliver = 0;
  while (true) {
    ::ptrace(PTRACE_SYSCALL, pid, nullptr, deliver);
    deliver = 0;
    if (::waitpid(pid, &status, 0) != pid) return result;
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
      return result;
    }
    if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
      deliver = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
      continue;
    }
    __ptrace_syscall_info info{};
    if (::ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) <= 0) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, &status, 0);
      return result;
    }
    result.traced = true;
    if (info.op != PTRACE_SYSCALL_INFO_ENTRY || !changes_files(info) || changes++ != n) continue;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, &status, 0);
    result.killed = true;
    return result;
  }
}

}  // namespace dmstall::tests
