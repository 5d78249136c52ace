internal import Quipu

extension RecordPage {
    var json: JSONText {
        var members = JSONText.members(of: record, collections: collectionNames)
        if let passage { members += passage.members(placed: match) }
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
                    + ($0.passage?.members(placed: $0.match) ?? []) + ($0.file?.members ?? [])
                    + [
                        ("author", JSONText($0.author)), ("byProgram", JSONText($0.isByProgram)),
                        ("timeMilliseconds", JSONText($0.timeMilliseconds)),
                    ])
        }
        members.append(("annotations", JSONText(dependents)))
        return JSONText(members: members)
    }
}

extension Passage {
    fileprivate func members(placed match: Match?) -> [(String, JSONText)] {
        [("place", JSONText(word))] + members(match)
    }
}
