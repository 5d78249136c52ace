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

/// What the tests spend their time in is optimised in debug builds too, with its assertions; `QUIPU_UNOPTIMIZED=1`, for a debugger, turns
/// that off. `QUIPU_WHOLE_MODULES=1`: a first build is shorter, one after a change longer. SwiftPM refuses such flags in a dependency.
let isDependency = Context.packageDirectory.contains("/checkouts/")
let isOptimized = !isDependency && Context.environment["QUIPU_UNOPTIMIZED"] == nil
let hot = [
    "NaiveModel", "QuipuAnchoring", "QuipuCBOR", "QuipuCanonicalJSON", "QuipuCausality", "QuipuFormats",
    "QuipuNaturalKeys", "QuipuReplication", "QuipuSQLite", "QuipuStorage", "QuipuTextFolding", "QuipuWire",
]
let wholeModules = !isDependency && Context.environment["QUIPU_WHOLE_MODULES"] != nil

func settings(of target: String) -> [SwiftSetting] {
    let flags =
        (isOptimized && hot.contains(target) ? ["-O", "-assert-config", "Debug"] : [])
        + (wholeModules ? ["-wmo", "-num-threads", "2"] : [])
    return flags.isEmpty ? strict : strict + [.unsafeFlags(flags, .when(configuration: .debug))]
}

func library(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings(of: name))
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

/// Files whose bytes are part of the program, by their names between white space.
func embedded(_ names: String) -> [Resource] {
    names.split(whereSeparator: \.isWhitespace).map { .embedInCode(String($0)) }
}

