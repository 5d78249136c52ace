/// What an import did, or would do, as JSON.
enum ImportForm {
    private static let mostRemarks = 200

    static func json(
        _ report: ImportReport, of upload: TemporaryUpload, format: String, tellsEffects: Bool,
        items: [ImportPreview.Item],
        isPreview: Bool, entry: String?
    ) -> JSONText {
        [
            "format": JSONText(format), "preview": JSONText(isPreview),
            "tellsEffects": JSONText(tellsEffects),
            "read": JSONText(report.readItems), "created": JSONText(report.createdRecords),
            "updated": JSONText(report.updatedRecords), "unchanged": JSONText(report.unchangedRecords),
            "repeated": JSONText(report.repeatedItems), "stayedDeleted": JSONText(report.stayedDeletedItems),
            "restored": JSONText(report.restoredRecords), "outdated": JSONText(report.outdatedItems),
            "differing": JSONText(report.differingItems), "rejected": JSONText(report.rejectedItems),
            "refusals": remarks(report.refusals, of: upload), "remarks": remarks(report.remarks, of: upload),
            "keptNames": JSONText(
                members: report.keptNames.sorted { $0.key < $1.key }.map { ($0.key, JSONText($0.value)) }),
            "collection": JSONText(report.collection?.description), "items": JSONText(items.map(item)),
            "entry": JSONText(entry),
        ]
    }

    private static func remarks(_ remarks: [ImportReport.Remark], of upload: TemporaryUpload) -> JSONText {
        JSONText(
            remarks.prefix(mostRemarks).map { remark -> JSONText in
                [
                    "line": JSONText(remark.place.line),
                    "place": JSONText(upload.told(remark.place.description)),
                    "reason": JSONText(upload.told(remark.reason)),
                ]
            })
    }

    private static func item(_ item: ImportPreview.Item) -> JSONText {
        [
            "kind": JSONText(item.kind), "id": JSONText(item.id ?? item.foreignID),
            "tags": JSONText(item.tags),
            "fields": JSONText(members: item.fields.map { ($0.name, JSONText(raw: $0.json)) }),
        ]
    }
}
