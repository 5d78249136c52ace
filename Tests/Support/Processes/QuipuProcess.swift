import Foundation
public import QuipuCanonicalJSON

/// Runs the built `quipu` as a person or a script would: a process of its own, with words, a folder and an
/// environment.
public enum QuipuProcess {
    /// How a run of `quipu` ended.
    public struct Outcome: Sendable, CustomStringConvertible {
        /// The whole command line.
        public let words: [String]
        public let ending: ChildProgram.Ending

        public var exitCode: Int32 { ending.exitCode }
        public var output: String { ending.output }
        public var errors: String { ending.errors }

        /// Each line of standard output that is JSON.
        public var lines: [JSONValue] { Self.parsed(output) }
        /// The one object that a command prints with `--json`; `null` when there is none.
        public var json: JSONValue { lines.first ?? .null }
        /// The error object on standard error; `null` when there is none.
        public var error: JSONValue {
            Self.parsed(errors).last { $0["error"] != nil } ?? .null
        }

        /// Each line of standard error that is JSON.
        public var errorLines: [JSONValue] { Self.parsed(errors) }

        public var description: String {
            "\(words.joined(separator: " ")) ended with \(exitCode)\n\(output)\(errors)"
        }

        private static func parsed(_ text: String) -> [JSONValue] {
            text.split(separator: "\n").compactMap { try? JSONParser().parse(String($0)) }
        }
    }

    /// The binary under test: `QUIPU_BINARY`, or what was built beside the tests.
    public static let path: String = {
        if let path = ProcessInfo.processInfo.environment["QUIPU_BINARY"] { return path }
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (tests as NSString).deletingLastPathComponent + "/quipu"
    }()

    /// The project's own tool, built along.
    public static let workbench = (path as NSString).deletingLastPathComponent + "/workbench"

    /// What a process gets to see of the machine: nothing that would change from one to the next. What Tools/race has
    /// preloaded is for the processes that tests start as well.
    public static func environment(adding variables: [String: String] = [:]) -> [String: String] {
        var base = ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", "HOME": "/"]
        base["LD_PRELOAD"] = ProcessInfo.processInfo.environment["LD_PRELOAD"]
        return base.merging(variables) { _, new in new }
    }

    /// Starts `quipu` and returns while it runs.
    /// - Parameters:
    ///   - prefix: a command that runs the rest of the line, such as `unshare --mount`.
    ///   - input: a file that is its standard input.
    public static func start(
        _ words: [String], in folder: String, environment: [String: String] = [:], prefix: [String] = [],
        input: String = "/dev/null", limitMilliseconds: Int = ChildProgram.defaultLimitMilliseconds
    ) throws -> ChildProgram {
        try ChildProgram(
            prefix + [path] + words, in: folder, environment: Self.environment(adding: environment),
            input: input, limitMilliseconds: limitMilliseconds)
    }

    /// Runs `quipu` to its end.
    public static func run(
        _ words: [String], in folder: String, environment: [String: String] = [:], prefix: [String] = [],
        input: String = "/dev/null"
    ) throws -> Outcome {
        try finish(try start(words, in: folder, environment: environment, prefix: prefix, input: input))
    }

    /// Waits for the end of one that was started.
    public static func finish(_ program: ChildProgram) throws -> Outcome {
        Outcome(words: program.words, ending: try program.finish())
    }
}
