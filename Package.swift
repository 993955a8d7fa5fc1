// swift-tools-version: 6.2
import PackageDescription

// The layers of the house, lowest first. A target imports only targets above it in this list;
// Tests/RepositoryTests checks the import lines against docs/architecture.md.

/// Every target: the language features that keep imports and existentials explicit.
let commonSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// The server's targets. The SDK's targets carry none of these, or no other package could depend on them.
let serverSettings: [SwiftSetting] =
  commonSettings + [
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
  ]

/// Targets whose loops run once per record: optimised across modules.
let hotSettings: [SwiftSetting] =
  serverSettings + [
    .unsafeFlags(["-cross-module-optimization", "-enforce-exclusivity=unchecked"], .when(configuration: .release))
  ]

let kernelSettings: [CSetting] = [.unsafeFlags(["-O3"])]

func product(_ name: String, _ package: String) -> Target.Dependency { .product(name: name, package: package) }

let package = Package(
  name: "sightline",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "sightline", targets: ["sightline"]),
    .executable(name: "sightline-shop", targets: ["Shop"]),
    .executable(name: "conformance", targets: ["conformance"]),
    .executable(name: "engine-benchmarks", targets: ["engine-benchmarks"]),
    .executable(name: "sdk-benchmarks", targets: ["sdk-benchmarks"]),
    .executable(name: "trace-context-service", targets: ["trace-context-service"]),
    .library(name: "SightlineSDK", targets: ["SightlineSDK"]),
    .library(name: "SightlineGRDB", targets: ["SightlineGRDB"]),
    .library(name: "SightlineHummingbird", targets: ["SightlineHummingbird"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.0"),
    .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.0"),
    .package(url: "https://github.com/apple/swift-service-context.git", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0", traits: []),
    .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.0"),
  ],
  targets: [
    // C libraries and kernels
    .target(name: "CKernels", cSettings: kernelSettings),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"])]),
    .systemLibrary(name: "CCrypt"),
    .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),

    // Telemetry: model, codecs, wire formats, store
    .target(name: "TelemetryText", dependencies: ["CRE2"], swiftSettings: hotSettings),
    .target(name: "TelemetryModel", swiftSettings: hotSettings),
    .target(
      name: "TelemetryEncoding", dependencies: ["TelemetryModel", "CKernels", "CZstd"], swiftSettings: hotSettings),
    .target(
      name: "TelemetryWire",
      dependencies: ["TelemetryModel", "TelemetryEncoding", "CKernels", "CZstd", "CDeflate", "CSnappy"],
      swiftSettings: hotSettings),
    .target(name: "TelemetryStore", dependencies: ["TelemetryModel"], swiftSettings: hotSettings),
    .target(
      name: "TelemetryStorage",
      dependencies: [
        "TelemetryText", "TelemetryModel", "TelemetryEncoding", "TelemetryWire", "TelemetryStore", "CKernels", "CZstd",
      ],
      swiftSettings: hotSettings),
    .target(
      name: "EmbeddedStore", dependencies: ["TelemetryModel", "TelemetryStore", "TelemetryWire", "TelemetryStorage"],
      swiftSettings: serverSettings),

    // Questions
    .target(name: "QueryCore", dependencies: ["TelemetryModel", "TelemetryStore"], swiftSettings: serverSettings),
    .target(
      name: "SearchBar", dependencies: ["TelemetryModel", "TelemetryStore", "QueryCore"], swiftSettings: serverSettings),
    .target(
      name: "Insight", dependencies: ["TelemetryModel", "TelemetryStore", "QueryCore"], swiftSettings: serverSettings),
    .target(
      name: "PromQL", dependencies: ["TelemetryText", "TelemetryModel", "TelemetryStore", "QueryCore"],
      swiftSettings: hotSettings),
    .target(
      name: "LogQL", dependencies: ["TelemetryText", "TelemetryModel", "TelemetryStore", "QueryCore"],
      swiftSettings: hotSettings),
    .target(
      name: "TraceQL", dependencies: ["TelemetryText", "TelemetryModel", "TelemetryStore", "QueryCore"],
      swiftSettings: hotSettings),
    .executableTarget(
      name: "conformance",
      dependencies: [
        "TelemetryText", "TelemetryModel", "TelemetryWire", "TelemetryStore", "TelemetryStorage", "EmbeddedStore",
        "QueryCore", "PromQL", "LogQL", "TraceQL", product("ArgumentParser", "swift-argument-parser"),
        product("Yams", "Yams"),
      ],
      swiftSettings: serverSettings),

    .executableTarget(
      name: "engine-benchmarks",
      dependencies: [
        "TelemetryModel", "TelemetryEncoding", "TelemetryWire", "TelemetryStore", "TelemetryStorage", "EmbeddedStore",
        "QueryCore", "PromQL", "LogQL", "TraceQL", product("ArgumentParser", "swift-argument-parser"),
      ],
      path: "Benchmarks/Engine", swiftSettings: serverSettings),

    // Service
    .target(
      name: "Ingest",
      dependencies: [
        "TelemetryText", "TelemetryModel", "TelemetryWire", "TelemetryStore",
        product("NIOCore", "swift-nio"), product("NIOPosix", "swift-nio"), product("NIOHTTP1", "swift-nio"),
        product("NIOHTTP2", "swift-nio-http2"), product("NIOHPACK", "swift-nio-http2"), product("NIOTLS", "swift-nio"),
        product("NIOSSL", "swift-nio-ssl"), product("Logging", "swift-log"),
      ],
      swiftSettings: serverSettings),
    .target(
      name: "Server",
      dependencies: [
        "CCrypt", "TelemetryText",
        "TelemetryModel", "TelemetryWire", "TelemetryStore", "TelemetryStorage", "EmbeddedStore", "QueryCore",
        "SearchBar", "Insight", "PromQL", "LogQL", "TraceQL", "Ingest", "SightlineSDK",
        product("Hummingbird", "hummingbird"), product("HummingbirdCore", "hummingbird"),
        product("HTTPTypes", "swift-http-types"),
        product("NIOCore", "swift-nio"), product("NIOPosix", "swift-nio"), product("NIOHTTP1", "swift-nio"),
        product("NIOWebSocket", "swift-nio"), product("NIOHTTPTypesHTTP1", "swift-nio-extras"),
        product("NIOSSL", "swift-nio-ssl"),
        product("Logging", "swift-log"), product("Metrics", "swift-metrics"), product("CoreMetrics", "swift-metrics"),
        product("Tracing", "swift-distributed-tracing"), product("ServiceLifecycle", "swift-service-lifecycle"),
        product("UnixSignals", "swift-service-lifecycle"),
        product("GRDB", "GRDB.swift"), product("Yams", "Yams"),
      ],
      swiftSettings: serverSettings),
    .executableTarget(
      name: "sightline",
      dependencies: [
        "Server", "TelemetryText", "TelemetryModel",
        product("ArgumentParser", "swift-argument-parser"), product("AsyncHTTPClient", "async-http-client"),
        product("NIOCore", "swift-nio"), product("NIOPosix", "swift-nio"), product("NIOHTTP1", "swift-nio"),
        product("NIOWebSocket", "swift-nio"), product("Logging", "swift-log"),
        product("ServiceLifecycle", "swift-service-lifecycle"),
        product("NIOSSL", "swift-nio-ssl"),
      ],
      swiftSettings: serverSettings),

    // Instrumentation
    .target(
      name: "SightlineSDK",
      dependencies: [
        "CZlib", "CZstd", product("NIOPosix", "swift-nio"),
        product("Logging", "swift-log"), product("CoreMetrics", "swift-metrics"),
        product("Tracing", "swift-distributed-tracing"), product("Instrumentation", "swift-distributed-tracing"),
        product("ServiceContextModule", "swift-service-context"),
        product("ServiceLifecycle", "swift-service-lifecycle"), product("AsyncHTTPClient", "async-http-client"),
        product("NIOCore", "swift-nio"), product("NIOHTTP1", "swift-nio"), product("HTTPTypes", "swift-http-types"),
      ],
      swiftSettings: commonSettings),
    .target(
      name: "SightlineHummingbird",
      dependencies: [
        "SightlineSDK", product("Hummingbird", "hummingbird"), product("HTTPTypes", "swift-http-types"),
        product("CoreMetrics", "swift-metrics"), product("Tracing", "swift-distributed-tracing"),
      ],
      swiftSettings: commonSettings),
    .target(
      name: "SightlineGRDB",
      dependencies: [
        "SightlineSDK", product("GRDB", "GRDB.swift"), product("Tracing", "swift-distributed-tracing"),
      ],
      swiftSettings: commonSettings),
    .target(name: "AllocationCount", path: "Benchmarks/AllocationCount"),
    .executableTarget(
      name: "sdk-benchmarks",
      dependencies: [
        "SightlineSDK", "AllocationCount", product("Logging", "swift-log"), product("CoreMetrics", "swift-metrics"),
        product("Tracing", "swift-distributed-tracing"), product("Instrumentation", "swift-distributed-tracing"),
        product("ArgumentParser", "swift-argument-parser"),
      ],
      path: "Benchmarks/SDK", swiftSettings: commonSettings),
    .executableTarget(
      name: "trace-context-service",
      dependencies: [
        "SightlineSDK", "SightlineHummingbird", product("Hummingbird", "hummingbird"),
        product("HTTPTypes", "swift-http-types"),
        product("AsyncHTTPClient", "async-http-client"), product("ServiceLifecycle", "swift-service-lifecycle"),
        product("Logging", "swift-log"), product("Tracing", "swift-distributed-tracing"),
        product("NIOCore", "swift-nio"), product("NIOHTTP1", "swift-nio"),
        product("ArgumentParser", "swift-argument-parser"),
        product("UnixSignals", "swift-service-lifecycle"),
      ],
      swiftSettings: commonSettings),
    .executableTarget(
      name: "Shop",
      dependencies: [
        "SightlineSDK", product("Hummingbird", "hummingbird"), product("HTTPTypes", "swift-http-types"),
        product("AsyncHTTPClient", "async-http-client"), product("ServiceLifecycle", "swift-service-lifecycle"),
        product("Logging", "swift-log"), product("Metrics", "swift-metrics"),
        product("Tracing", "swift-distributed-tracing"), product("NIOCore", "swift-nio"),
        product("NIOHTTP1", "swift-nio"), product("CoreMetrics", "swift-metrics"),
        product("UnixSignals", "swift-service-lifecycle"),
        product("ArgumentParser", "swift-argument-parser"),
      ],
      swiftSettings: commonSettings),

    // Tests
    .testTarget(name: "RepositoryTests", swiftSettings: commonSettings),
    .testTarget(name: "TelemetryTextTests", dependencies: ["TelemetryText"], swiftSettings: commonSettings),
    .testTarget(
      name: "PromQLTests",
      dependencies: [
        "PromQL", "QueryCore", "QueryTestSupport", "TelemetryText", "TelemetryModel", "TelemetryStore", "TelemetryWire",
        "TelemetryStorage", "EmbeddedStore", "conformance",
      ],
      swiftSettings: commonSettings),
    .testTarget(
      name: "TraceQLTests",
      dependencies: [
        "TraceQL", "QueryTestSupport", "TelemetryText", "TelemetryModel", "TelemetryStore", "TelemetryStorage",
        "EmbeddedStore",
      ],
      swiftSettings: commonSettings),
    .testTarget(
      name: "LogQLTests",
      dependencies: [
        "LogQL", "QueryTestSupport", "TelemetryText", "TelemetryModel", "TelemetryStore", "TelemetryWire",
      ],
      swiftSettings: commonSettings),
    .target(
      name: "TelemetryFixtures", dependencies: ["TelemetryModel"], path: "Tests/TelemetryFixtures",
      swiftSettings: commonSettings),
    .testTarget(
      name: "TelemetryModelTests", dependencies: ["TelemetryModel", "TelemetryFixtures"], swiftSettings: commonSettings),
    .testTarget(
      name: "TelemetryEncodingTests", dependencies: ["TelemetryModel", "TelemetryEncoding"],
      swiftSettings: commonSettings
    ),
    .testTarget(
      name: "TelemetryStorageTests",
      dependencies: ["TelemetryModel", "TelemetryEncoding", "TelemetryStore", "TelemetryStorage", "TelemetryFixtures"],
      swiftSettings: commonSettings),
    .testTarget(
      name: "EmbeddedStoreTests",
      dependencies: ["TelemetryModel", "TelemetryWire", "TelemetryStore", "TelemetryStorage", "EmbeddedStore"],
      swiftSettings: commonSettings),
    .testTarget(
      name: "IngestTests",
      dependencies: [
        "Ingest", "TelemetryModel", "TelemetryStore", "TelemetryWire", product("NIOCore", "swift-nio"),
        product("NIOPosix", "swift-nio"), product("NIOHTTP2", "swift-nio-http2"),
        product("NIOHPACK", "swift-nio-http2"),
      ],
      swiftSettings: commonSettings),
    .testTarget(
      name: "SightlineSDKTests",
      dependencies: [
        "SightlineSDK", "CZlib", "CZstd", product("NIOCore", "swift-nio"), product("NIOPosix", "swift-nio"),
        product("NIOHTTP1", "swift-nio"), product("Logging", "swift-log"), product("CoreMetrics", "swift-metrics"),
        product("Tracing", "swift-distributed-tracing"), product("Instrumentation", "swift-distributed-tracing"),
        product("HTTPTypes", "swift-http-types"), "SightlineHummingbird", product("Hummingbird", "hummingbird"),
        product("HummingbirdTesting", "hummingbird"), "SightlineGRDB", product("GRDB", "GRDB.swift"),
      ],
      swiftSettings: commonSettings),
    .testTarget(name: "ControlTests", dependencies: ["Server"], swiftSettings: commonSettings),
    .testTarget(
      name: "TelemetryWireTests", dependencies: ["TelemetryWire", "TelemetryModel", "CDeflate", "CZstd", "CSnappy"],
      swiftSettings: commonSettings),
    .testTarget(
      name: "StorageExecutionTests",
      dependencies: ["TelemetryModel", "TelemetryStore", "TelemetryStorage", "EmbeddedStore"],
      swiftSettings: commonSettings),
    .target(
      name: "QueryTestSupport", dependencies: ["TelemetryModel", "TelemetryStore"], path: "Tests/QueryTestSupport",
      swiftSettings: commonSettings),
    .testTarget(
      name: "QueryCoreTests", dependencies: ["QueryCore", "TelemetryModel", "TelemetryStore"],
      swiftSettings: commonSettings),
    .testTarget(
      name: "SearchBarTests",
      dependencies: ["SearchBar", "QueryCore", "QueryTestSupport", "TelemetryModel", "TelemetryStore"],
      swiftSettings: commonSettings),
    .testTarget(
      name: "InsightTests",
      dependencies: ["Insight", "QueryCore", "QueryTestSupport", "TelemetryModel", "TelemetryStore"],
      swiftSettings: commonSettings),
    .testTarget(
      name: "ServerTests",
      dependencies: [
        "Server", "QueryCore", "QueryTestSupport", "TelemetryModel", "TelemetryStore",
        product("AsyncHTTPClient", "async-http-client"), product("NIOCore", "swift-nio"),
        product("NIOPosix", "swift-nio"),
        product("NIOHTTP1", "swift-nio"), product("Logging", "swift-log"),
      ],
      swiftSettings: commonSettings),
    .testTarget(
      name: "ShopTests",
      dependencies: [
        "Shop", "SightlineSDK", product("AsyncHTTPClient", "async-http-client"), product("NIOCore", "swift-nio"),
        product("NIOHTTP1", "swift-nio"), product("ServiceLifecycle", "swift-service-lifecycle"),
      ],
      swiftSettings: commonSettings),
    .testTarget(name: "SightlineTests", dependencies: ["sightline"], swiftSettings: commonSettings),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
