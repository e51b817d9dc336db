import Files
import Glibc
import Model

/// Suspends this machine: by systemd where it runs, else by the kernel.
struct Sleeping {
  /// The kernel's list of what the machine can do, into which the choice is written.
  var stateFile = "/sys/power/state"
  /// Exists while systemd is the first process.
  var systemdFolder = "/run/systemd/system"
  var systemctl = ["/usr/bin/systemctl", "/bin/systemctl"]

  /// Returns when the machine is asleep or about to be; by the kernel, when it has woken again.
  ///
  /// - Throws: `Failure` with what to do about it.
  func sleep() throws(Failure) -> String {
    if access(systemdFolder, F_OK) == 0, let program = systemctl.first(where: { access($0, X_OK) == 0 }) {
      try bySystemd(program)
      return "systemd suspends the machine"
    }
    try byKernel()
    return "the machine was asleep and is awake again"
  }

  private func bySystemd(_ program: String) throws(Failure) {
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup("suspend"), nil]
    defer { for text in arguments { free(text) } }
    // An agent does not wait for its children, and what it starts inherits that.
    signal(SIGCHLD, SIG_DFL)
    var pid: pid_t = 0
    let code = posix_spawn(&pid, program, nil, nil, &arguments, environ)
    guard code == 0 else { throw Failure(.failed, "cannot execute \(program): \(String(cString: strerror(code)))") }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else {
      throw Failure(
        .failed,
        "\(program) suspend failed (its words are above; as another user than root, polkit must allow "
          + "org.freedesktop.login1.suspend)")
    }
  }

  private func byKernel() throws(Failure) {
    let states: [UInt8]?
    do { states = try AtomicFile.read(stateFile, limit: 4096) } catch { throw refused(error) }
    guard let states else {
      throw Failure(
        .failed, "this machine cannot sleep: there is no \(stateFile) (is it a container, or a kernel without suspend?)")
    }
    let words = String(decoding: states, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard words.contains("mem") else {
      let known = words.isEmpty ? "nothing" : words.joined(separator: " ")
      throw Failure(.failed, "this machine cannot suspend to memory: \(stateFile) offers \(known) (see the firmware's settings)")
    }
    let file = open(stateFile, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { throw refused(FileError("write", stateFile)) }
    defer { close(file) }
    guard write(file, "mem", 3) == 3 else { throw refused(FileError("write", stateFile)) }
  }

  private func refused(_ error: FileError) -> Failure {
    switch error.code {
    case EACCES, EPERM, EROFS: Failure(.notPermitted, "\(error) (wolsleep without systemd must be run as root)")
    case EBUSY: Failure(.failed, "\(error) (something wakes the machine already)")
    default: Failure(.failed, "\(error)")
    }
  }
}
