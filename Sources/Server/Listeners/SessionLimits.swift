import Model
import NIOCore

/// Bounds of one connection, and the patience with it. Tests take shorter times.
struct SessionLimits: Sendable {
  /// From the connection's begin: first byte, TLS and hello together. Long, since a busy machine may take its time, and places for
  /// strangers are bounded (`Admission`).
  var helloTime = TimeAmount.seconds(60)
  /// A frame that has begun must be complete within this.
  var frameTime = TimeAmount.seconds(30)
  /// What is written must move within this.
  var stallTime = TimeAmount.seconds(30)
  /// After the last answer the peer may close first.
  var farewellTime = TimeAmount.seconds(2)
  /// Bytes that wait for the peer; beyond it the connection ends.
  var backlogBound = 8 << 20
  /// Bytes that wait for the peer; beyond it nothing is sent that can wait, and no request is begun.
  var clogged = 1 << 20
  /// The connection is free again below this.
  var unclogged = 256 << 10
  /// Weights (`Question.weight`) of requests that are being answered at once.
  var requestsInFlight = 64
  /// Bytes of output of one render that wait for its files.
  var outputBacklog = 2 << 20
  /// Documents up to this length are read on the event loop, longer ones beside it.
  var smallDocument = 16 << 10
  /// Documents beyond this length are read beside the others.
  var longDocument = 1 << 20
  /// Of documents that come portion by portion and have not been read yet, over all connections.
  var uploadBytes = 512 << 20
  /// From a document's first portion to its last.
  var uploadTime = TimeAmount.seconds(300)
  /// After wrong passwords.
  var passwordDelays = PasswordDelays.Limits()
  /// Definitions of blocks that one render's connection has at once.
  var blockDefinitions = 64
}
