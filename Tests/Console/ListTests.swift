import Model
import Testing

@testable import Console

@Suite struct ListTests {
  private func list(_ ids: [UInt32], total: Int? = nil, first: Int = 0, height: Int = 5) -> RowList<JobSummary> {
    var list = RowList<JobSummary>()
    list.resize(height: height)
    list.take(ids.map { Sample.job($0, "job \($0)") }, isSnapshot: true, total: total ?? ids.count, first: first)
    return list
  }

  @Test("the cursor belongs to a row's id: when the order changes it goes along")
  func cursorFollows() {
    var list = list([1, 2, 3, 4])
    list.move(to: 2)
    list.take([3, 1, 2, 4].map { Sample.job($0, "x") }, isSnapshot: true, total: 4, first: 0)
    #expect(list.cursor == 0)
    #expect(list.current?.id == JobID(3))
  }

  @Test("when the row under the cursor is deleted, the cursor stays at its place")
  func cursorStays() {
    var list = list([1, 2, 3, 4])
    list.move(to: 2)
    list.take([1, 2, 4].map { Sample.job($0, "x") }, isSnapshot: true, total: 3, first: 0)
    #expect(list.cursor == 2)
    #expect(list.current?.id == JobID(4))
  }

  @Test("rows that are read stay where they are on screen when others come above them")
  func screenStays() {
    var list = list(Array(1...20), height: 5)
    list.move(to: 10)
    let offset = list.cursor - list.top
    list.take((90...92).map { Sample.job($0, "x") } + (1...20).map { Sample.job($0, "x") }, isSnapshot: true, total: 23, first: 0)
    #expect(list.current?.id == JobID(11))
    #expect(list.cursor - list.top == offset)
  }

  @Test("changes replace rows by id, and rows of elsewhere are left out")
  func deltas() {
    var list = list([1, 2, 3])
    list.take([Sample.job(2, "new name"), Sample.job(77, "other")], isSnapshot: false, total: 3, first: 0)
    #expect(list.rows.map(\.name) == ["job 1", "new name", "job 3"])
  }

  @Test("only a screenful with a margin is asked for, and not anew for each step")
  func window() {
    var list = list(Array(0..<15), total: 100_000, height: 5)
    let first = list.window(keeping: nil)
    #expect(first == Window(first: 0, count: 10))
    list.move(to: 4)
    #expect(list.window(keeping: first) == first)
    list.move(to: 50_000)
    let far = list.window(keeping: first)
    #expect(far.covers(list.visible))
    #expect(far.count <= 15)
    list.move(by: 1)
    #expect(list.window(keeping: far) == far)
    #expect(list.current == nil)
  }

  @Test("a cursor that runs ahead of its rows gets its id when they come")
  func ahead() {
    var list = list(Array(0..<15), total: 1000, height: 5)
    list.move(to: 999)
    #expect(list.cursorID == nil)
    list.take((985..<1000).map { Sample.job($0, "x") }, isSnapshot: true, total: 1000, first: 985)
    #expect(list.cursorID == JobID(999))
    #expect(list.visible == 995..<1000)
  }

  @Test("a list that has become shorter is shown to its end")
  func shorter() {
    var list = list(Array(0..<50), height: 10)
    list.move(to: 49)
    list.take([Sample.job(0, "x")], isSnapshot: true, total: 1, first: 0)
    #expect(list.top == 0)
    #expect(list.cursor == 0)
  }
}

@Suite struct TaskGridTests {
  private func grid(_ total: Int, columns: Int = 60, rows: Int = 16) -> TaskGrid {
    var grid = TaskGrid()
    grid.resize(total: total, columns: columns, rows: rows)
    return grid
  }

  @Test(
    "a cell stands for as few tasks as show all of them",
    arguments: [(24, 1), (960, 1), (961, 2), (100_000, 200), (1_000_000, 2000), (10_000_000, 20_000)])
  func fitting(_ tasks: Int, _ perCell: Int) {
    #expect(grid(tasks).perCell == perCell)
    #expect(grid(tasks).cells <= 960)
  }

