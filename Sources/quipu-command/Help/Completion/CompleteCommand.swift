internal import Glibc
internal import Quipu

/// What the completion of a shell calls, with the words of an unfinished command line after the program's name. The first
/// line printed says what follows: `:words`, one a line, a tab and what it means; `:files` or `:folders`, which the shell
/// finds itself. Nothing is printed where nothing can be said, whatever the reason.
struct CompleteCommand: Command {
    static let declaration = CommandDeclaration(
        "complete", abstract: "say what may be typed next, for the completion of a shell",
        arguments: [.repeated("WORD", "the words typed so far, the last of them unfinished", minimum: 0)],
        example: "quipu complete -- show 3k9")

    /// More than this nobody looks through.
    static let mostValues = 100
    private static let longestMeaning = 60

    private let words: [String]

    init(_ values: ParsedArguments) throws(UsageError) { words = values.arguments("WORD") }

    func run(in context: Context) throws -> ExitCode {
        let point = CommandSet.quipu.completionPoint(for: words)
        var lines = point.candidates.map { line($0.text, $0.meaning) }
        switch point.values {
        case .file: lines = [":files"]
        case .folder: lines = [":folders"]
        case .remote where point.typed.contains("/") || point.typed.hasPrefix("."): lines = [":folders"]
        default:
            let found = (try? values(at: point, in: context)) ?? []
            lines += found.filter { TerminalSanitizer.line($0.text) == $0.text }.map {
                line(point.prefix + $0.text, $0.meaning)
            }
            lines = lines.isEmpty ? [] : [":words"] + lines
        }
        for line in lines { context.output.standard.writeLine(line) }
        return .done
    }

    private func values(
        at point: CompletionPoint, in context: Context
    ) throws -> [CompletionPoint.Candidate] {
        if point.values == .anything { return [] }
        let path = point.archive ?? context.variable("QUIPU_ARCHIVE")
        let archive = try ArchiveSuggestions(at: path, from: context.currentFolder)
        let (typed, limit) = (point.typed, Self.mostValues)
        var sign = ""
        let found: [ArchiveSuggestions.Suggestion]
        switch point.values {
        case .record: found = try archive.records(.present, typed: typed, limit: limit)
        case .deletedRecord: found = try archive.records(.deleted, typed: typed, limit: limit)
        case .recordInConflict: found = try archive.records(.inConflict, typed: typed, limit: limit)
        case .tag: found = try archive.tags(typed: typed, limit: limit)
        case .signedTag where typed.hasPrefix("-"):
            sign = "-"
            found = try archive.tags(
                of: point.arguments.first ?? "", typed: String(typed.dropFirst()), limit: limit)
        case .signedTag:
            sign = "+"
            found = try archive.tags(typed: String(typed.drop { $0 == "+" }), limit: limit)
        case .collection: found = try archive.collections(typed: typed, limit: limit)
        case .remote: found = try archive.remotes(typed: typed)
        case .assignment: return try assignments(at: point, in: archive)
        case .field: found = try archive.fields(of: point.arguments.first ?? "", typed: typed, limit: limit)
        case .entry: found = try archive.entries(typed: typed, limit: limit)
        case .anything, .file, .folder, .choice: found = []
        }
        return found.map { .init(text: sign + $0.text, meaning: $0.meaning) }
    }

    /// Names of fields with the sign that follows them; where none begins so, records, of which a command may take several.
    private func assignments(
        at point: CompletionPoint, in archive: ArchiveSuggestions
    ) throws -> [CompletionPoint.Candidate] {
        guard !point.typed.utf8.contains(UInt8(ascii: "=")) else { return [] }
        let fields = try archive.settableFields(of: point.arguments.first ?? "", typed: point.typed)
        if fields.isEmpty {
            return try archive.records(.present, typed: point.typed, limit: Self.mostValues)
                .map { .init(text: $0.text, meaning: $0.meaning) }
        }
        return fields.prefix(Self.mostValues).map { .init(text: $0.text + "=", meaning: $0.meaning) }
    }

    private func line(_ text: String, _ meaning: String) -> String {
        "\(text)\t\(DisplayWidth.cut(TerminalSanitizer.line(meaning), to: Self.longestMeaning))"
    }
}

/// Bounds the time that a shell waits for an answer: then the process ends, and has printed nothing.
enum CompletionTime {
    static func bound() {
        signal(SIGALRM) { _ in _exit(0) }
        alarm(1)
    }
}
