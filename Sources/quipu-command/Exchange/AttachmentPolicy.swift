internal import Quipu

/// `--attachments WHICH`: whose files a sync brings here by itself, remembered for the archive.
enum AttachmentPolicy {
    static let option = OptionDeclaration.option(
        "attachments", value: "WHICH",
        "which files to fetch: all, none, or collection=NAME; remembered", repeated: true,
        takes: .choice(["all", "none"]))
    private static let prefix = "collection="

    /// - Throws: `UsageError` for words that mean nothing.
    static func words(_ values: ParsedArguments) throws(UsageError) -> [String] {
        let words = values.options("attachments")
        for word in words where word != "all" && word != "none" {
            guard word.hasPrefix(prefix), word.count > prefix.count else {
                throw UsageError(
                    "--attachments does not know '\(TerminalSanitizer.line(word))'",
                    hint: "use all, none, or collection=NAME, which may be given several times")
            }
        }
        if words.count > 1, words.contains("all") || words.contains("none") {
            throw UsageError(
                "--attachments is given several times with all or none", hint: "give one of them alone")
        }
        return words
    }

    /// What was said; nil where nothing was.
    static func choice(_ words: [String]) -> FetchChoice? {
        switch words.first {
        case nil: nil
        case "all": .all
        case "none": FetchChoice.none
        default: .collections(named: words.map { String($0.dropFirst(prefix.count)) })
        }
    }

    /// Where a collection is named that is not there, says which there are.
    static func hinting<Result>(in archive: Archive, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as QuipuError where error.code == .unknownRecord {
            throw try hinted(error, in: archive)
        }
    }

    static func hinted(_ error: QuipuError, in archive: Archive) throws -> QuipuError {
        // The message names the collection that there is none of.
        let name = error.message.split(separator: "'", omittingEmptySubsequences: false).dropFirst()
            .dropLast().joined(separator: "'")
        return error.hinting(try archive.read { try $0.collectionHint(for: name) })
    }
}
