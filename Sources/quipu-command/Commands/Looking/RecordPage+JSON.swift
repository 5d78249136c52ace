internal import Quipu

extension RecordPage {
    var json: JSONText {
        var members = JSONText.members(of: record, collections: collectionNames)
        if let passage { members += passage.members(match) }
        if let file { members += file.members }
        members.append(("missingTexts", JSONText(missingTexts)))
        members.append(
            (
                "waitingTexts",
                JSONText(
                    waitingTexts.map { text in
                        JSONText(members: [
                            ("field", JSONText(text.field)),
                            ("bytes", text.sizeBytes.map { JSONText($0) } ?? nil),
                            ("remote", JSONText(text.remote)),
                        ])
                    })
            ))
        let dependents = dependents.map {
            JSONText(
                members: JSONText.members(of: $0.record, collections: [])
                    + ($0.passage?.members($0.match) ?? []) + ($0.file?.members ?? [])
                    + [
                        ("author", JSONText($0.author)), ("byProgram", JSONText($0.isByProgram)),
                        ("time", JSONText(timeMilliseconds: $0.timeMilliseconds)),
                    ])
        }
        members.append(("annotations", JSONText(dependents)))
        return JSONText(members: members)
    }
}

extension Passage {
    fileprivate func members(_ match: Match?) -> [(String, JSONText)] {
        var found: (method: String, score: JSONText)?
        var lostAt: Version?
        switch match {
        case .found(let method, let score):
            found = (method.rawValue, JSONText(raw: Array(DependentText.text(of: score).utf8)))
        case .lost(let version): lostAt = version
        case nil: break
        }
        return [
            ("place", JSONText(word)), ("start", range.map { JSONText($0.lowerBound) } ?? nil),
            ("end", range.map { JSONText($0.upperBound) } ?? nil), ("method", JSONText(found?.method)),
            ("score", found?.score ?? nil), ("lostAt", JSONText(lostAt?.description)),
        ]
    }

    /// A stable word for programs.
    private var word: String {
        switch self {
        case .found: "found"
        case .moved: "moved"
        case .changed: "changed"
        case .lost: "lost"
        }
    }
}
