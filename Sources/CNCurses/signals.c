#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

static int signal_pipe[2] = {-1, -1};

static void note_signal(int number) {
  int saved = errno;
  unsigned char byte = (unsigned char)number;
  ssize_t ignored = write(signal_pipe[1], &byte, 1); /* never blocks: a full pipe drops it */
  (void)ignored;
  errno = saved;
}

static const int caught[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGHUP, SIGINT};

/* Whoever started this program may have held them back on the thread that did so, and that is handed down. */
void cn_signals_allow(void) {
  sigset_t wanted;
  sigemptyset(&wanted);
  for (size_t at = 0; at < sizeof caught / sizeof *caught; at++) sigaddset(&wanted, caught[at]);
  pthread_sigmask(SIG_UNBLOCK, &wanted, NULL);
}

int cn_signals_open(void) {
  if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  for (size_t at = 0; at < sizeof caught / sizeof *caught; at++) sigaction(caught[at], &action, NULL);
  cn_signals_allow();
  signal(SIGPIPE, SIG_IGN);
  return signal_pipe[0];
}

int cn_wake_open(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
void cn_wake(int descriptor) { eventfd_write(descriptor, 1); }
void cn_wake_clear(int descriptor) {
  eventfd_t count;
  eventfd_read(descriptor, &count);
}

/* What is written to standard error while the screen is up (a fatal error's message, a library's noise) would be drawn over and
   then be lost with the alternate screen. */
static int real_errors = -1, kept_errors = -1;

void cn_capture_errors(void) {
  kept_errors = memfd_create("reeve-watch-errors", MFD_CLOEXEC);
  real_errors = fcntl(2, F_DUPFD_CLOEXEC, 3);
  if (kept_errors >= 0 && real_errors >= 0) dup2(kept_errors, 2);
}

void cn_child_errors(void) {
  if (real_errors >= 0) dup2(real_errors, 2);
}

void cn_release_errors(void) {
  if (real_errors < 0) return;
  dup2(real_errors, 2);
  real_errors = -1;
  char text[512];
  off_t end = lseek(kept_errors, 0, SEEK_END), at = end > 16384 ? end - 16384 : 0;
  while (at < end) {
    ssize_t count = pread(kept_errors, text, sizeof text, at);
    if (count <= 0 || write(2, text, (size_t)count) < 0) break;
    at += count;
  }
}

static struct sigaction before[NSIG];

/* Only async-signal-safe calls here. */
static void on_crash(int number, siginfo_t *info, void *context) {
  static volatile sig_atomic_t entered;
  if (entered++ == 0) cn_restore_terminal();
  struct sigaction *old = &before[number];
  if (old->sa_flags & SA_SIGINFO && old->sa_sigaction != NULL) {
    old->sa_sigaction(number, info, context); /* Swift's backtrace */
  } else if (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN && old->sa_handler != NULL) {
    old->sa_handler(number);
  }
  signal(number, SIG_DFL);
  raise(number);
}

void cn_crash_guard(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_crash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask); /* a full mask would kill Swift's backtracer, which probes bad pointers */
  const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGQUIT};
  for (size_t at = 0; at < sizeof fatal / sizeof *fatal; at++) sigaction(fatal[at], &action, &before[fatal[at]]);
}

void cn_alternate_stack(void) {
  stack_t stack;
  memset(&stack, 0, sizeof stack);
  stack.ss_size = 64 * 1024;
  stack.ss_sp = malloc(stack.ss_size);
  if (stack.ss_sp != NULL) sigaltstack(&stack, NULL);
}