func system(_ name: String, pkgConfig: String?, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// For the time between two changes of a file: `QUIPU_TESTS=quipu,Storage` builds only those tests, and what they need.
func chosen(_ targets: [Target]) -> [Target] {
    guard let names = Context.environment["QUIPU_TESTS"]?.split(separator: ",").map(String.init) else {
        return targets
    }
    let onlyFor = ["Fuzzing": "Fuzzing", "Simulation": "Simulation", "simulator": "Simulation"]
    return targets.filter { target in
        if target.type == .test { return names.contains { target.name == $0 + "Tests" } }
        return onlyFor[target.name].map(names.contains) ?? true
    }
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
    targets: chosen([
        // Level 0: C, one module map each.
        system("CQuipuSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        system("CQuipuCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        system("CQuipuMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
        system("CQuipuZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
        system("CQuipuSodium", pkgConfig: "libsodium", apt: "libsodium-dev"),
        system("CQuipuYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
        system("CQuipuPostgres", pkgConfig: "libpq", apt: "libpq-dev"),
        // Its pkg-config file has a flag that SwiftPM refuses, and nothing else that is needed.
        system("CQuipuUTF8Proc", pkgConfig: nil, apt: "libutf8proc-dev"),
        // What the Glibc module leaves out.
        .target(name: "CQuipuLinux"),
        // Loaded when it is first needed, so nothing of it is to be linked.
        system("CQuipuGit2", pkgConfig: nil, apt: "libgit2-dev"),
        system("CQuipuQRencode", pkgConfig: nil, apt: "libqrencode-dev"),
        system("CQuipuXML2", pkgConfig: nil, apt: "libxml2-dev"),
        system("CQuipuArchive", pkgConfig: nil, apt: "libarchive-dev"),
        system("CQuipuZlib", pkgConfig: nil, apt: "zlib1g-dev"),

        // Level 1: pure values and the wrapper of the database.
        .target(
            name: "QuipuEmbeddedSchema", path: "Schema",
            exclude: ["exchange.cddl", "openapi.yaml", "protocol.md", "records-http.md", "semantics.md"],
            resources: embedded(
                """
                store.sql store-form-1.sql store-2.sql store-3.sql store-4.sql store-5.sql local.sql
                local-form-1.sql local-2.sql local-3.sql local-4.sql local-5.sql index.sql access.sql
                postgres.sql kinds.json
                """),
            swiftSettings: settings(of: "QuipuEmbeddedSchema")),
        .target(
            name: "QuipuPage", exclude: ["README.md"],
            resources: embedded(
                """
                Page/index.html Page/Base/api.js Page/Shell/app.css Page/Shell/app.js
                Page/Reading/attachments.js Page/Reading/cards.js Page/Shelf/chosen.js
                Page/Base/difference.js Page/Base/dom.js Page/Base/drafts.js Page/Reading/fields.js
                Page/Shelf/filters.js Page/Settling/history.js Page/icon.svg Page/Shelf/importing.js
                Page/Settling/inbox.js Page/Base/live.js Page/Reading/marking.js Page/Base/notices.js
                Page/Reading/passages.js Page/Shelf/query.js Page/Reading/reading.css
                Page/Reading/reading.js Page/Shell/session.js Page/Shelf/shelf.css Page/Shelf/shelf.js
                Page/Settling/steps.js Page/Base/words.js
                """),
            swiftSettings: settings(of: "QuipuPage")),
        library("QuipuThreads"),
        library("QuipuDates"),
        library("QuipuFiles", ["CQuipuLinux"]),
        library("QuipuCanonicalJSON"),
        library("QuipuNaturalKeys", ["QuipuCanonicalJSON"]),
        library("QuipuTextFolding", ["CQuipuUTF8Proc"]),
        library("QuipuAnchoring"),
        library("QuipuSQLite", ["CQuipuSQLite", "QuipuThreads"]),
        library("QuipuCBOR"),
        library("QuipuCompression", ["CQuipuZstd"]),
        library("QuipuCausality", ["QuipuCBOR", "CQuipuSodium"], exclude: ["README.md"]),

        // Level 2: the form on the wire, formats of the outside world, the store, the transports.
        library("QuipuWire", ["QuipuCausality", "QuipuCBOR", "QuipuCompression"]),
        library(
            "QuipuFormats",
            [
                "QuipuCausality", "QuipuCanonicalJSON", "QuipuNaturalKeys", "QuipuTextFolding", "QuipuDates",
                "QuipuFiles", "QuipuCBOR", "QuipuThreads", "CQuipuYAML", "CQuipuLinux", "CQuipuXML2",
                "CQuipuArchive", "CQuipuZlib",
            ], exclude: ["README.md"]),
        library(
            "QuipuStorage",
            [
                "QuipuDates", "QuipuFiles", "QuipuSQLite", "QuipuCausality", "QuipuCanonicalJSON",
                "QuipuNaturalKeys", "QuipuTextFolding", "QuipuAnchoring", "QuipuEmbeddedSchema",
                "CQuipuGit2", "CQuipuLinux", "QuipuCBOR", "QuipuCompression", "QuipuThreads",
            ], exclude: ["README.md"]),
        library("QuipuHTTPClient", ["CQuipuCurl", "QuipuThreads"]),
        library(
            "QuipuHTTPServer", ["CQuipuMicroHTTPD", "QuipuThreads"], exclude: ["README.md"]),
        library("QuipuPostgreSQL", ["CQuipuPostgres"]),

        // Level 3: the exchange; import and export.
        library(
            "QuipuReplication",
            [
                "QuipuStorage", "QuipuWire", "QuipuCausality", "QuipuCBOR", "QuipuCompression",
                "QuipuThreads", "QuipuFiles", "CQuipuLinux",
            ],
            exclude: ["README.md"]),
        library(
            "QuipuInterchange",
            [
                "QuipuFormats", "QuipuStorage", "QuipuCausality", "QuipuCanonicalJSON", "QuipuNaturalKeys",
                "QuipuDates", "QuipuFiles", "QuipuAnchoring", "CQuipuLinux",
            ],
            exclude: ["README.md"]),

        // Level 4: over HTTP.
        library(
            "QuipuReplicationHTTP",
            ["QuipuReplication", "QuipuStorage", "QuipuCausality", "QuipuHTTPClient", "QuipuCanonicalJSON"]),
        library(
            "QuipuHosting",
            [
                "QuipuReplication", "QuipuWire", "QuipuStorage", "QuipuSQLite", "QuipuCausality",
                "QuipuHTTPServer", "QuipuCanonicalJSON", "QuipuCBOR", "QuipuEmbeddedSchema", "QuipuPage",
                "QuipuPostgreSQL", "QuipuThreads", "QuipuFiles",
            ], exclude: ["README.md"]),

        // Level 5: what programs are written on.
        library(
            "Quipu",
            [
                "QuipuInterchange", "QuipuFormats", "QuipuReplicationHTTP", "QuipuHosting",
                "QuipuHTTPServer", "QuipuHTTPClient", "QuipuReplication", "QuipuWire", "QuipuStorage",
                "QuipuDates", "QuipuFiles", "QuipuCausality", "QuipuCanonicalJSON", "QuipuThreads",
                "CQuipuLinux", "CQuipuSodium", "CQuipuQRencode",
            ], exclude: ["README.md"]),

        // Level 6: the command, and examples of programs.
        .executableTarget(
            name: "quipu", dependencies: ["Quipu"], path: "Sources/quipu-command", exclude: ["README.md"],
            swiftSettings: settings(of: "quipu")),
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
                "CQuipuSQLite", "QuipuSQLite", "QuipuCanonicalJSON", "QuipuCausality", "QuipuStorage",
                "QuipuReplication", "QuipuReplicationHTTP", "QuipuHTTPServer", "QuipuThreads",
            ],
            path: "Tools/workbench", exclude: ["RESULTS.md"],
            swiftSettings: strict),

        .executableTarget(
            name: "simulator", dependencies: ["Simulation"], path: "Tools/simulator", swiftSettings: strict),

        // What tests share, and the tests of each layer.
        .target(
            name: "NaiveModel", dependencies: ["QuipuCausality"], path: "Tests/NaiveModel",
            swiftSettings: settings(of: "NaiveModel")),
        .target(
            name: "Support",
            dependencies: [
                "NaiveModel", "QuipuStorage", "QuipuReplication", "QuipuCausality", "QuipuCanonicalJSON",
                "CQuipuSQLite",
            ],
            path: "Tests/Support", swiftSettings: settings(of: "Support")),
        .target(
            name: "Fuzzing",
            dependencies: [
                "QuipuHosting", "QuipuHTTPClient", "QuipuHTTPServer", "QuipuInterchange", "QuipuFormats",
                "QuipuReplication", "QuipuWire", "QuipuStorage", "QuipuCausality", "QuipuCBOR",
                "QuipuNaturalKeys", "QuipuCanonicalJSON", "Support",
            ],
            path: "Tests/Fuzzing", exclude: ["Corpus"], swiftSettings: settings(of: "Fuzzing")),
        tests("Fuzzing", ["Fuzzing", "Support"]),
        tests("Support", ["Support"]),
        .target(
            name: "Simulation",
            dependencies: [
                "QuipuReplication", "QuipuWire", "QuipuStorage", "QuipuCausality", "QuipuCBOR",
                "QuipuSQLite", "CQuipuSQLite", "Support",
            ],
            path: "Tests/Simulation", swiftSettings: settings(of: "Simulation")),
        tests("Simulation", ["Simulation", "Support", "QuipuSQLite"]),
        tests("SQLite", ["QuipuSQLite"]),
        tests("CanonicalJSON", ["QuipuCanonicalJSON"]),
        tests("NaturalKeys", ["QuipuNaturalKeys", "QuipuCanonicalJSON"]),
        tests("TextFolding", ["QuipuTextFolding"]),
        tests("Anchoring", ["QuipuAnchoring", "Support"]),
        tests("Causality", ["QuipuCausality", "QuipuCBOR", "NaiveModel"]),
        tests("Wire", ["QuipuWire", "QuipuCausality", "QuipuCBOR", "QuipuCompression"]),
        tests(
            "Storage",
            [
                "QuipuStorage", "QuipuSQLite", "QuipuCausality", "QuipuCanonicalJSON", "QuipuEmbeddedSchema",
                "Support",
            ],
            exclude: ["Fixtures"]),
        tests("HTTPServer", ["QuipuHTTPServer", "QuipuHTTPClient"]),
        tests("HTTPClient", ["QuipuHTTPClient", "QuipuHTTPServer"]),
        tests("PostgreSQL", ["QuipuPostgreSQL", "Support"]),
        tests(
            "Replication",
            [
                "QuipuReplication", "QuipuStorage", "QuipuSQLite", "QuipuCausality", "QuipuCanonicalJSON",
                "QuipuCBOR", "QuipuCompression", "QuipuWire", "NaiveModel", "Support", "CQuipuZstd",
            ]),
        tests(
            "Formats",
            [
                "QuipuFormats", "QuipuDates", "QuipuNaturalKeys", "QuipuCausality", "QuipuCanonicalJSON",
                "QuipuAnchoring", "QuipuThreads", "Support",
            ]),
        tests(
            "Interchange",
            [
                "QuipuInterchange", "QuipuFormats", "QuipuNaturalKeys", "QuipuStorage", "QuipuCausality",
                "QuipuCanonicalJSON", "Support",
            ]),
        tests(
            "Hosting",
            [
                "QuipuHosting", "QuipuReplicationHTTP", "QuipuHTTPClient", "QuipuHTTPServer",
                "QuipuReplication", "QuipuStorage", "QuipuCausality", "QuipuCanonicalJSON", "Support",
                "QuipuPostgreSQL", "QuipuWire",
            ]),
        tests(
            "Library",
            [
                "Quipu", "QuipuHosting", "QuipuReplication", "QuipuStorage", "QuipuHTTPServer",
                "QuipuHTTPClient", "Support",
            ]),
        tests(
            "quipu",
            [
                "quipu", "workbench", "Quipu", "QuipuFormats", "QuipuReplicationHTTP", "QuipuReplication",
                "QuipuStorage", "QuipuHTTPServer", "QuipuSQLite", "QuipuCausality", "QuipuCanonicalJSON",
                "Support", "QuipuPostgreSQL", "QuipuThreads",
            ]),
    ]) + fuzzer
)
