import Model
import Wire

extension Order {
  /// The one table of orders, in the order in which menus have them.
  static let table: [Order] = job + block + task + branch + render + pool + user + system

  private static let lost = "What runs is stopped and has to begin anew."
  private static let again = "What is done is rendered again."
  private static let counts = "It counts as done, and what depends on it goes on."
  private static let final = "This cannot be undone."
  private static let gone = "All that is known of it goes, its outputs too."

  // MARK: Jobs, blocks, tasks

  private static let job: [Order] =
    [
      Order(.job, .start, .operation(.start), "Start", key: "C"),
      Order(.job, .pause, .operation(.pause), "Pause", key: "P"),
      Order(.job, .stop, .operation(.stop), "Stop", key: "O", asks: true, warning: lost),
      Order(.job, .restart, .operation(.restart), "Restart", key: "R", asks: true, warning: again),
      Order(
        .job, .restartErrors, .operation(.restartErrors), "Restart errors", verb: "Restart errors of", button: "Restart", key: "E"),
    ] + restarts(.job) + [
      Order(
        .job, .restartPause, .operation(.restartPause), "Restart and pause", button: "Restart", letter: "p", asks: true,
        warning: again),
      Order(.job, .skip, .operation(.skip), "Skip", key: "K", asks: true, warning: counts),
      Order(
        .job, .done, .operation(.done), "Mark as done", button: "Done", letter: "o", asks: true, warning: counts),
      Order(.job, .suspendTasks, .operation(.suspend), "Suspend", letter: "u"),
      Order(.job, .continueTasks, .operation(.continue), "Continue what is suspended", verb: "Continue", letter: "c"),
      Order(
        .job, .resetErrorHosts, .operation(.resetErrorHosts), "Forget the error hosts", verb: "Forget the error hosts of",
        button: "Forget", letter: "h"),
      Order(.job, .priority, .ask(.value("priority")), "Priority…", verb: "Change the priority of", button: "Change", key: "I"),
      Order(.job, .annotation, .ask(.value("annotation")), "Annotate…", verb: "Annotate", letter: "a"),
      Order(
        .job, .owner, .ask(.value("user_name")), "Give to another user…", verb: "Give away", button: "Give", letter: "n"),
      Order(.job, .move, .ask(.value("branch")), "Move to a branch…", verb: "Move", letter: "b"),
    ] + parameters(.job) + [
      Order(.job, .delete, .operation(.delete), "Delete", key: "D", asks: true, warning: gone)
    ]

  private static let block: [Order] =
    [
      Order(.block, .restart, .operation(.restart), "Restart", key: "R", asks: true, warning: again),
      Order(
        .block, .restartErrors, .operation(.restartErrors), "Restart errors", verb: "Restart errors of", button: "Restart", key: "E"
      ),
    ] + restarts(.block) + [
      Order(.block, .skip, .operation(.skip), "Skip", key: "K", asks: true, warning: counts),
      Order(
        .block, .done, .operation(.done), "Mark as done", button: "Done", letter: "o", asks: true, warning: counts
      ),
      Order(.block, .stop, .operation(.stop), "Stop", key: "O", asks: true, warning: lost),
      Order(.block, .suspendTasks, .operation(.suspend), "Suspend", letter: "u"),
      Order(.block, .continueTasks, .operation(.continue), "Continue what is suspended", verb: "Continue", letter: "c"),
      Order(
        .block, .resetErrorHosts, .operation(.resetErrorHosts), "Forget the error hosts", verb: "Forget the error hosts of",
        button: "Forget", letter: "h"),
      Order(
        .block, .capacity, .ask(.value("capacity")), "Capacity of a task…", verb: "Change the capacity of", button: "Change",
        letter: "y"),
    ] + parameters(.block)

