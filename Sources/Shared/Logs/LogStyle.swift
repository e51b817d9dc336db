public import ArgumentParser

/// How log lines look.
public enum LogStyle: String, Sendable, CaseIterable, ExpressibleByArgument {
  case text, json
}
