import ArgumentParser
import Model
import Text
import Wire

struct SetCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Gives new values to parameters.",
    usage: "reeve set KIND NAME … KEY=VALUE …",
    discussion: """
      KIND is jobs, blocks, tasks, renders, pools, branches or users; blocks and tasks are named by their job with --block, tasks \
      besides with --tasks:
        reeve set jobs 12 priority=150 hosts_mask=r0
        reeve set blocks 12 --block render capacity=500
        reeve set pools / tickets_pool.NUKE=40 services+=nuke
      A value is JSON when it can be read as JSON, else a string. KEY= is the empty string, KEY=null the default. KEY+=WORD and \
      KEY-=WORD put a word into a list or take it out. Asks first when it hits more than one node.
      """)

  @Argument(
    help: ArgumentHelp("jobs, blocks, tasks, renders, pools, branches or users.", valueName: "kind"),
    completion: .list(EditSyntax.Kind.allCases.map(\.rawValue)))
  var kind: String

  @Argument(help: ArgumentHelp("Names or numbers, then changes.", valueName: "words"))
  var words: [String] = []

  @Option(help: ArgumentHelp("The nodes whose whole name this regular expression matches, instead of names.", valueName: "re"))
  var mask: String?

  @Option(help: "The block, by its number, from 0, or its name.")
  var block: String?

  @Flag(help: "All blocks of the jobs.")
  var allBlocks = false

  @Option(help: ArgumentHelp("The tasks, by numbers and frames, as 1,3-5,f10-f20.", valueName: "list"))
  var tasks: String?

  @Flag(help: "Does not ask.")
  var yes = false

  @OptionGroup var global: GlobalOptions

  /// What is to be changed; with a request for each way in which nodes are named.
  func requests() throws(Failure) -> [EditRequest] {
    guard let kind = EditSyntax.Kind(word: kind) else {
      throw Failure(.usage, "\"\(kind)\" is no kind of node (expected \(EditSyntax.Kind.words))")
    }
    let (names, changes) = try EditSyntax.split(words)
    guard names.isEmpty || mask == nil else { throw Failure(.usage, "names and --mask exclude each other") }
    guard !names.isEmpty || mask != nil else { throw Failure(.usage, "nothing is named (give names, or --mask)") }
    if kind != .blocks, kind != .tasks, block != nil || allBlocks {
      throw Failure(.usage, "--block is for blocks and tasks")
    }
    if kind != .tasks, tasks != nil { throw Failure(.usage, "--tasks is for tasks") }
    switch kind {
    case .jobs: return try jobs(names).map { EditRequest(target: .jobs($0), changes: changes) }
    case .blocks:
      guard (block != nil) != allBlocks else { throw Failure(.usage, "expected --block or --all-blocks") }
      let place = try block.map { text throws(Failure) in try Self.block(text) }
      return try jobs(names).map { EditRequest(target: .blocks($0, place), changes: changes) }
    case .tasks:
      guard let block, let tasks, !allBlocks else { throw Failure(.usage, "expected --block and --tasks") }
      let (place, ranges) = (try Self.block(block), try TaskListSyntax.parse(tasks))
      return try jobs(names).map { EditRequest(target: .tasks($0, place, ranges), changes: changes) }
    case .renders: return [EditRequest(target: .renders(try nodes(names)), changes: changes)]
    case .pools: return [EditRequest(target: .pools(try nodes(names)), changes: changes)]
    case .branches: return [EditRequest(target: .branches(try nodes(names)), changes: changes)]
    case .users: return [EditRequest(target: .users(try nodes(names)), changes: changes)]
    }
  }

  private static func block(_ text: String) throws(Failure) -> BlockSelection {
    guard let place = BlockSelection(text: text) else {
      throw Failure(.usage, "--block: expected a block's number or name, found nothing")
    }
    return place
  }

  private func jobs(_ names: [String]) throws(Failure) -> [JobSelection] {
    try JobTargets.selections(names, mask: mask)
  }

  private func nodes(_ names: [String]) throws(Failure) -> NodeSelection {
    guard let mask else { return .names(names) }
    _ = try JobTarget.selection(mask: mask)
    return .mask(mask)
  }

  var changesTheFarm: Bool { true }

  func perform(_ call: Call) async throws -> Int32 {
    let requests = try requests()
    return try await Farm.with(call) { farm in
      var all: [EditRequest] = []
      var hit: [String] = []
      for request in requests {
        let (exact, names) = try await farm.exactly(request)
        all.append(exact)
        hit += names
      }
      if hit.count > 1, !yes {
        try Confirmation.requireTerminal(yes: false, call)
        guard try Confirmation.ask(Confirmation.question("Change", nodes: hit), call) else {
          throw Failure(.failed, "nothing was changed")
        }
      }
      var outcomes: [NodeOutcome] = []
      var undos: [UndoOffer?] = []
      for request in all {
        let (some, undo) = try await farm.edit(request)
        undos.append(undo)
        if some.isEmpty { throw Failure(.notFound, "nothing is meant by \(words.first ?? mask ?? "")") }
        outcomes += some
      }
      if call.wantsJSON { call.show(UndoPresentation.adding(undos, to: NodePresentation.json(outcomes))) }
      return try call.conclude(outcomes.map { ($0.isDone, $0.isPermitted, NodePresentation.line($0)) }, undo: undos)
    }
  }
}

