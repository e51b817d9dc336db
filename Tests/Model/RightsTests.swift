import Model
import Testing

/// The table of who may do what, cell by cell, as reeve-server(8) has it.
@Suite struct RightsTests {
  /// Whose it is that something is done to.
  enum Whose: CaseIterable { case own, other, farm }

  private static let own: Set<Role> = [.user, .superUser, .administrator]
  private static let high: Set<Role> = [.superUser, .administrator]
  private static let highest: Set<Role> = [.administrator]

  /// Everything that can be asked, with the roles that may do it to one's own, to another's, and to the farm's.
  private static let table: [(Deed, own: Set<Role>, other: Set<Role>, farm: Set<Role>)] = {
    var rows: [(Deed, own: Set<Role>, other: Set<Role>, farm: Set<Role>)] = [
      (.submit, own, own, own),
      (.add, own, high, high),
      (.setSystemJob, high, high, high),
      (.backup, highest, highest, highest),
      (.restore, highest, highest, highest),
      (.operateRender(.nimby), own, high, high),
      (.operateRender(.NIMBY), own, high, high),
      (.operateRender(.free), own, high, high),
      (.operateRender(.eject), own, high, high),
      (.operateRender(.ejectNotOwn), own, high, high),
      (.operateRender(.pause), high, high, high),
      (.operateRender(.unpause), high, high, high),
      (.operateRender(.healSick), high, high, high),
      (.operateRender(.sleep), high, high, high),
      (.operateRender(.wake), high, high, high),
      (.operateRender(.restoreDefaults), highest, highest, highest),
      (.create(.pool), highest, highest, highest),
      (.remove(.pool), highest, highest, highest),
      (.create(.branch), high, high, high),
      (.remove(.branch), high, high, high),
      (.create(.user), highest, highest, highest),
      (.remove(.user), highest, highest, highest),
      (.create(.render), highest, highest, highest),
      (.remove(.render), highest, highest, highest),
    ]
    for kind in Operation.Kind.allCases {
      rows.append((.operate(kind), own, high, high))
      rows.append((.operateSystemJob(kind), high, high, high))
    }
    for parameter in Parameters.job.parameters {
      let isOwner = parameter.key == "user_name"
      rows.append((.set(.job, key: parameter.key), isOwner ? high : own, high, high))
    }
    for parameter in Parameters.block.parameters { rows.append((.set(.block, key: parameter.key), own, high, high)) }
    for parameter in Parameters.task.parameters { rows.append((.set(.task, key: parameter.key), own, high, high)) }
    let ownOfRender: Set<String> = ["nimby", "NIMBY", "annotation", "custom_data", "hidden"]
    for parameter in Parameters.render.parameters {
      let key = parameter.key
      if ownOfRender.contains(key) {
        rows.append((.set(.render, key: key), own, high, high))
      } else if key == "paused" || key == "user_name" {
        rows.append((.set(.render, key: key), high, high, high))
      } else {
        rows.append((.set(.render, key: key), highest, highest, highest))
      }
    }
    for parameter in Parameters.pool.parameters { rows.append((.set(.pool, key: parameter.key), highest, highest, highest)) }
    for parameter in Parameters.branch.parameters { rows.append((.set(.branch, key: parameter.key), high, high, high)) }
    let ownOfUser: Set<String> = [
      "annotation", "custom_data", "hidden", "errors_retries", "errors_avoid_host", "errors_task_same_host", "errors_forgive_time",
      "jobs_life_time",
    ]
    for parameter in Parameters.user.parameters {
      let key = parameter.key
      rows.append((.set(.user, key: key), ownOfUser.contains(key) ? own : highest, highest, highest))
    }
    return rows
  }()

  @Test("each command, each role, one's own, another's and the farm's: allowed and refused as written")
  func cells() {
    for (deed, own, other, farm) in Self.table {
      for role in Role.allCases {
        for whose in Whose.allCases {
          let owner: String? = whose == .own ? "anna" : whose == .other ? "bob" : nil
          let allowed = whose == .own ? own : whose == .other ? other : farm
          let refusal = Rights.refusal(of: deed, by: "anna", role, owner: owner)
          #expect((refusal == nil) == allowed.contains(role), "\(deed), \(role.word), \(whose): \(refusal ?? "allowed")")
          if let refusal { #expect(refusal.hasPrefix("not permitted: ") && refusal.hasSuffix("press !, or reeve --super)")) }
        }
      }
    }
    // Nothing that a render or a node can be told is missing.
    let deeds = Set(Self.table.map(\.0))
    #expect(RenderOrder.allCases.allSatisfy { deeds.contains(.operateRender($0)) })
    #expect(NodeOrder.Kind.allCases.allSatisfy { deeds.contains(.create($0)) && deeds.contains(.remove($0)) })
  }

  @Test("a refusal says whose it is and who may")
  func words() {
    #expect(
      Rights.refusal(of: .operate(.delete), by: "bob", .user, owner: "anna")
        == "not permitted: it is a job of anna (super users may: press !, or reeve --super)")
    #expect(
      Rights.refusal(of: .operateRender(.nimby), by: "bob", .user, owner: "anna")
        == "not permitted: it is a render of anna (super users may: press !, or reeve --super)")
    #expect(
      Rights.refusal(of: .operateRender(.sleep), by: "anna", .user, owner: "anna")
        == "not permitted: sleep of a render is for super users (press !, or reeve --super)")
    #expect(
      Rights.refusal(of: .set(.pool, key: "tickets_pool.NUKE"), by: "anna", .superUser, owner: nil)
        == "not permitted: tickets_pool.NUKE of a pool is for administrators (press !, or reeve --super)")
    #expect(
      Rights.refusal(of: .set(.user, key: "annotation"), by: "anna", .superUser, owner: "bob")
        == "not permitted: it is the user bob (administrators may: press !, or reeve --super)")
    #expect(
      Rights.refusal(of: .operateSystemJob(.restart), by: "anna", .user, owner: nil)
        == "not permitted: the system job is for super users (press !, or reeve --super)")
  }
}
