#define _GNU_SOURCE
#include "cposix_files.h"
#include <errno.h>
#include <sys/stat.h>

int cposix_look(const char *path, struct cposix_file *file) {
  struct stat status;
  if (stat(path, &status) != 0) return -errno;
  file->is_regular = S_ISREG(status.st_mode);
  file->size = status.st_size;
  file->modified = (int64_t)status.st_mtim.tv_sec * 1000000 + status.st_mtim.tv_nsec / 1000;
  return 0;
}
