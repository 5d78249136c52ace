import Foundation
import Quipu
import QuipuCanonicalJSON
import QuipuReplication
import QuipuStorage
import Support

@testable import quipu

/// Runs commands in this process, in a folder of their own, with a clock that stands still and answers typed
/// beforehand.
final class CommandBench {
    let folder: TemporaryFolder
    let world = FakeWorld()
    var variables: [String: String] = [:]
    var loginName: String? = "ana"
    var typed: [String] = []
    /// Whether input and output are taken for a terminal.
    var isTerminal = false

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path(of: "archive"), withIntermediateDirectories: false)
    }

    /// One with an empty archive in the folder `archive`.
    static func withArchive() throws -> CommandBench {
        let bench = try CommandBench()
        try bench.run("init", "--name", "test")
        return bench
    }

    struct Result {
        let code: ExitCode
        let output: String
        let errors: String

        /// The lines of output as JSON.
        var json: [JSONValue] {
            get throws { try output.split(separator: "\n").map { try JSONParser().parse(String($0)) } }
        }
    }

    /// Runs the command that these words call in the folder `archive`, or another.
    @discardableResult
    func run(_ words: String..., at archive: String = "archive") throws -> Result {
        try run(words, at: archive)
    }

    func run(_ words: [String], at archive: String = "archive") throws -> Result {
        world.advance(milliseconds: 1_000)
        let (outputPath, errorsPath) = (folder.path(of: "output"), folder.path(of: "errors"))
        let code = try execute(words, archive, output: outputPath, errors: errorsPath)
        return Result(
            code: code, output: try String(contentsOfFile: outputPath, encoding: .utf8),
            errors: try String(contentsOfFile: errorsPath, encoding: .utf8))
    }

    /// The only line of JSON that a command prints.
    func object(_ words: String..., at archive: String = "archive") throws -> JSONValue {
        let lines = try run(["--json"] + words, at: archive).json
        guard lines.count == 1 else { throw NoOutput() }
        return lines[0]
    }

    /// The id that `add` and `annotate` print.
    func id(_ words: String..., at archive: String = "archive") throws -> String {
        let result = try run(["--quiet"] + words, at: archive)
        guard result.code == .done else { throw NoOutput() }
        return String(result.output.dropLast())
    }

    /// Makes a mirror of `archive` in another folder.
    func mirror(in name: String) throws {
        let store = try store("archive")
        try Store.create(
            in: folder.path(of: name), id: store.id, name: "mirror", environment: world.environment())
        try sync(name)
    }

    /// Exchanges everything between `archive` and a mirror.
    func sync(_ name: String) throws {
        let transport = try PathTransport(path: folder.path(of: name), environment: world.environment())
        world.advance(milliseconds: 1_000)
        _ = try Synchronizer(try store("archive"), over: transport).run(agreement: nil)
    }

    func store(_ name: String) throws -> Store {
        guard let place = ArchiveFolder.at(folder.path(of: name)) else { throw NoOutput() }
        return try Store(opening: place, environment: world.environment())
    }

    private func execute(_ words: [String], _ archive: String, output: String, errors: String) throws
        -> ExitCode
    {
        let descriptors = [output, errors].map { (path: String) in
            open(path, O_CREAT | O_TRUNC | O_WRONLY, 0o600)
        }
        defer { for descriptor in descriptors { close(descriptor) } }
        let terminal = Terminal(
            inputIsTerminal: isTerminal, outputIsTerminal: isTerminal, errorIsTerminal: isTerminal,
            isPlain: true,
            width: 80)
        let standard = OutputWriter(descriptor: descriptors[0], flushesLines: false)
        let errorWriter = OutputWriter(descriptor: descriptors[1], flushesLines: true)
        func makeOutput(isJSON: Bool, isQuiet: Bool) -> quipu.Output {
            quipu.Output(
                isJSON: isJSON, isQuiet: isQuiet, terminal: terminal, standard: standard, errors: errorWriter)
        }
        var said = makeOutput(isJSON: Program.asksForJSON(words), isQuiet: false)
        defer { standard.flush() }
        do {
            switch try CommandSet.quipu.parse(words) {
            case .help(let text):
                standard.writeLine(text)
                return .done
            case .version: return .done
            case .run(let command, let options):
                said = makeOutput(isJSON: options.json, isQuiet: options.quiet)
                return try command.run(in: context(options, said, currentFolder: folder.path(of: archive)))
            }
        } catch {
            return said.report(error)
        }
    }

    private func context(_ options: GlobalOptions, _ output: quipu.Output, currentFolder: String) -> Context {
        let (variables, loginName) = (variables, loginName)
        let answers = Answers(typed)
        return Context(
            options: options, output: output, environment: ArchiveEnvironment(world.environment()),
            variable: { variables[$0] },
            loginName: { loginName }, currentFolder: currentFolder, readLine: { answers.next() },
            readSecret: { answers.next() })
    }

    struct NoOutput: Error {}
}

/// What a person types, line after line, then the end of input.
private final class Answers: @unchecked Sendable {
    // Commands read from one thread.
    private var lines: [String]

    init(_ lines: [String]) { self.lines = lines }

    func next() -> String? { lines.isEmpty ? nil : lines.removeFirst() }
}