  private static let task: [Order] = [
    Order(.task, .restart, .operation(.restart), "Restart", key: "R", asks: true, warning: again),
    Order(
      .task, .restartWithDepends, .withDepends(.restart), "Restart with what it depends on", button: "Restart", letter: "W",
      asks: true, warning: again),
    Order(.task, .skip, .operation(.skip), "Skip", key: "K", asks: true, warning: counts),
    Order(
      .task, .done, .operation(.done), "Mark as done", button: "Done", letter: "o", asks: true, warning: counts),
    Order(.task, .stop, .operation(.stop), "Stop", key: "O", asks: true, warning: lost),
    Order(
      .task, .restartErrors, .operation(.restartErrors), "Restart errors", verb: "Restart errors of", button: "Restart", key: "E"),
    Order(.task, .tryNext, .operation(.tryNext), "Try next", letter: "t"),
    Order(.task, .notTryNext, .operation(.notTryNext), "Try no longer next", letter: "T"),
    Order(.task, .suspendTasks, .operation(.suspend), "Suspend", letter: "u"),
    Order(.task, .continueTasks, .operation(.continue), "Continue what is suspended", verb: "Continue", letter: "c"),
    Order(
      .task, .resetErrorHosts, .operation(.resetErrorHosts), "Forget the error hosts", verb: "Forget the error hosts of",
      button: "Forget", letter: "h"),
    Order(.task, .set, .parameters, "Set a parameter…", verb: "Change", key: "e"),
  ]

  /// The rarer ways to restart.
  private static func restarts(_ kind: Kind) -> [Order] {
    [
      Order(
        kind, .restartRunning, .operation(.restartRunning), "Restart what runs", verb: "Restart what runs of", button: "Restart",
        letter: "r", asks: true, warning: lost),
      Order(
        kind, .restartSkipped, .operation(.restartSkipped), "Restart what is skipped", verb: "Restart what is skipped of",
        button: "Restart", letter: "s"),
      Order(
        kind, .restartDone, .operation(.restartDone), "Restart what is done", verb: "Restart what is done of", button: "Restart",
        letter: "d", asks: true, warning: again),
      Order(
        kind, .restartWarnings, .operation(.restartWarnings), "Restart warnings", verb: "Restart warnings of", button: "Restart",
        letter: "w", asks: true, warning: again),
    ]
  }

  private static func parameters(_ kind: Kind) -> [Order] {
    [
      Order(kind, .set, .parameters, "Set a parameter…", verb: "Change", key: "e"),
      Order(kind, .customData, .editor("custom_data"), "Custom data, in the editor…", verb: "Change", letter: "v"),
    ]
  }

  // MARK: Branches and users

  private static let branch: [Order] =
    [
      Order(.branch, .start, .set("paused", .bool(false)), "Start", key: "C"),
      Order(.branch, .pause, .set("paused", .bool(true)), "Pause", key: "P"),
      Order(
        .branch, .priority, .ask(.value("priority")), "Priority…", verb: "Change the priority of", button: "Change", key: "I"),
      Order(
        .branch, .maxTasks, .ask(.value("max_running_tasks")), "Running tasks at once…", verb: "Change the limit of",
        button: "Change", letter: "x"),
      Order(.branch, .annotation, .ask(.value("annotation")), "Annotate…", verb: "Annotate", letter: "a"),
      Order(.branch, .create, .ask(.name(.branch)), "Make a branch below…", verb: "Make", letter: "n"),
    ] + parameters(.branch) + [
      Order(.branch, .delete, .remove(.branch), "Delete", key: "D", asks: true, warning: final)
    ]

  private static let user: [Order] =
    [
      Order(.user, .start, .set("paused", .bool(false)), "Start", key: "C"),
      Order(.user, .pause, .set("paused", .bool(true)), "Pause", key: "P"),
      Order(.user, .priority, .ask(.value("priority")), "Priority…", verb: "Change the priority of", button: "Change", key: "I"),
      Order(
        .user, .maxTasks, .ask(.value("max_running_tasks")), "Running tasks at once…", verb: "Change the limit of",
        button: "Change", letter: "x"),
      Order(.user, .annotation, .ask(.value("annotation")), "Annotate…", verb: "Annotate", letter: "a"),
    ] + parameters(.user) + [
      Order(.user, .delete, .remove(.user), "Delete", key: "D", asks: true, warning: final)
    ]

  // MARK: Renders and pools

