internal import QuipuCanonicalJSON
internal import QuipuInterchange

/// What `import --dry-run` shows.
struct ImportPreviewText {
    private static let mostCharacters = 60

    private let preview: ImportPreview
    private let path: String
    private let collection: String?

    init(_ preview: ImportPreview, of path: String, collection: String?) {
        self.preview = preview
        self.path = path
        self.collection = collection
    }

    func show(in output: Output) {
        let report = preview.report
        output.json([
            "dryRun": true, "format": JSONText(preview.formatName), "read": JSONText(report.read),
            "created": count(report.created), "updated": count(report.updated),
            "unchanged": count(report.unchanged), "repeated": count(report.repeated),
            "stayedDeleted": count(report.stayedDeleted), "outdated": count(report.outdated),
            "differing": count(report.differingCount),
            "rejected": JSONText(report.rejectedCount), "rejections": report.rejected.json,
            "remarks": report.remarks.json, "kept": report.kept.json, "collection": JSONText(collection),
            "first": JSONText(preview.first.map(json)),
        ])
        output.line("\(TerminalSanitizer.line(path)): \(preview.formatName)")
        var counts = counted(report.read, "item")
        if report.rejectedCount > 0 { counts += ", \(report.rejectedCount) rejected" }
        if let collection { counts += ", for the collection \(TerminalSanitizer.line(collection))" }
        output.line(counts)
        if preview.tellsEffects { output.line("would be: " + effects(report).joined(separator: ", ")) }
        for item in preview.first {
            output.line()
            for row in rows(of: item) { output.line("  " + row) }
        }
        if !preview.first.isEmpty { output.line() }
        ImportFindings(report).show(in: output)
        if !preview.tellsEffects {
            output.remark("what would be new is not known: there is no archive here that can be written")
        }
        output.remark("nothing was written")
    }

    /// Null where there is no archive that would tell.
    private func count(_ number: Int) -> JSONText {
        preview.tellsEffects ? JSONText(number) : nil
    }

    private func effects(_ report: ImportReport) -> [String] {
        var parts = [
            "\(report.created) created", "\(report.updated) updated", "\(report.unchanged) unchanged",
        ]
        if report.repeated > 0 { parts.append("\(report.repeated) repeated") }
        if report.stayedDeleted > 0 { parts.append("\(report.stayedDeleted) still deleted") }
        if report.outdated > 0 { parts.append("\(report.outdated) read before") }
        if report.differingCount > 0 { parts.append("\(report.differingCount) differing") }
        return parts
    }

    private func json(_ item: SourceItem) -> JSONText {
        [
            "kind": JSONText(item.kind), "id": JSONText(item.id), "sourceID": JSONText(item.foreignID),
            "fields": JSONText(members: item.fields.map { ($0.name, JSONText(raw: $0.value)) }),
            "tags": JSONText(item.tags),
        ]
    }

    private func rows(of item: SourceItem) -> [String] {
        let order = ["title", "author", "date", "url"]
        func rank(_ name: String) -> Int { order.firstIndex(of: name) ?? order.count }
        var rows = item.fields.filter { !$0.name.hasPrefix("derived/") }.enumerated()
            .sorted { (rank($0.element.name), $0.offset) < (rank($1.element.name), $1.offset) }
            .map { "\(TerminalSanitizer.line($0.element.name)): \(shown($0.element.value))" }
        if !item.tags.isEmpty { rows.append("tags: \(cut(item.tags.joined(separator: ", ")))") }
        return rows
    }

    private func shown(_ json: [UInt8]) -> String {
        cut(decodeString(json) ?? String(decoding: json.prefix(Self.mostCharacters * 4), as: UTF8.self))
    }

    private func cut(_ text: String) -> String {
        let line = TerminalSanitizer.line(String(text.unicodeScalars.prefix(Self.mostCharacters * 8)))
        return line.count > Self.mostCharacters ? line.prefix(Self.mostCharacters) + "…" : line
    }
}
