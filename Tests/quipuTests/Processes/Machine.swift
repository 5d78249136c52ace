import Foundation
import QuipuCanonicalJSON
import Support
import Testing

/// Somebody at a machine of their own: a folder, and the name that goes with each edit.
final class Machine: Sendable {
    let author: String
    let folder: String
    /// A command that runs each of its commands, as in a mount namespace.
    let prefix: [String]
    /// Variables that each of its commands finds set.
    let environment: [String: String]
    /// Kept as long as somebody uses it.
    private let place: TemporaryFolder?

    init(_ author: String, in place: TemporaryFolder, variables: [String: String] = [:]) throws {
        self.author = author
        environment = variables.merging(["QUIPU_AUTHOR": author]) { _, own in own }
        prefix = []
        self.place = place
        folder = place.path(of: author)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    init(
        _ author: String, at folder: String, prefix: [String] = [], variables: [String: String] = [:]
    ) {
        (self.author, self.folder, self.prefix) = (author, folder, prefix)
        environment = variables.merging(["QUIPU_AUTHOR": author]) { _, own in own }
        place = nil
    }

    /// Ana's, with her archive `press`.
    static func withPress() throws -> (place: TemporaryFolder, ana: Machine) {
        let place = try TemporaryFolder()
        let ana = try Machine("ana", in: place)
        try ana.quipu("init", "--name", "press")
        return (place, ana)
    }

    var storePath: String { folder + "/.quipu/archive.sqlite" }

    /// Runs `quipu` with these words and expects it to end with this code.
    @discardableResult
    func quipu(
        _ words: String..., exit expected: Int32 = 0, input: String = "/dev/null",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> QuipuProcess.Outcome {
        let outcome = try run(words, input: input)
        #expect(outcome.exitCode == expected, "\(outcome)", sourceLocation: sourceLocation)
        return outcome
    }

    /// The same with `--json`: the one object it prints.
    @discardableResult
    func json(
        _ words: String..., exit expected: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        let outcome = try run(words + ["--json"])
        #expect(outcome.exitCode == expected, "\(outcome)", sourceLocation: sourceLocation)
        return outcome.json
    }

    /// The same where it must fail: the error object.
    @discardableResult
    func refusal(
        _ words: String..., exit expected: Int32 = 1, input: String = "/dev/null",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Refusal {
        let outcome = try run(words + ["--json"], input: input)
        #expect(outcome.exitCode == expected, "\(outcome)", sourceLocation: sourceLocation)
        let refusal = Refusal(outcome.error)
        // What went wrong and what to do next are said of every error, in words.
        #expect(
            !refusal.message.isEmpty && !refusal.hint.isEmpty, "\(outcome)", sourceLocation: sourceLocation)
        #expect(!outcome.errors.contains("Fatal error"), sourceLocation: sourceLocation)
        return refusal
    }

    /// Runs `quipu` to whatever end.
    func run(_ words: [String], input: String = "/dev/null") throws -> QuipuProcess.Outcome {
        try QuipuProcess.run(words, in: folder, environment: environment, prefix: prefix, input: input)
    }

    /// Starts `quipu` and goes on.
    func start(_ words: String..., input: String = "/dev/null") throws -> ChildProgram {
        try start(words, input: input)
    }

    func start(_ words: [String], input: String = "/dev/null") throws -> ChildProgram {
        try QuipuProcess.start(words, in: folder, environment: environment, prefix: prefix, input: input)
    }
}

/// The error object that `--json` prints.
struct Refusal {
    let error: String
    let message: String
    let hint: String

    init(_ object: JSONValue) {
        error = object["error"]?.string ?? ""
        message = object["message"]?.string ?? ""
        hint = object["hint"]?.string ?? ""
    }
}
