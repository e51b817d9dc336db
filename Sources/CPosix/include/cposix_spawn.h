#ifndef CPOSIX_SPAWN_H
#define CPOSIX_SPAWN_H
#include <sys/types.h>

/// What to start. All strings end with a NUL; `arguments` and `environment` end with a null pointer.
struct cposix_spawn_request {
  /// A file, not searched in PATH: absolute, or relative to `directory`.
  const char *_Nonnull program;
  char *_Nullable const *_Nonnull arguments;
  char *_Nullable const *_Nonnull environment;
  /// Working directory; null: the caller's.
  const char *_Nullable directory;
  /// Descriptors that become 0 and 1. All but these and `errors` are closed in the child.
  int input;
  int output;
  /// The descriptor that becomes 2; -1: that of the output.
  int errors;
  /// -20...19, absolute. What the system does not allow is left out.
  int nice;
  /// Sent to the child when the calling *thread* ends; 0: none.
  int death_signal;
  /// Soft limit of open files for the child; 0: the caller's.
  unsigned long open_files;
};

enum cposix_spawn_stage {
  CPOSIX_SPAWN_STARTED = 0,
  CPOSIX_SPAWN_FORK,
  CPOSIX_SPAWN_DIRECTORY,
  CPOSIX_SPAWN_DESCRIPTORS,
  CPOSIX_SPAWN_EXECUTE,
};

/// Starts a program as the leader of a session and process group of its own, with default signal handling and an empty signal mask.
/// A file without `#!` that is no binary is given to /bin/sh, as a shell would.
///
/// Costs one vfork and one exec: the caller stands still until the exec.
///
/// - Returns: the process's id, which is the group's and the session's too; or minus errno, with the step that failed in `*stage`.
pid_t cposix_spawn(const struct cposix_spawn_request *_Nonnull request, enum cposix_spawn_stage *_Nonnull stage);

/// Marks every open descriptor from `first` on so that no program executed from now on inherits it. 0, or minus errno.
int cposix_close_on_exec_from(unsigned first);

#endif
