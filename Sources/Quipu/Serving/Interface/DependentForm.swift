internal import QuipuStorage

/// What belongs to a record, as JSON.
enum DependentForm {
    static func members(
        of record: Record, in snapshot: borrowing Snapshot
    ) throws -> [(String, JSONText)] {
        guard let page = try snapshot.page(of: record.id) else { return [] }
        let dependents = try page.dependents.map { dependent -> JSONText in
            let tag = try snapshot.tag(of: dependent.record)
            return [
                "record": JSONText(members: RecordForm.members(of: dependent.record, tag: tag)),
                "passage": passage(dependent.passage, dependent.match), "author": JSONText(dependent.author),
                "byProgram": JSONText(dependent.isByProgram),
                "timeMilliseconds": JSONText(dependent.timeMilliseconds), "file": file(dependent.file),
            ]
        }
        let target = try page.target.map {
            JSONText(members: RecordForm.members(of: $0, tag: try snapshot.tag(of: $0), isBrief: true))
        }
        return [
            ("collectionNames", JSONText(page.collectionNames)), ("sources", JSONText(page.sources)),
            ("target", target ?? nil), ("passage", passage(page.passage, page.match)),
            ("file", file(page.file)),
            ("dependents", JSONText(dependents)),
        ]
    }

    /// Where a passage is, and how it was found there or since when it is not.
    static func passage(_ passage: Passage?, _ match: Passage.Match?) -> JSONText {
        guard let passage else { return nil }
        return JSONText(members: [("state", JSONText(passage.word))] + passage.members(match))
    }

    private static func file(_ file: AttachedFile?) -> JSONText {
        guard let file else { return nil }
        return [
            "name": JSONText(file.name), "mediaType": JSONText(file.mediaType),
            "sizeBytes": JSONText(ifAny: file.sizeBytes), "here": JSONText(file.isHere),
        ]
    }
}
