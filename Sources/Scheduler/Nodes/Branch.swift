import Model

/// A branch as the scheduler keeps it.
struct Branch: Sendable {
  let path: String
  var parameters: BranchParameters
  var created: Instant
  /// Place in `Farm.branches`; nil: the root.
  let parent: Int?
  /// Place in the work tree.
  var node = -1
  /// Places of the nodes of its users, by places in `Farm.people`; while it solves jobs there are none.
  var users: [Int: Int] = [:]
  /// Jobs that are in it, not in branches below. Places in `Farm.jobs`.
  var jobs: Set<Int> = []
  var children = 0
  /// Jobs in its subtree.
  var jobsBelow: Int32 = 0
  /// Running tasks by place in `Farm.renders`, while there is a limit per host.
  var onHost: [Int: Int32] = [:]
  /// Its place holds a branch.
  var exists = true

  func stored(_ use: FadingUse) -> StoredBranch {
    StoredBranch(path: path, parameters: parameters, created: created, used: use.used, usedAt: use.at)
  }
}

/// Paths of branches and pools: `/`, `/film`, `/film/shot010`.
enum NodePath {
  /// `/a/b` of `/a/b/c`; nil for `/`.
  static func parent(_ path: String) -> String? {
    guard path != "/", let slash = path.utf8.lastIndex(of: 0x2F) else { return nil }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Without an end slash, doubled slashes and blanks at the ends; with one at the beginning.
  static func normal(_ path: String) -> String {
    "/"
      + path.split(separator: "/", omittingEmptySubsequences: true).map { part in
        var part = part
        while part.first == " " { part.removeFirst() }
        while part.last == " " { part.removeLast() }
        return String(part)
      }.filter { !$0.isEmpty }.joined(separator: "/")
  }

  /// What is wrong with a path; nil: nothing.
  static func fault(_ path: String) -> String? {
    if path.utf8.count > Limits.nameBytes { return "the path is longer than \(Limits.nameBytes) bytes" }
    if path.split(separator: "/").count > 32 { return "the path is more than 32 levels deep" }
    if path.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) { return "the path has a control character" }
    return nil
  }
}
