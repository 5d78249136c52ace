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
                "passage": passage(dependent.passage), "author": JSONText(dependent.author),
                "byProgram": JSONText(dependent.isByProgram),
                "timeMilliseconds": JSONText(dependent.timeMilliseconds), "file": file(dependent.file),
            ]
        }
        let target = try page.target.map {
            JSONText(members: RecordForm.members(of: $0, tag: try snapshot.tag(of: $0), isBrief: true))
        }
        return [
            ("collectionNames", JSONText(page.collectionNames)), ("sources", JSONText(page.sources)),
            ("target", target ?? nil), ("passage", passage(page.passage)), ("file", file(page.file)),
            ("dependents", JSONText(dependents)),
        ]
    }

    static func passage(_ passage: Passage?) -> JSONText {
        guard let passage else { return nil }
        let state =
            switch passage {
            case .found: "found"
            case .moved: "moved"
            case .changed: "changed"
            case .lost: "lost"
            }
        guard let range = passage.range else { return ["state": JSONText(state)] }
        return [
            "state": JSONText(state), "start": JSONText(range.lowerBound), "end": JSONText(range.upperBound),
        ]
    }

    private static func file(_ file: AttachedFile?) -> JSONText {
        guard let file else { return nil }
        return [
            "name": JSONText(file.name), "mediaType": JSONText(file.mediaType),
            "sizeBytes": JSONText(ifAny: file.sizeBytes), "here": JSONText(file.isHere),
        ]
    }
}
