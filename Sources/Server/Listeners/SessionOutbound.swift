import Logging
import Model
import NIOCore
import Scheduler
import Wire

/// What leaves, to frames. `take` gathers, `flush` writes.
extension SessionHandler {
  func take(_ out: Out) {
    guard !isLeaving else { return }
    switch out {
    case .accepted(let render, let keep): accepted(render, keep)
    case .start(let start, let card): self.start(start, card)
    case .stop(let lease): event(16) { $0.stops.append(lease.value) }
    case .acknowledge(let lease):
      runs[lease] = nil
      event(10) { $0.acknowledged.append(lease.value) }
    case .configure(let configuration): event(16) { $0.configure = WireRenderConfigure(configuration) }
    case .sleep: event(2) { $0.sleep = true }
    case .listen(let lease, let offset):
      event(20) { events in
        var listen = WireListen()
        listen.lease = lease.value
        listen.offset = offset
        events.listens.append(listen)
      }
    case .unlisten(let lease): event(10) { $0.unlistens.append(lease.value) }
    case .reply(let number, let reply): self.reply(number, reply)
    case .view(let rows): append { $0.view = WireViewUpdate(rows) }
    case .events(let rows): append { $0.view = WireViewUpdate(rows) }
    case .journal(let rows): append { $0.view = WireViewUpdate(rows) }
    case .serverLines(let rows): append { $0.view = WireViewUpdate(rows) }
    case .log(let rows): append { $0.log = WireLogPortion(rows) }
    case .status(let condition):
      let now = hall.clock.now
      append { $0.status = WireServerStatus(condition, at: now) }
    case .role(let reason):
      append { frame in
        frame.role.role = UInt32(Role.user.rawValue)
        frame.role.reason = reason
      }
    case .refuse(let failure): refuse(failure)
    case .drop(let reason): refuse(Failure(.failed, reason))
    }
  }

  // MARK: Renders

  private func accepted(_ render: RenderID, _ keep: [Lease]) {
    sealEvents()
    runs = reported.filter { keep.contains($0.key) }
    reported = [:]
    append { frame in
      var accepted = WireRenderAccepted()
      accepted.render = render.value
      accepted.heartbeatSeconds = hall.renderTimes.heartbeat
      accepted.resourcesSeconds = hall.renderTimes.resources
      accepted.zombieSeconds = hall.renderTimes.zombie
      accepted.keep = keep.map(\.value)
      frame.accepted = accepted
    }
  }

  private func start(_ start: RunStart, _ card: JobCard) {
    let index = start.key.block
    guard card.spec.blocks.indices.contains(Int(index.value)) else { return }
    let block = card.spec.blocks[Int(index.value)]
    let reference = BlockDefinitions.Reference(job: start.key.job, block: index)
    var need = definitions.use(reference, stamp: card.stamp)
    if need == .newFrame {
      sealEvents()
      need = definitions.use(reference, stamp: card.stamp)
    }
    if case .definition(let dropped) = need {
      let definition = WireBlockDefinition(start.key.job, index, card.spec, block)
      event(definition.roughBytes) { events in
        if let dropped { events.droppedBlocks.append(WireBlockReference(dropped)) }
        events.blocks.append(definition)
      }
    }
    runs[start.lease] = start.key
    let wire = WireRunStart(start, block)
    event(wire.roughBytes) { $0.starts.append(wire) }
  }

  /// A frame of events stays far below the longest that is allowed, whatever is in it.
  private func event(_ bytes: Int, _ change: (inout WireRenderEvents) -> Void) {
    change(&events)
    eventBytes += bytes
    if eventBytes > 1 << 20 { sealEvents() }
  }

  private func sealEvents() {
    guard eventBytes > 0 else { return }
    let sealed = events
    events = WireRenderEvents()
    eventBytes = 0
    definitions.beginFrame()
    append { $0.events = sealed }
  }

  // MARK: People's programs

  func reply(_ number: UInt64, _ reply: Reply) {
    if let weight = requestWeights.removeValue(forKey: number) { requestWeight -= weight }
    var response = WireResponse(reply, warnings: warnings.removeValue(forKey: number) ?? [])
    response.id = number
    append { $0.response = response }
  }

  // MARK: Bytes

  private func append(_ fill: (inout WireServerFrame) -> Void) {
    var frame = WireServerFrame()
    fill(&frame)
    append(frame)
  }

  func append(_ frame: WireServerFrame) {
    guard let context else { return }
    guard backlog + out.readableBytes <= hall.limits.backlogBound else {
      return end("it does not read: \(backlog + out.readableBytes) bytes wait for it")
    }
    do {
      var buffer = try frame.framed(allocator: context.channel.allocator)
      guard buffer.readableBytes <= Limits.frameBytes + 4 else {
        guard case .response(let response) = frame.content else { return log.error("a frame is too long to be sent") }
        return reply(response.id, .failure(Failure(.failed, "the answer is longer than \(Limits.frameBytes >> 20) MiB")))
      }
      if out.readableBytes == 0 { out = buffer } else { out.writeBuffer(&buffer) }
    } catch {
      log.error("a frame cannot be encoded: \(error)")
    }
  }

  /// Writes all that was taken.
  func flush() {
    // Answers that are given make room for the next requests.
    if !requests.isEmpty {
      answerRequests()
      postMails()
    }
    sealEvents()
    guard out.readableBytes > 0, let context else { return }
    // In slices, so that a slow peer's progress can be seen.
    while let slice = out.readSlice(length: min(out.readableBytes, 128 << 10)), slice.readableBytes > 0 {
      let count = slice.readableBytes
      backlog += count
      let promise = context.eventLoop.makePromise(of: Void.self)
      promise.futureResult.assumeIsolated().whenComplete { [self] result in
        if case .success = result { wrote(count) }
      }
      context.write(wrapOutboundOut(slice), promise: promise)
    }
    out = ByteBuffer()
    context.flush()
    guard backlog > 0 else { return }
    if backlog > hall.limits.clogged { session?.setClogged(true) }
    if stallTimer == nil { watchForStall(context) }
  }

  private func wrote(_ count: Int) {
    backlog -= count
    written &+= UInt64(count)
    guard let session, session.isClogged, backlog <= hall.limits.unclogged else { return }
    session.setClogged(false)
    mails.append(.unclogged(session))
    postMails()
    flush()
  }

  private func watchForStall(_ context: ChannelHandlerContext) {
    let before = written
    stallTimer = context.eventLoop.assumeIsolated().scheduleTask(in: hall.limits.stallTime) { [self] in
      stallTimer = nil
      guard backlog > 0 else { return }
      if written == before { return end("it does not read: \(backlog) bytes wait for it") }
      watchForStall(context)
    }
  }
}
