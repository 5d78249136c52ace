// swift-tools-version: 6.2
import PackageDescription

/// Each layer knows only those above it in this file; `Tools/lint` checks that imports obey it.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func system(_ name: String, pkgConfig: String?, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// Only for `Tools/fuzz`: linked with libFuzzer, which brings code of its own and is no part of an ordinary build.
let fuzzer: [Target] =
    Context.environment["QUIPU_FUZZER"] == nil
    ? []
    : [
        .executableTarget(
            name: "fuzzer", dependencies: ["Fuzzing"], path: "Tools/fuzzer", swiftSettings: strict)
    ]

let package = Package(
    name: "quipu",
    products: [
        .executable(name: "quipu", targets: ["quipu"]), .library(name: "Quipu", targets: ["Quipu"]),
    ],
    targets: [
        // Level 0: C, one module map each.
        system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        system("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
        system("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
        system("CSodium", pkgConfig: "libsodium", apt: "libsodium-dev"),
        system("CYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
        system("CPostgres", pkgConfig: "libpq", apt: "libpq-dev"),
        // Its pkg-config file has a flag that SwiftPM refuses, and nothing else that is needed.
        system("CUTF8Proc", pkgConfig: nil, apt: "libutf8proc-dev"),
        // What the Glibc module leaves out.
        system("CLinux", pkgConfig: nil, apt: "libc6-dev"),
        // Loaded when it is first needed, so nothing of it is to be linked.
        system("CGit2", pkgConfig: nil, apt: "libgit2-dev"),

        // Level 1: pure values and the wrapper of the database.
        .target(
            name: "EmbeddedSchema", path: "Schema",
            exclude: ["exchange.cddl", "openapi.yaml", "protocol.md", "semantics.md"],
            resources: [
                .embedInCode("store.sql"), .embedInCode("store-form-1.sql"),
                .embedInCode("store-2.sql"), .embedInCode("store-3.sql"), .embedInCode("store-4.sql"),
                .embedInCode("local.sql"), .embedInCode("local-form-1.sql"),
                .embedInCode("local-2.sql"), .embedInCode("local-3.sql"),
                .embedInCode("access.sql"), .embedInCode("postgres.sql"), .embedInCode("kinds.json"),
            ],
            swiftSettings: strict),
        library("Threads"),
        library("CanonicalJSON"),
        library("NaturalKeys", ["CanonicalJSON"]),
        library("TextFolding", ["CUTF8Proc"]),
        library("SQLite", ["CSQLite", "Threads"]),
        library("Causality", ["CSodium"]),

        // Level 2: the form on the wire, the store, the transports.
        library("Wire", ["Causality", "CZstd"]),
        library(
            "Storage",
            [
                "SQLite", "Causality", "CanonicalJSON", "NaturalKeys", "TextFolding", "EmbeddedSchema",
                "CGit2", "CLinux", "CZstd", "Threads",
            ]),
        library("HTTPClient", ["CCurl"]),
        library("HTTPServer", ["CMicroHTTPD", "Threads"]),
        library("PostgreSQL", ["CPostgres"]),

        // Level 3: the exchange; formats of the outside world.
        library("Replication", ["Storage", "Wire", "Causality", "Threads", "CLinux"]),
        library("Interchange", ["Storage", "Causality", "CanonicalJSON", "NaturalKeys", "CYAML"]),

        // Level 4: over HTTP.
        library("ReplicationHTTP", ["Replication", "Storage", "Causality", "HTTPClient", "CanonicalJSON"]),
        library(
            "Hosting",
            [
                "Replication", "Wire", "Storage", "SQLite", "Causality", "HTTPServer", "CanonicalJSON",
                "EmbeddedSchema",
                "PostgreSQL", "Threads",
            ]),

        // Level 5: what programs are written on.
        library(
            "Quipu",
            [
                "Interchange", "ReplicationHTTP", "Hosting", "HTTPServer", "Replication", "Wire", "Storage",
                "Causality", "CanonicalJSON", "Threads",
            ]),

        // Level 6: the command, and examples of programs.
        .executableTarget(
            name: "quipu",
            dependencies: [
                "Quipu", "Interchange", "ReplicationHTTP", "Hosting", "HTTPServer", "Replication", "Wire",
                "Storage",
                "Causality", "CanonicalJSON", "CLinux", "Threads",
            ],
            swiftSettings: strict),

        .executableTarget(
            name: "quipu-reader", dependencies: ["Quipu"], path: "Sources/Examples/Reader",
            swiftSettings: strict),
        .executableTarget(
            name: "quipu-embedded-server", dependencies: ["Quipu"], path: "Sources/Examples/EmbeddedServer",
            swiftSettings: strict),

        // What people run on the project.
        .executableTarget(
            name: "workbench",
            dependencies: [
                "CSQLite", "SQLite", "CanonicalJSON", "Causality", "Storage", "Replication",
                "ReplicationHTTP",
                "HTTPServer", "Threads",
            ],
            path: "Tools/workbench", exclude: ["RESULTS.md"],
            swiftSettings: strict),

        .executableTarget(
            name: "simulator", dependencies: ["Simulation"], path: "Tools/simulator", swiftSettings: strict),

        // What tests share, and the tests of each layer.
        .target(
            name: "NaiveModel", dependencies: ["Causality"], path: "Tests/NaiveModel",
            swiftSettings: strict),
        .target(
            name: "Support",
            dependencies: ["NaiveModel", "Storage", "Replication", "Causality", "CanonicalJSON", "CSQLite"],
            path: "Tests/Support",
            swiftSettings: strict),
        .target(
            name: "Fuzzing",
            dependencies: [
                "Hosting", "HTTPClient", "HTTPServer", "Interchange", "Replication", "Wire", "Storage",
                "Causality",
                "NaturalKeys",
                "CanonicalJSON", "Support",
            ],
            path: "Tests/Fuzzing", exclude: ["Corpus"], swiftSettings: strict),
        tests("Fuzzing", ["Fuzzing"]),
        tests("Support", ["Support"]),
        .target(
            name: "Simulation",
            dependencies: ["Replication", "Wire", "Storage", "Causality", "SQLite", "CSQLite", "Support"],
            path: "Tests/Simulation", swiftSettings: strict),
        tests("Simulation", ["Simulation", "Support", "SQLite"]),
        tests("SQLite", ["SQLite"]),
        tests("CanonicalJSON", ["CanonicalJSON"]),
        tests("NaturalKeys", ["NaturalKeys", "CanonicalJSON"]),
        tests("TextFolding", ["TextFolding"]),
        tests("Causality", ["Causality", "NaiveModel"]),
        tests("Wire", ["Wire", "Causality"]),
        tests(
            "Storage",
            ["Storage", "SQLite", "Causality", "CanonicalJSON", "EmbeddedSchema", "Support"],
            exclude: ["Fixtures"]),
        tests("HTTPServer", ["HTTPServer", "HTTPClient"]),
        tests("HTTPClient", ["HTTPClient", "HTTPServer"]),
        tests("PostgreSQL", ["PostgreSQL", "Support"]),
        tests(
            "Replication",
            [
                "Replication", "Storage", "SQLite", "Causality", "CanonicalJSON", "NaiveModel", "Support",
                "CZstd",
            ]),
        tests(
            "Interchange",
            ["Interchange", "NaturalKeys", "Storage", "Causality", "CanonicalJSON", "Support"]),
        tests(
            "Hosting",
            [
                "Hosting", "ReplicationHTTP", "HTTPClient", "HTTPServer", "Replication", "Storage",
                "Causality",
                "CanonicalJSON", "Support",
                "PostgreSQL", "Wire",
            ]),
        tests("Library", ["Quipu"]),
        tests(
            "quipu",
            [
                "quipu", "workbench", "ReplicationHTTP", "Replication", "Storage", "HTTPServer", "SQLite",
                "Causality", "CanonicalJSON", "Support",
                "PostgreSQL", "Threads",
            ]),
    ] + fuzzer
)
