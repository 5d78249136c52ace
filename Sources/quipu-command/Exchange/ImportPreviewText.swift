internal import Quipu

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
            "dryRun": true, "format": JSONText(preview.format), "read": JSONText(report.readItems),
            "created": count(report.createdRecords), "updated": count(report.updatedRecords),
            "unchanged": count(report.unchangedRecords), "repeated": count(report.repeatedItems),
            "stayedDeleted": count(report.stayedDeletedItems), "outdated": count(report.outdatedItems),
            "differing": count(report.differingItems),
            "rejected": JSONText(report.rejectedItems),
            "unopened": report.unopenedSources.json, "rejections": report.refusals.json,
            "remarks": report.remarks.json, "kept": report.keptNames.json, "collection": JSONText(collection),
            "first": JSONText(preview.firstItems.map(json)),
        ])
        output.line("\(TerminalSanitizer.line(path)): \(preview.format)")
        var counts = counted(report.readItems, "item")
        if report.rejectedItems > 0 { counts += ", \(report.rejectedItems) rejected" }
        if let unopened = ImportFindings(report).unopened { counts += ", \(unopened)" }
        if let collection { counts += ", for the collection \(TerminalSanitizer.line(collection))" }
        output.line(counts)
        if preview.tellsEffects { output.line("would be: " + effects(report).joined(separator: ", ")) }
        for item in preview.firstItems {
            output.line()
            for row in rows(of: item) { output.line("  " + row) }
        }
        if !preview.firstItems.isEmpty { output.line() }
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
            "\(report.createdRecords) created", "\(report.updatedRecords) updated",
            "\(report.unchangedRecords) unchanged",
        ]
        if report.repeatedItems > 0 { parts.append("\(report.repeatedItems) repeated") }
        if report.stayedDeletedItems > 0 { parts.append("\(report.stayedDeletedItems) still deleted") }
        if report.outdatedItems > 0 { parts.append("\(report.outdatedItems) read before") }
        if report.differingItems > 0 { parts.append("\(report.differingItems) differing") }
        return parts
    }

    private func json(_ item: ImportPreview.Item) -> JSONText {
        [
            "kind": JSONText(item.kind), "id": JSONText(item.id), "sourceID": JSONText(item.foreignID),
            "fields": JSONText(members: item.fields.map { ($0.name, JSONText(raw: $0.json)) }),
            "tags": JSONText(item.tags),
        ]
    }

    private func rows(of item: ImportPreview.Item) -> [String] {
        let order = ["title", "author", "date", "url"]
        func rank(_ name: String) -> Int { order.firstIndex(of: name) ?? order.count }
        var rows = item.fields.filter { !$0.name.hasPrefix("derived/") }.enumerated()
            .sorted { (rank($0.element.name), $0.offset) < (rank($1.element.name), $1.offset) }
            .map { "\(TerminalSanitizer.line($0.element.name)): \(shown($0.element.json, $0.element.text))" }
        if !item.tags.isEmpty { rows.append("tags: \(cut(item.tags.joined(separator: ", ")))") }
        return rows
    }

    private func shown(_ json: [UInt8], _ text: String?) -> String {
        cut(text ?? String(decoding: json.prefix(Self.mostCharacters * 4), as: UTF8.self))
    }

    private func cut(_ text: String) -> String {
        let line = TerminalSanitizer.line(String(text.unicodeScalars.prefix(Self.mostCharacters * 8)))
        return line.count > Self.mostCharacters ? line.prefix(Self.mostCharacters) + "…" : line
    }
}