  @Test("closer keeps the cursor's tasks on screen, and out again ends where all are seen")
  func zoom() {
    var grid = grid(100_000)
    grid.move(to: 77_777)
    for _ in 0..<10 {
      grid.zoom(closer: true)
      let cell = (grid.chosen.lowerBound - grid.first) / grid.perCell
      #expect((0..<960).contains(cell))
      #expect(grid.chosen.contains(77_777))
    }
    #expect(grid.perCell == 1)
    for _ in 0..<10 { grid.zoom(closer: false) }
    #expect(grid.zoom == 0)
    #expect(grid.perCell == grid.fitting)
  }

  @Test("letters of another zoom are not taken for this one's")
  func stale() {
    var grid = grid(100)
    grid.take(
      GridChange(runs: [(0, "DDDD")], totalTasks: 100), isSnapshot: true,
      for: CellRange(first: 0, cells: 100, perCell: 1))
    #expect(grid.letter(cell: 0) == UInt8(ascii: "D"))
    grid.resize(total: 100_000, columns: 60, rows: 16)
    #expect(grid.letter(cell: 0) == nil)
  }

  @Test("a run beyond what was asked for is left out")
  func bounded() {
    var grid = grid(100)
    grid.take(
      GridChange(runs: [(99, "DD"), (1_000_000_000, "D"), (-1, "D"), (2, "R")], totalTasks: 100), isSnapshot: true,
      for: CellRange(first: 0, cells: 100, perCell: 1))
    #expect(grid.letters == Array("  R".utf8))
  }
}

@Suite struct LogBufferTests {
  private func lines(_ buffer: LogBuffer) -> [String] { (0..<buffer.count).map(buffer.text) }

  @Test("lines are found however the bytes are cut")
  func cuts() {
    let text = Array("one\ntwo\r\nthree\rfour\r\r\nfünf\n\nlast".utf8)
    let wanted = ["one", "two", "three", "four", "fünf", "", "last"]
    for cut in 0...text.count {
      var buffer = LogBuffer()
      buffer.append(Array(text[..<cut]), at: 0)
      buffer.append(Array(text[cut...]), at: UInt64(cut))
      #expect(lines(buffer) == wanted, "cut at \(cut)")
    }
  }

  @Test("what comes twice is taken once, and a gap is told")
  func overlap() {
    var buffer = LogBuffer()
    buffer.append(Array("abc\n".utf8), at: 0)
    buffer.append(Array("bc\ndef\n".utf8), at: 1)
    #expect(lines(buffer) == ["abc", "def"])
    buffer.append(Array("end\n".utf8), at: 100)
    #expect(lines(buffer) == ["abc", "def", "[92 bytes are not kept]", "end"])
    #expect(buffer.next == 104)
  }

  @Test("a line without an end is cut, between characters")
  func longLine() {
    var buffer = LogBuffer()
    buffer.append(Array(String(repeating: "ä", count: 5000).utf8), at: 0)
    #expect(buffer.count == 3)
    #expect(lines(buffer).joined() == String(repeating: "ä", count: 5000))
  }

  @Test("beyond its capacity the oldest lines go")
  func capacity() {
    var buffer = LogBuffer()
    let portion = Array(repeating: Array("0123456789abcde\n".utf8), count: 65_536).flatMap { $0 }
    for number in 0..<10 { buffer.append(portion, at: UInt64(number * portion.count)) }
    #expect(buffer.count * 16 <= LogBuffer.capacity)
    #expect(buffer.dropped > 0)
    #expect(buffer.text(0) == "0123456789abcde")
  }

  @Test("a search in small letters finds capitals, one with capitals only them; it goes around")
  func search() {
    var page = LogPage(key: TaskKey(job: JobID(1), block: BlockIndex(0), task: TaskIndex(0)), jobName: "")
    page.take(LogPortion(subscription: 1, offset: 0, data: Array("Error one\nfine\nerror two\n".utf8)))
    func found(_ text: String, from line: Int, forward: Bool) -> Int? {
      page.find(Search(text), from: line, forward: forward) ? page.match : nil
    }
    #expect(found("error", from: 1, forward: true) == 2)
    #expect(found("error", from: 3, forward: true) == 0)
    #expect(found("Error", from: 1, forward: true) == 0)
    #expect(found("error", from: 1, forward: false) == 0)
    #expect(found("nothing", from: 0, forward: true) == nil)
  }
}
