internal import QuipuAnchoring
internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuFormats
internal import QuipuStorage

/// Where in the text of its article the passage of an annotation stands. Other programs count in texts of their own, so the
/// words decide, and a position is a hint.
final class QuotedPlaces {
    private let store: Store
    /// The text that was looked into last: annotations of an article come together.
    private var last: (article: RecordID, text: AnchoringText, hash: ValueHash)?

    init(_ store: Store) { self.store = store }

    /// The field `quote`, as the source tells the passage.
    static func quote(_ passage: SourcePassage) -> [UInt8] {
        let members: JSONValue = [
            "exact": .string(passage.exact), "prefix": .string(passage.prefix),
            "suffix": .string(passage.suffix),
        ]
        return members.canonicalBytes()
    }

    /// `position`, and `anchor`: by which method and how well it was found, or in which text, by its hash, it was not.
    func fields(of item: ImportItem, _ passage: SourcePassage?) throws -> [(name: String, json: [UInt8])] {
        guard let passage, !passage.exact.isEmpty,
            let target = item.fields.first(where: { $0.name == "target" }).flatMap({ decodeString($0.json) }),
            let article = RecordID(text: target), let (text, hash) = try text(of: article)
        else { return [] }
        let quotation = Quotation(
            exact: PassageText.normalised(passage.exact), prefix: PassageText.normalised(passage.prefix),
            suffix: PassageText.normalised(passage.suffix),
            place: passage.start.map {
                Quotation.place(ofForeign: $0, length: passage.length, in: text.scalars.count)
            })
        guard let anchor = text.anchor(quotation) else {
            return [("anchor", (["lostAt": .string(hash.hexadecimal)] as JSONValue).canonicalBytes())]
        }
        let position: JSONValue = [
            "start": .number(Double(anchor.range.lowerBound)),
            "end": .number(Double(anchor.range.upperBound)),
        ]
        let found: JSONValue = [
            "method": .string(anchor.method.rawValue),
            "score": .number((anchor.score * 1_000).rounded() / 1_000),
        ]
        return [("anchor", found.canonicalBytes()), ("position", position.canonicalBytes())]
    }

    /// Nil for a record without a text.
    private func text(of article: RecordID) throws -> (AnchoringText, ValueHash)? {
        if let last, last.article == article { return (last.text, last.hash) }
        guard let json = try store.records.view(article, kind: "article")?["body"],
            let body = decodeString(json)
        else { return nil }
        let text = AnchoringText(PassageText.normalised(body))
        let hash = ValueHash(of: json)
        last = (article, text, hash)
        return (text, hash)
    }
}
