/// How log lines look.
public enum LogStyle: String, Sendable, CaseIterable {
  case text, json
}
