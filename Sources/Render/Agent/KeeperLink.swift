import CPosix
import Files
import Glibc
import Model
import NIOCore
import NIOPosix

/// The agent's connection to its keeper. Lives on one event loop: requests are buffered until `flush`, reports come in order, and
/// `onPause` is called when all that one read brought has been given.
final class KeeperLink: Sendable {
  private let channel: any Channel

  private init(channel: any Channel) { self.channel = channel }

  func write(_ request: KeeperRequest) {
    channel.write(ByteBuffer(bytes: request.encoded()), promise: nil)
  }

  func flush() { channel.flush() }

  func close() async { try? await channel.close().get() }

  /// Connects to the keeper of a state directory, starting one when there is none.
  ///
  /// - Parameters:
  ///   - program: path of this program.
  ///   - onClose: called once, after the last report.
  /// - Throws: `Failure` with what to look at when there is none and none can be started.
  static func open(
    _ folder: KeeperFolder, program: String, loop: any EventLoop, pool: NIOThreadPool,
    onReport: @escaping @Sendable (KeeperReport) -> Void, onPause: @escaping @Sendable () -> Void,
    onClose: @escaping @Sendable () -> Void
  ) async throws -> KeeperLink {
    let socket = try await pool.runIfActive { try KeeperLaunch(folder: folder, program: program).connect() }
    let channel = try await ClientBootstrap(group: loop)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(KeeperReader(onReport: onReport, onPause: onPause, onClose: onClose))
        }
      }
      .withConnectedSocket(socket).get()
    let link = KeeperLink(channel: channel)
    link.write(.hello(version: KeeperProtocol.version))
    link.flush()
    return link
  }
}

/// Cuts what the keeper sends into reports.
private final class KeeperReader: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private var buffer = MessageBuffer()
  private let onReport: @Sendable (KeeperReport) -> Void
  private let onPause: @Sendable () -> Void
  private let onClose: @Sendable () -> Void

  init(
    onReport: @escaping @Sendable (KeeperReport) -> Void, onPause: @escaping @Sendable () -> Void,
    onClose: @escaping @Sendable () -> Void
  ) {
    self.onReport = onReport
    self.onPause = onPause
    self.onClose = onClose
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    buffer.append(unwrapInboundIn(data).readableBytesView)
    do {
      while let message = try buffer.next() {
        if let report = try KeeperReport.decode(message) { onReport(report) }
      }
    } catch {
      context.close(promise: nil)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) { onPause() }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  func channelInactive(context: ChannelHandlerContext) { onClose() }
}

/// Finds the running keeper or starts one. Blocks for as long as that takes, at most `patienceMilliseconds`.
struct KeeperLaunch {
  let folder: KeeperFolder
  let program: String
  private static let patienceMilliseconds: Int64 = 15_000

  init(folder: KeeperFolder, program: String) {
    self.folder = folder
    self.program = program
  }

  /// - Returns: a connected socket.
  func connect() throws -> Int32 {
    let deadline = Clock.monotonicMilliseconds + Self.patienceMilliseconds
    var isStarted = false
    var pause: useconds_t = 1000
    while true {
      do throws(FileError) {
        return try KeeperSocket.connect(in: folder)
      } catch {
        guard Clock.monotonicMilliseconds < deadline else {
          throw Failure(.failed, "the keeper does not come up: \(error) (its words are in \(folder.keeperLog))")
        }
      }
      // One that is just leaving still has the lock: then the new one gives up at once, and another try follows.
      if !isStarted || pause > 200_000 {
        try start()
        isStarted = true
      }
      usleep(pause)
      pause = min(250_000, pause * 2)
    }
  }

  private func start() throws {
    var status = stat()
    let isLong = stat(folder.keeperLog, &status) == 0 && status.st_size > 1 << 20
    let log = Glibc.open(folder.keeperLog, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (isLong ? O_TRUNC : 0), 0o600)
    guard log >= 0 else { throw FileError("write", folder.keeperLog) }
    defer { Glibc.close(log) }
    let null = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard null >= 0 else { throw FileError("open", "/dev/null") }
    defer { Glibc.close(null) }
    let words: [String] = [program, "keeper", "--state", folder.path]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for pointer in arguments { free(pointer) } }
    var stage = CPOSIX_SPAWN_STARTED
    let child = arguments.withUnsafeMutableBufferPointer { buffer -> Int32 in
      guard let base = buffer.baseAddress else { return -EINVAL }
      return program.withCString { program in
        // In the root directory: it lives long and must not hold a file system.
        "/".withCString { root in
          var request = cposix_spawn_request(
            program: program, arguments: base, environment: environ, directory: root, input: null, output: log, errors: -1, nice: 0,
            death_signal: 0, open_files: 0)
          return cposix_spawn(&request, &stage)
        }
      }
    }
    guard child > 0 else { throw Failure(.failed, "cannot start the keeper, \(program): \(StartFailure.text(-child))") }
  }
}
