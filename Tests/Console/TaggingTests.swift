import Model
import Testing

@testable import Console

/// Rows that are tagged because they match.
@Suite struct TaggingTests {
  private func console(_ screen: ConsoleScreenID = .jobs) -> Fixture {
    var console = Fixture(screen: screen)
    console.connect()
    return console
  }

  private func answer(_ console: inout Fixture, total: Int? = nil, _ fill: (inout ViewUpdate) -> Void) {
    var update = console.snapshot(.tagging, total: 0)
    fill(&update)
    update.total = total ?? update.jobs.count + update.renders.count + update.users.count + update.tasks.count
    console.happens(.view(update))
  }

  @Test("what matches in the whole list is asked for beside its filter, and tagged; then nothing is followed for it any more")
  func jobs() {
    var console = console()
    console.type("f")
    console.enter("user:anna")
    console.type("Enter")
    console.showJobs(Sample.jobs)
    console.type("*")
    console.enter("state:err light")
    console.type("Enter")
    guard case .jobs(let query)? = console.model.active[.tagging]?.topic else {
      Issue.record("nothing is asked for")
      return
    }
    #expect(query.user == "anna")
    #expect(
      query.terms == [
        FilterTerm(field: "state", comparison: .equal, values: ["\(StateBits.error.rawValue)"]),
        FilterTerm(field: "name", comparison: .found, values: ["light"]),
      ])
    #expect(console.model.active[.tagging]?.window == Window(first: 0, count: 1000))
    let number = console.number(.tagging)
    // A row of a job that is not seen.
    answer(&console) { $0.jobs = [Sample.jobs[2], Sample.job(77, "light far away")] }
    #expect(Set(console.model.tags.jobs.keys) == [JobID(4), JobID(77)])
    #expect(console.status.contains("2 jobs tagged"))
    #expect(console.effects.contains(.unsubscribe(number)) && console.model.active[.tagging] == nil)
    console.type("D")
    #expect(console.text.contains { $0.contains("Delete 2 jobs") })
  }

  @Test("what comes for a pattern that was given up is not taken for the answer to the next")
  func twice() {
    var console = console()
    console.showJobs(Sample.jobs)
    console.type("*")
    console.enter("light")
    console.type("Enter")
    var late = console.snapshot(.tagging, total: 1)
    late.jobs = [Sample.jobs[2]]
    console.type("*")
    console.enter("sim")
    console.type("Enter")
    console.happens(.view(late))
    #expect(console.model.tags.jobs.isEmpty)
    answer(&console) { $0.jobs = [Sample.job(77, "sim")] }
    #expect(Set(console.model.tags.jobs.keys) == [JobID(77)])
  }

  @Test("of too many the first are tagged, and it is said what reaches all; when none matches it is said too")
  func bounds() {
    var console = console()
    console.showJobs(Sample.jobs)
    console.type("*")
    console.enter("sim")
    console.type("Enter")
    answer(&console, total: 3412) { $0.jobs = (1...1000).map { Sample.job($0, "sim") } }
    #expect(console.model.tags.jobs.count == 1000)
    #expect(console.status.contains("only the first 1000 of 3412 that match are tagged"))
    console.type("u", "*")
    console.enter("nothing")
    console.type("Enter")
    answer(&console) { _ in }
    #expect(console.model.tags.isEmpty && console.status.contains("no job matches “nothing”"))
    console.type("*")
    console.enter("nofield:1")
    console.type("Enter")
    #expect(console.model.tagWish == nil && console.status.contains("no field is called"))
  }

  @Test("renders, users and tasks are tagged likewise; tasks by their state, and only those that the list shows")
  func others() {
    var farm = console(.farm)
    farm.showRenders(Sample.renders)
    farm.type("*")
    farm.enter("render0[12]")
    farm.type("Enter")
    answer(&farm) { $0.renders = Array(Sample.renders.prefix(2)) }
    #expect(farm.model.tags.renders.count == 2 && farm.status.contains("2 renders tagged"))

    var users = console(.users)
    users.type("f")
    users.enter("a")
    users.type("Enter")
    users.showUsers(Sample.users)
    users.type("*")
    users.enter("b|n")
    users.type("Enter")
    answer(&users) { $0.users = Array(Sample.users.prefix(2)) }
    // Of bob the list shows nothing.
    #expect(users.model.tags.users == ["anna"])

    var tasks = console()
    tasks.showJobs(Sample.jobs)
    tasks.type("Enter")
    tasks.showJob(Sample.jobs[0], blocks: [Sample.block(2, 0, "render", counts: Sample.jobs[0].counts)], letters: "DDDD")
    tasks.type("*")
    tasks.enter("frame")
    tasks.type("Enter")
    #expect(tasks.status.contains("tasks are tagged by state"))
    tasks.type("*")
    tasks.enter("state:err")
    tasks.type("Enter")
    #expect(
      tasks.model.active[.tagging]?.topic == .tasks(TasksQuery(job: JobID(2), block: BlockIndex(0), state: .error)))
    answer(&tasks) { $0.tasks = [Sample.task(JobID(2), BlockIndex(0), 13)] }
    #expect(tasks.model.tags.tasks.count == 1 && tasks.status.contains("1 task tagged"))
  }

  @Test("a lost connection ends the search; where nothing can be tagged it is said")
  func lost() {
    var console = console()
    console.showJobs(Sample.jobs)
    console.type("*")
    console.enter("sim")
    console.type("Enter")
    console.happens(.link(.lost(reason: "it left", nextTry: console.now)), after: 1)
    console.connect()
    #expect(console.model.active[.tagging] == nil)
    console.type("6", "*")
    #expect(console.model.prompt == nil && console.status.contains("nothing is tagged here"))
  }
}
