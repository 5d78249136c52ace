internal import QuipuCanonicalJSON
internal import QuipuStorage

extension Transaction {
    /// Annotations of one text whose anchors are looked after when it is edited; those beyond it are where the text says, as
    /// all are, but keep no state of it.
    private static var mostReanchored: Int { 1_000 }

    /// Looks for the passages of an article's annotations in its new text, and notes in them what has become of each: found
    /// by edit distance, lost, or found again. What is as it was is not written.
    mutating func reanchor(annotationsOf article: RecordID, in body: [UInt8]) throws(QuipuError) {
        let attached = try QuipuError.presenting { try store.records.attachments(to: article.stored) }
        let annotations = attached.filter { $0["quote"] != nil }
        guard !annotations.isEmpty, let new = decodeString(body) else { return }
        let text = PassageText(new)
        for annotation in annotations.prefix(Self.mostReanchored) {
            guard let selector = TextSelector(quote: annotation["quote"], position: annotation["position"])
            else { continue }
            let stored = annotation["anchor"].flatMap { AnchorState($0) }
            let found = text.anchor(selector).state
            let state: AnchorState
            if let found {
                state = found
            } else if case .lost? = stored {
                // It was lost in an earlier text already.
                continue
            } else {
                state = AnchorState(lostInBody: body)
            }
            // Most annotations stand where they stood, and need not say so.
            if stored == nil, case .found(let method, _) = state, method != .fuzzy { continue }
            if stored?.json == state.json { continue }
            let id = RecordID(annotation.id, kind: annotation.kind)
            guard canBeEdited(id) else { continue }
            try put([("anchor", state.json)], into: id)
        }
    }
}
