#include "internal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Keys of the terminal's driver are meant for the child while it has the terminal: an interrupt does nothing to us, and ^Z stops us
   with it, as any group of processes. */
static const int shared[] = {SIGINT, SIGQUIT, SIGTSTP};
enum { SHARED = sizeof shared / sizeof *shared };

int cn_run_child(const char *command, const char *path) {
  size_t length = strlen(command) + sizeof " \"$1\"";
  char *script = malloc(length);
  if (script == NULL) return -ENOMEM;
  snprintf(script, length, "%s \"$1\"", command);
  struct sigaction old[SHARED], action;
  memset(&action, 0, sizeof action);
  for (int at = 0; at < SHARED; at++) {
    action.sa_handler = shared[at] == SIGTSTP ? SIG_DFL : SIG_IGN;
    sigaction(shared[at], &action, &old[at]);
  }
  pid_t child = fork();
  if (child == 0) {
    action.sa_handler = SIG_DFL;
    for (int at = 0; at < SHARED; at++) sigaction(shared[at], &action, NULL);
    sigaction(SIGPIPE, &action, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    cn_child_errors();
    execl("/bin/sh", "sh", "-c", script, "sh", path, (char *)NULL);
    _exit(127);
  }
  int result = child < 0 ? -errno : 0;
  while (child > 0) {
    int status;
    pid_t found = waitpid(child, &status, WUNTRACED);
    if (found < 0 && errno == EINTR) continue;
    if (found < 0) {
      result = -errno;
      break;
    }
    if (WIFSTOPPED(status)) {
      /* It stopped itself alone: so do we, and go on together. */
      raise(SIGSTOP);
      kill(child, SIGCONT);
      continue;
    }
    result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    break;
  }
  for (int at = 0; at < SHARED; at++) sigaction(shared[at], &old[at], NULL);
  free(script);
  return result;
}
