// swift-tools-version: 6.1
import PackageDescription

// `REEVE_TESTS=Scheduler,Model swift build --build-tests` builds only these test targets: quick turns on one module.
let onlyTests = Context.environment["REEVE_TESTS"].map { Set($0.split(separator: ",").map(String.init)) }

// `REEVE_FUZZ=1` (make fuzz): Reeve's own modules are built for the fuzzer, and reeve-fuzz takes the place of the tests.
let fuzzing = Context.environment["REEVE_FUZZ"] == "1"

let strict: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (fuzzing ? [.unsafeFlags(["-enable-testing", "-assert-config", "Debug"])] : [])

// Modules that decode nothing from outside are not watched by the fuzzer: its instruments make them slow to build.
let unwatched: Set<String> = ["Scheduler", "Identity", "LogLines", "FuzzTargets"]
let watched: [SwiftSetting] = fuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address"])] : []

func library(_ name: String, path: String, exclude: [String] = [], _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: path, exclude: exclude,
    swiftSettings: strict + (unwatched.contains(name) ? [] : watched))
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "Sources/Programs/\(name)", swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> [Target] {
  if fuzzing { return [] }
  if let onlyTests, !onlyTests.contains(name) { return [] }
  return [
    .testTarget(
      name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
  ]
}

/// What decodes bytes from outside, run on bytes that nobody foresaw: by libFuzzer, or by a test that runs the corpus.
func fuzz(_ dependencies: [Target.Dependency]) -> [Target] {
  if !fuzzing {
    if let onlyTests, !onlyTests.contains("Fuzz") { return [] }
    return [
      .testTarget(
        name: "FuzzTests", dependencies: dependencies, path: "Tests/Fuzz", exclude: ["Program"], swiftSettings: strict)
    ]
  }
  return [
    library("FuzzTargets", path: "Tests/Fuzz", exclude: ["Program", "CorpusTests.swift"], dependencies),
    // In C, for libFuzzer brings its own main.
    .executableTarget(
      name: "reeve-fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Program",
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
  ]
}

let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
  .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let deques: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")

let package = Package(
  name: "reeve",
  products: [
    .executable(name: "reeve-server", targets: ["reeve-server"]),
    .executable(name: "reeve-render", targets: ["reeve-render"]),
    .executable(name: "reeve-watch", targets: ["reeve-watch"]),
    .executable(name: "reeve", targets: ["reeve"]),
    .executable(name: "reeve-bench", targets: ["reeve-bench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
  ],
  targets: [
    // C shims: what Swift cannot say.
    .target(name: "CPosix", path: "Sources/CPosix"),
    .target(
      name: "CNCurses", path: "Sources/CNCurses",
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),

    // Shared: what all programs speak.
    library("Model", path: "Sources/Shared/Model"),
    library("Text", path: "Sources/Shared/Text"),
    library("Files", path: "Sources/Shared/Files", []),
    library("LogLines", path: "Sources/Shared/Logs", ["Model", logging, arguments]),
    library("Settings", path: "Sources/Shared/Configuration", ["Model", "Files"]),
    library("Processes", path: "Sources/Shared/Processes", ["Model", "CPosix"]),
    library("Identity", path: "Sources/Shared/Identity", ["Files", x509, asn1, crypto]),
    library("Wire", path: "Sources/Shared/Wire", exclude: ["Protocol"], ["Model", "Identity", protobuf] + nio),

    // The farm, and the shell around it.
    library("Scheduler", path: "Sources/Scheduler", ["Model"]),
    library("Simulation", path: "Sources/Simulation", ["Scheduler", "Model"]),
    library(
      "Server", path: "Sources/Server",
      [
        "Scheduler", "Simulation", "Model", "Text", "LogLines", "Settings", "Files", "Identity", "Wire", "CPosix", grdb, lifecycle,
        logging, protobuf,
        deques, arguments, crypto, cryptoExtras,
      ] + nio),
    library(
      "EventService", path: "Sources/Events",
      [
        "Model", "Text", "Settings", "Files", "Processes", "CPosix", crypto, .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOTLS", package: "swift-nio"),
      ] + nio),
    library(
      "Render", path: "Sources/Render",
      [
        "EventService", "Model", "Text", "LogLines", "Settings", "Files", "Processes", "Identity", "Wire", "CPosix", logging, yams,
        arguments,
      ] + nio),
    library(
      "Console", path: "Sources/Console", exclude: ["Screen"],
      ["Model", "Text", "Settings", "Wire", yams, deques]),
    library(
      "ConsoleScreen", path: "Sources/Console/Screen",
      ["Console", "Command", "Model", "Text", "Settings", "Files", "Processes", "Identity", "Wire", "CNCurses", arguments] + nio),
    library(
      "Command", path: "Sources/Command",
      ["Model", "Text", "Settings", "Files", "Identity", "Wire", arguments] + nio),

    program("reeve-server", ["Server"]),
    program("reeve-render", ["Render"]),
    program("reeve-watch", ["ConsoleScreen"]),
    program("reeve", ["Command"]),
    .executableTarget(
      name: "reeve-bench",
      dependencies: ["Model", "Scheduler", "Wire", "Identity", "Files", "Settings", "CPosix", arguments] + nio,
      path: "benchmarks/reeve-bench", swiftSettings: strict),

    // Tests.
    .target(name: "CNetworks", path: "Tests/CNetworks"),
    .target(
      name: "TestSupport",
      dependencies: ["CNetworks", "CPosix", "Model", "Wire", "Identity", .product(name: "NIOHTTP1", package: "swift-nio")] + nio,
      path: "Tests/Support",
      swiftSettings: strict),
  ]
    + tests("Model", ["Model", "Text"])
    + tests(
      "Shared",
      ["Wire", "Files", "Identity", "Settings", "Model", "TestSupport", .product(name: "NIOEmbedded", package: "swift-nio")] + nio)
    + tests("Scheduler", ["Scheduler", "Simulation", "Model"])
    + tests("Simulation", ["Simulation", "Scheduler", "Model"])
    + tests("Server", ["Server", "Scheduler", "Model", "LogLines", "Files", "Wire", "TestSupport", protobuf] + nio)
    + tests("Events", ["EventService", "Processes", "Model", "Settings", "TestSupport"])
    + tests("Render", ["Render", "Model", "Wire", "Identity", "TestSupport"] + nio)
    + tests("Console", ["Console", "Model", "Text", "Wire"])
    + tests("Command", ["Command", "Model", "Text", "Wire", "TestSupport"])
    + tests(
      "EndToEnd",
      ["TestSupport", "Model", "Wire", "Identity", "reeve-server", "reeve-render", "reeve-watch", "reeve", "reeve-bench", crypto]
        + nio)
    + fuzz(
      [
        "Model", "Text", "Files", "Settings", "Wire", "Scheduler", "Server", "EventService", "Render", "Console", protobuf, grdb,
        logging,
        .product(name: "NIOEmbedded", package: "swift-nio"),
      ] + nio),
  swiftLanguageModes: [.v6]
)
