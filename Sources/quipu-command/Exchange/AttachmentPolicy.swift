internal import QuipuCausality
internal import QuipuStorage

/// `--attachments WHICH`: whose files a sync brings here by itself, remembered for the archive.
enum AttachmentPolicy {
    static let option = OptionDeclaration.option(
        "attachments", value: "WHICH",
        "whose files to bring here: all, none, or collection=NAME; remembered", repeated: true)
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

    /// Remembers what was said; nothing where nothing was.
    static func remember(_ words: [String], for store: Store) throws {
        guard let first = words.first else { return }
        switch first {
        case "all": try store.blobs.setPolicy(.all)
        case "none": try store.blobs.setPolicy(.none)
        default:
            let ids = try words.map { try store.collection(String($0.dropFirst(prefix.count))) }
            try store.blobs.setPolicy(.collections(ids))
        }
    }

    /// For people: `all`, `none`, `of Press and Water`.
    static func text(_ policy: BlobPolicy, in store: Store) throws -> String {
        switch policy {
        case .all: return "all are fetched"
        case .none: return "fetched when asked for"
        case .collections(let ids):
            let names = try ids.map { try store.collectionName($0.text) }
            return "those in \(TerminalSanitizer.line(RecordText.list(names) ?? "")) are fetched"
        }
    }
}

extension BlobPolicy {
    var json: JSONText {
        switch self {
        case .all: "all"
        case .none: "none"
        case .collections(let ids): JSONText(ids.map { $0.text })
        }
    }
}
