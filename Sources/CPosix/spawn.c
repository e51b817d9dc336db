#define _GNU_SOURCE
#include "cposix_spawn.h"
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <sys/wait.h>

// What the child says to its parent. The two share their memory until the exec.
struct report {
  volatile int error;
  volatile enum cposix_spawn_stage stage;
};

// Runs in the child, in the parent's memory: touches nothing but `report`, calls nothing but the kernel, does not return.
static void __attribute__((noreturn))
become(const struct cposix_spawn_request *r, char *const *script, pid_t parent, struct report *report) {
  report->stage = CPOSIX_SPAWN_DESCRIPTORS;
  struct sigaction standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < 32; number++) sigaction(number, &standard, NULL);
  sigset_t none;
  sigemptyset(&none);

  setsid();
  if (r->death_signal != 0) {
    prctl(PR_SET_PDEATHSIG, r->death_signal);
    if (getppid() != parent) _exit(127);  // It ended before the line above.
  }
  setpriority(PRIO_PROCESS, 0, r->nice);
  struct rlimit files;
  if (r->open_files != 0 && getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = r->open_files;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  if (dup2(r->input, 0) < 0 || dup2(r->output, 1) < 0 || dup2(r->errors < 0 ? 1 : r->errors, 2) < 0) goto failed;
  // All that is above: by one call where the kernel has it (5.9), else what is open is close-on-exec anyway.
  syscall(SYS_close_range, 3u, ~0u, 0u);

  if (r->directory != NULL) {
    report->stage = CPOSIX_SPAWN_DIRECTORY;
    if (chdir(r->directory) != 0) goto failed;
  }
  report->stage = CPOSIX_SPAWN_EXECUTE;
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(r->program, (char *const *)r->arguments, (char *const *)r->environment);
  if (errno == ENOEXEC && script != NULL) execve("/bin/sh", script, (char *const *)r->environment);
failed:
  report->error = errno;
  _exit(127);
}

pid_t cposix_spawn(const struct cposix_spawn_request *request, enum cposix_spawn_stage *stage) {
  struct report report = {0, CPOSIX_SPAWN_FORK};
  size_t count = 0;
  while (request->arguments[count] != NULL) count++;
  // /bin/sh PROGRAM ARGUMENT…
  char **script = malloc((count + 2) * sizeof *script);
  if (script != NULL) {
    script[0] = "/bin/sh";
    script[1] = (char *)request->program;
    for (size_t at = 1; at < count; at++) script[at + 1] = request->arguments[at];
    script[count == 0 ? 2 : count + 1] = NULL;
  }
  pid_t parent = getpid();
  // No handler of ours may run in the child while it uses our memory.
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &before);
  pid_t child = vfork();
  if (child == 0) become(request, script, parent, &report);
  int error = child < 0 ? errno : report.error;
  sigprocmask(SIG_SETMASK, &before, NULL);
  free(script);
  if (error != 0) {
    *stage = report.stage;
    if (child > 0) {
      // It has left by _exit; nobody else waits for it.
      siginfo_t gone;
      waitid(P_PID, (id_t)child, &gone, WEXITED);
    }
    return -error;
  }
  *stage = CPOSIX_SPAWN_STARTED;
  return child;
}

int cposix_close_on_exec_from(unsigned first) {
  // CLOSE_RANGE_CLOEXEC, of Linux 5.11.
  return syscall(SYS_close_range, first, ~0u, 1u << 2) == 0 ? 0 : -errno;
}
