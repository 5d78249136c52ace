internal import Quipu

/// What an import did, in words and as JSON.
struct ImportReportText {
    private let report: ImportReport
    private let collection: String?

    init(_ report: ImportReport, collection: String?) {
        self.report = report
        self.collection = collection
    }

    /// "3 read, 2 created, 0 updated, 1 unchanged", and what else there was.
    var counts: String {
        var parts = [
            "\(report.readItems) read", "\(report.createdRecords) created",
            "\(report.updatedRecords) updated",
            "\(report.unchangedRecords) unchanged",
        ]
        if report.restoredRecords > 0 { parts.append("\(report.restoredRecords) restored") }
        if report.repeatedItems > 0 { parts.append("\(report.repeatedItems) repeated") }
        if report.stayedDeletedItems > 0 { parts.append("\(report.stayedDeletedItems) stayed deleted") }
        if report.outdatedItems > 0 { parts.append("\(report.outdatedItems) read before") }
        if report.differingItems > 0 { parts.append("\(report.differingItems) differing") }
        if report.rejectedItems > 0 { parts.append("\(report.rejectedItems) rejected") }
        if let unopened = ImportFindings(report).unopened { parts.append(unopened) }
        return parts.joined(separator: ", ")
    }

    func show(in output: Output) {
        output.json([
            "read": JSONText(report.readItems), "created": JSONText(report.createdRecords),
            "updated": JSONText(report.updatedRecords),
            "unchanged": JSONText(report.unchangedRecords), "repeated": JSONText(report.repeatedItems),
            "rejected": JSONText(report.rejectedItems),
            "stayedDeleted": JSONText(report.stayedDeletedItems),
            "restored": JSONText(report.restoredRecords), "outdated": JSONText(report.outdatedItems),
            "differing": JSONText(report.differingItems),
            "collection": JSONText(collection),
            "differences": JSONText(
                report.differences.map { difference in
                    [
                        "file": JSONText(difference.place.file), "line": JSONText(difference.place.line),
                        "id": JSONText(difference.record.uuid), "fields": JSONText(difference.fields),
                    ]
                }),
            "unopened": report.unopenedSources.json,
            "rejections": report.refusals.json, "remarks": report.remarks.json, "kept": report.keptNames.json,
        ])
        output.remark(counts)
        ImportFindings(report).show(in: output)
        if output.isJSON { return }
        if report.stayedDeletedItems > 0 {
            let articles =
                report.stayedDeletedItems == 1
                ? "1 article was" : "\(report.stayedDeletedItems) articles were"
            output.advise("\(articles) deleted, or the import undone, and stayed so: quipu import --restore")
        }
        if report.outdatedItems > 0 {
            let them = report.outdatedItems == 1 ? "it is" : "they are"
            output.remark(
                "a newer state was read since, so \(them) not new: quipu import --again takes \(report.outdatedItems == 1 ? "it" : "them") all the same"
            )
        }
        for difference in report.differences {
            output.warn(
                "\(difference.place): differs from an earlier item for the same article, "
                    + "\(difference.record.handle); not taken: \(TerminalSanitizer.line(difference.fields.map { FieldTitle.of($0) }.joined(separator: ", ")))"
            )
        }
        let unnamed = report.differingItems - report.differences.count
        if unnamed > 0 { output.warn("and \(unnamed) more that differ") }
    }
}
