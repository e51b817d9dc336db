#ifndef CPOSIX_FILES_H
#define CPOSIX_FILES_H
#include <stdbool.h>
#include <stdint.h>

/// What is at a path, links followed.
struct cposix_file {
  /// No folder, no device, no socket.
  bool is_regular;
  /// Bytes.
  int64_t size;
  /// When it was written last, in microseconds since 1970.
  int64_t modified;
};

/// Looks at a path. 0, or minus errno.
int cposix_look(const char *_Nonnull path, struct cposix_file *_Nonnull file);

#endif
