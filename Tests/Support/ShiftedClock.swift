import Foundation
import Glibc

/// A wall clock that can be set while programs run, for them alone: a small library laid over their `clock_gettime`.
///
/// It shifts `CLOCK_REALTIME`, `gettimeofday` and `time` by seconds that stand in a file; monotonic clocks go on.
public final class ShiftedClock {
  private let library: String
  private let file: String

  public init(_ scratch: ScratchFolder) throws {
    library = scratch.file("shifted-clock.so")
    file = scratch.file("shifted-clock")
    let source = try scratch.write(Self.source, to: "shifted-clock.c")
    try set(0)
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = ["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]
    try compiler.run()
    compiler.waitUntilExit()
    guard compiler.terminationStatus == 0 else { throw NotObserved("cc did not build the shifted clock") }
  }

  /// For the programs that are to see it.
  public var environment: [String: String] { ["LD_PRELOAD": library, "SHIFTED_CLOCK": file] }

  /// Sets the clock so many seconds before or behind the true one, at once, in all programs.
  public func set(_ seconds: Int64) throws {
    let bytes = withUnsafeBytes(of: seconds) { Array($0) }
    let descriptor = open(file, O_WRONLY | O_CREAT, 0o600)
    guard descriptor >= 0 else { throw NotObserved("\(file): \(errno)") }
    defer { close(descriptor) }
    // In place: programs have it in their memory.
    guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else { throw NotObserved("\(file): \(errno)") }
  }

  private static let source = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <fcntl.h>
    #include <stdint.h>
    #include <stdlib.h>
    #include <sys/mman.h>
    #include <sys/time.h>
    #include <time.h>
    #include <unistd.h>

    static int64_t shift(void) {
      static volatile const int64_t *seconds;
      if (!seconds) {
        const char *path = getenv("SHIFTED_CLOCK");
        int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
        if (file < 0) return 0;
        void *map = mmap(0, sizeof *seconds, PROT_READ, MAP_SHARED, file, 0);
        close(file);
        if (map == MAP_FAILED) return 0;
        seconds = map;
      }
      return *seconds;
    }

    int clock_gettime(clockid_t clock, struct timespec *time) {
      static int (*real)(clockid_t, struct timespec *);
      if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
      int status = real(clock, time);
      if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += shift();
      return status;
    }

    int gettimeofday(struct timeval *restrict time, void *restrict zone) {
      struct timespec now;
      (void)zone;
      if (clock_gettime(CLOCK_REALTIME, &now)) return -1;
      time->tv_sec = now.tv_sec;
      time->tv_usec = now.tv_nsec / 1000;
      return 0;
    }

    time_t time(time_t *out) {
      struct timespec now;
      clock_gettime(CLOCK_REALTIME, &now);
      if (out) *out = now.tv_sec;
      return now.tv_sec;
    }

    """
}