  private static let render: [Order] =
    [
      Order(.render, .nimby, .renders(.nimby), "nimby: only its own user's tasks", verb: "Set nimby on", button: "nimby", key: "M"),
      Order(.render, .NIMBY, .renders(.NIMBY), "NIMBY: no tasks", verb: "Set NIMBY on", button: "NIMBY", letter: "N"),
      Order(.render, .free, .renders(.free), "Free: everybody's tasks", verb: "Free", button: "Free", key: "F"),
      Order(.render, .pause, .renders(.pause), "Pause", key: "P"),
      Order(.render, .start, .renders(.unpause), "Unpause", key: "C"),
      Order(
        .render, .eject, .renders(.eject), "Eject all tasks", verb: "Eject all tasks of", button: "Eject", key: "E", asks: true,
        warning: "Its tasks go back on the queue and begin anew."),
      Order(
        .render, .ejectNotOwn, .renders(.ejectNotOwn), "Eject others' tasks", verb: "Eject others' tasks of", button: "Eject",
        letter: "o", asks: true, warning: "Its tasks go back on the queue and begin anew."),
      Order(.render, .healSick, .renders(.healSick), "Heal: no longer sick", verb: "Heal", button: "Heal", key: "H"),
      Order(
        .render, .restoreDefaults, .renders(.restoreDefaults), "Restore defaults", verb: "Restore the defaults of",
        button: "Restore", letter: "d", asks: true),
      Order(
        .render, .sleep, .renders(.sleep), "Sleep: the machine is suspended", verb: "Put to sleep", button: "Sleep", letter: "s",
        asks: true, warning: "It takes no tasks until it is woken."),
      Order(.render, .wake, .renders(.wake), "Wake by network", verb: "Wake", button: "Wake", letter: "w"),
      Order(
        .render, .owner, .ask(.value("user_name")), "Give to another user…", verb: "Give away", button: "Give", letter: "n"),
      Order(.render, .move, .ask(.value("pool")), "Move to a pool…", verb: "Move", letter: "l"),
    ] + farm(.render) + [
      Order(
        .render, .delete, .remove(.render), "Delete: forget it, offline as it is", verb: "Delete", button: "Delete", key: "D",
        asks: true, warning: final)
    ]

  private static let pool: [Order] =
    [
      Order(.pool, .start, .set("paused", .bool(false)), "Unpause", key: "C"),
      Order(.pool, .pause, .set("paused", .bool(true)), "Pause", key: "P"),
      Order(.pool, .create, .ask(.name(.pool)), "Make a pool below…", verb: "Make", letter: "n"),
      Order(
        .pool, .ticket, .ask(.member("tickets_pool")), "Tickets of the pool…", verb: "Change the tickets of", button: "Change",
        letter: "t"),
    ] + farm(.pool) + [
      Order(.pool, .delete, .remove(.pool), "Delete", key: "D", asks: true, warning: final)
    ]

  /// What pools and renders have alike.
  private static func farm(_ kind: Kind) -> [Order] {
    func words(_ action: Action, _ key: String, _ manner: EditRequest.Manner, _ title: String, _ letter: String) -> Order {
      Order(
        kind, action, .ask(.word(key, manner)), title + "…", verb: "Change the services of", button: "Change", letter: letter)
    }
    func value(_ action: Action, _ key: String, _ title: String, _ what: String, _ letter: String) -> Order {
      Order(
        kind, action, .ask(.value(key)), title + "…", verb: "Change the \(what) of", button: "Change", letter: letter)
    }
    return [
      Order(
        kind, .priority, .ask(.value("priority")), "Priority…", verb: "Change the priority of", button: "Change", key: "I"),
      value(.capacity, "capacity_host", "Capacity of a render", "capacity", "y"),
      value(.maxTasks, "max_tasks_host", "Tasks of a render at once", "limit", "x"),
      words(.serviceAdd, "services", .add, "Add a service", "+"),
      words(.serviceRemove, "services", .remove, "Remove a service", "-"),
      words(.serviceDisable, "services_disabled", .add, "Disable a service", "/"),
      words(.serviceEnable, "services_disabled", .remove, "Enable a service", "*"),
      Order(
        kind, .hostTicket, .ask(.member("tickets_host")), "Tickets of a render…", verb: "Change the tickets of",
        button: "Change", letter: "T"),
      value(.annotation, "annotation", "Annotate", "annotation", "a"),
    ] + parameters(kind)
  }

  // MARK: The system job

  private static let system: [Order] = [
    Order(
      .systemTask, .restart, .operation(.restart), "Drop the command", verb: "Drop", button: "Drop", key: "R", asks: true,
      warning: "It is not run any more."),
    Order(
      .systemBlock, .restartBlock, .operation(.restart), "Drop all commands", verb: "Drop all commands of", button: "Drop",
      key: "B", asks: true, warning: "What waits in line and what is a task already are dropped."),
  ]
}
