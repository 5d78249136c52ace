internal import QuipuHTTPServer
internal import QuipuHosting

/// What there is.
extension InterfaceRequest {
    func showStatus() throws -> HTTPResponse {
        _ = try parameters()
        let position = try archive.position()
        return try archive.read { snapshot in
            let status = try snapshot.status()
            // Where else the archive is, is nobody else's business.
            let mirrors = question.caller.isOwnPage ? status.mirrors.map(Self.mirror) : []
            return Self.json([
                "name": JSONText(status.name), "archive": JSONText(status.identifier),
                "replica": JSONText(status.replica),
                "records": JSONText(members: status.records.map { ($0.kind.rawValue, JSONText($0.count)) }),
                "conflicts": JSONText(status.conflictCount), "digest": JSONText(status.digest),
                "spokenDigest": JSONText(status.spokenDigest),
                "missingTexts": JSONText(status.missingTextCount),
                "purged": JSONText(status.purgedCount),
                "files": [
                    "count": JSONText(status.files.count), "missing": JSONText(status.files.missing),
                    "missingBytes": JSONText(status.files.missingBytes),
                ],
                "position": JSONText(raw: Array(position.description.utf8)), "mirrors": JSONText(mirrors),
            ])
        }
    }

    private static func mirror(_ mirror: ArchiveStatus.Mirror) -> JSONText {
        [
            "name": JSONText(mirror.name), "location": JSONText(mirror.location),
            "ahead": JSONText(mirror.ahead), "aheadAtMost": JSONText(mirror.isAheadAtMost),
            "behind": JSONText(ifAny: mirror.behind),
            "syncedAtMilliseconds": JSONText(ifAny: mirror.syncedAtMilliseconds),
            "readableByOthers": JSONText(mirror.isReadableByOthers), "insecure": JSONText(mirror.isInsecure),
        ]
    }

    func listRemotes() throws -> HTTPResponse {
        _ = try parameters()
        let mirrors = try archive.read { try $0.status().mirrors }
        return list("remotes", mirrors.map(Self.mirror))
    }

    func listTags() throws -> HTTPResponse {
        _ = try parameters()
        let counts = try archive.read { try $0.tagCounts() }
        return list(
            "tags", counts.map { ["tag": JSONText($0.tag), "count": JSONText($0.count)] })
    }

    func listCollections() throws -> HTTPResponse {
        _ = try parameters()
        return try archive.read { snapshot in
            let counts = try snapshot.collectionCounts()
            var collections: [JSONText] = []
            try snapshot.forEachRecord(RecordFilter(kind: .collection)) { record in
                let name = record.fields.name
                collections.append(
                    JSONText(
                        members: RecordForm.reference(record.id, caption: name) + [
                            ("name", JSONText(name)), ("query", JSONText(record.fields.string("query"))),
                            ("count", JSONText(counts[record.id.uuid] ?? 0)),
                        ]))
                return true
            }
            return list("collections", collections)
        }
    }
}