extension Farm {
  /// The same request on exactly those nodes that are there now, and what they are called.
  ///
  /// - Throws: `Failure(.notFound)` when it means none.
  fileprivate func exactly(_ request: EditRequest) async throws -> (EditRequest, [String]) {
    var request = request
    func found(_ selection: NodeSelection, _ kind: String, _ list: () async throws -> [String]) async throws -> NodeSelection {
      guard case .mask(let mask) = selection else { return selection }
      let pattern = try Pattern(mask)
      let names = try await list().filter { pattern.matchesWhole($0) }
      guard !names.isEmpty else { throw Failure(.notFound, "no \(kind) is meant by --mask \"\(mask)\"") }
      return .names(names)
    }
    func names(_ selection: NodeSelection, _ kind: String) -> [String] {
      if case .names(let names) = selection { names.map { "\(kind) \($0)" } } else { [] }
    }
    switch request.target {
    case .jobs(let selection):
      let rows = try await jobs([selection])
      request.target = .jobs(.ids(rows.map(\.id)))
      return (request, rows.map { "job \($0.id) \"\($0.name)\"" })
    case .blocks(let selection, let block):
      let rows = try await jobs([selection])
      request.target = .blocks(.ids(rows.map(\.id)), block)
      if let block { return (request, rows.map { "job \($0.id) block \(block.text)" }) }
      return (request, rows.flatMap { row in (0..<max(1, Int(row.blockCount))).map { "job \(row.id) block \($0)" } })
    case .tasks(let selection, let block, let ranges):
      let rows = try await jobs([selection])
      request.target = .tasks(.ids(rows.map(\.id)), block, ranges)
      return (
        request,
        rows.flatMap { row in
          ranges.flatMap { range in
            // Enough to see that there are many.
            (range.first...min(range.last, range.first + 1000)).map { "task \(row.id)[\(block.text)][\($0)]" }
          }
        }
      )
    case .renders(let selection):
      let exact = try await found(selection, "render") {
        var all: [String] = []
        try await renders(WireListRenders()) { all += $0.map(\.name) }
        return all
      }
      request.target = .renders(exact)
      return (request, names(exact, "render"))
    case .pools(let selection):
      let exact = try await found(selection, "pool") { try await pools().map(\.path) }
      request.target = .pools(exact)
      return (request, names(exact, "pool"))
    case .branches(let selection):
      let exact = try await found(selection, "branch") { try await branches().map(\.path) }
      request.target = .branches(exact)
      return (request, names(exact, "branch"))
    case .users(let selection):
      let exact = try await found(selection, "user") { try await users().map(\.summary.name) }
      request.target = .users(exact)
      return (request, names(exact, "user"))
    }
  }
}
