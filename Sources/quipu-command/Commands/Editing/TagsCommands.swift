internal import Quipu

struct TagListCommand: Command {
    static let declaration = CommandDeclaration(
        "list", abstract: "list the tags and how many records have each, most used first",
        options: [
            .option("sort", value: "ORDER", "count (if not given) or name", choices: ["count", "name"])
        ],
        example: "quipu tags list --sort name",
        discussion: "Deleted records are not counted.", isGroupDefault: true)

    let isSortedByName: Bool

    init(_ values: ParsedArguments) { isSortedByName = values.option("sort") == "name" }

    func run(in context: Context) throws -> ExitCode {
        let output = context.output
        var counts = try context.archive(.readOnly).read { try $0.tagCounts() }
        if !isSortedByName { counts.sort { ($1.count, $0.tag) < ($0.count, $1.tag) } }
        var table = TextTable([
            .init(title: "RECORDS", alignment: .right), .init(title: "TAG", styles: [.cyan]),
        ])
        for (tag, count) in counts {
            output.json(["tag": JSONText(tag), "records": JSONText(count)])
            table.add(["\(count)", .init(tag)])
        }
        if counts.isEmpty { output.advise("no record has a tag yet; add one: quipu tag ID +TAG") }
        if !table.isEmpty { output.table(table) }
        return .done
    }
}

struct TagRenameCommand: Command {
    static let declaration = CommandDeclaration(
        "rename", abstract: "give a tag another name on all records",
        arguments: [
            .positional("TAG", "the tag as it is", takes: .tag), .positional("NEW", "its new name"),
        ],
        example: "quipu tags rename strkie strike",
        discussion: """
            This is one entry of the log. A tag that there is already is not taken as the new name: see \
            'quipu tags merge'. Deleted records keep the tag.
            """, makesEdits: true)

    let old: String
    let new: String

    init(_ values: ParsedArguments) throws(UsageError) {
        old = try TagName.normalised(values.argument("TAG"))
        new = try TagName.normalised(values.argument("NEW"))
        guard old != new else { throw UsageError("'\(old)' is its name already", hint: "give another one") }
    }

    func run(in context: Context) throws -> ExitCode {
        try TagReplacement(tags: [old], new: new, mayExist: false).run(in: context)
    }
}

struct TagMergeCommand: Command {
    static let declaration = CommandDeclaration(
        "merge", abstract: "make several tags one on all records",
        arguments: [.repeated("TAG", "a tag that becomes the other", takes: .tag)],
        options: [.option("into", value: "TAG", "the tag that they become", required: true, takes: .tag)],
        example: "quipu tags merge strikes walkout --into strike",
        discussion: "This is one entry of the log. Deleted records keep their tags.", makesEdits: true)

    let tags: [String]
    let into: String

    init(_ values: ParsedArguments) throws(UsageError) {
        let into = try TagName.normalised(values.requiredOption("into"))
        var tags: [String] = []
        for word in values.arguments("TAG") {
            let tag = try TagName.normalised(word)
            if tag != into, !tags.contains(tag) { tags.append(tag) }
        }
        guard !tags.isEmpty else {
            throw UsageError("a tag cannot be merged into itself", hint: "name another one before --into")
        }
        (self.tags, self.into) = (tags, into)
    }

    func run(in context: Context) throws -> ExitCode {
        try TagReplacement(tags: tags, new: into, mayExist: true).run(in: context)
    }
}

/// One tag in the place of others.
private struct TagReplacement {
    let tags: [String]
    let new: String
    /// Whether records may have the new tag already.
    let mayExist: Bool

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archiveToEdit()
        let (records, outcome) = try archive.edit { t in
            try requireTags(in: t.before)
            return try t.replaceTags(tags, with: new)
        }
        let output = context.output
        output.json([
            "tags": JSONText(tags), "into": JSONText(new), "records": JSONText(records.count),
            "version": JSONText(outcome.version?.description), "changed": JSONText(outcome.version != nil),
        ])
        let names = RecordText.list(tags.map { "'\(TerminalSanitizer.line($0))'" }) ?? ""
        output.remark(
            "\(names) \(tags.count == 1 ? "is" : "are") now '\(TerminalSanitizer.line(new))' on "
                + counted(records.count, "record"))
        return .done
    }

    private func requireTags(in snapshot: borrowing Snapshot) throws {
        let counts = try snapshot.tagCounts()
        let known = counts.map(\.tag)
        if let unknown = tags.first(where: { !known.contains($0) }) {
            let near = Suggestion.closest(to: unknown, among: known)
            throw QuipuError(
                .init(rawValue: "unknown-tag"), "no record has the tag '\(unknown)'",
                hint: near.map { "did you mean '\($0)'?" } ?? "'quipu tags' lists the tags that there are")
        }
        if !mayExist, let taken = counts.first(where: { $0.tag == new }) {
            throw QuipuError(
                .badName,
                "\(counted(taken.count, "record")) \(taken.count == 1 ? "has" : "have") the tag '\(new)' already",
                hint: "to make them one: quipu tags merge '\(tags[0])' --into '\(new)'")
        }
    }
}
