internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuNaturalKeys
internal import QuipuSQLite

/// A web address or a DOI that names records.
enum WebName {
    /// As it stands on a card, and as it is a key.
    case address(AddressKey, canonical: String)
    case doi(String)

    init?(address text: String) {
        guard let key = AddressKey(url: text), let canonical = CanonicalURL.canonicalize(text) else {
            return nil
        }
        self = .address(key, canonical: canonical)
    }

    fileprivate var field: KeyedField {
        switch self {
        case .address: .url
        case .doi: .doi
        }
    }

    fileprivate var canonical: String {
        switch self {
        case .address(_, let canonical): canonical
        case .doi(let doi): doi
        }
    }

    fileprivate func isShown(in fields: VisibleFields) -> Bool {
        guard let text = fields[field.rawValue].flatMap({ decodeString($0) }) else { return false }
        return switch self {
        case .address(let key, _): AddressKey(url: text)?.text == key.text
        case .doi(let doi): CanonicalDOI.canonicalize(text) == doi
        }
    }
}

extension CardIndex {
    /// The rows of the records that show a web address or a DOI.
    ///
    /// Who only reads may find the cards behind the log. They are not made for one name then: what they or the natural keys
    /// lead to, and what changed its address since, is looked at itself.
    func rows(named name: WebName) throws -> [Int64] {
        if database.isReadOnly, let rows = try rowsBesideCards(named: name) { return rows }
        return try rows(of: name, in: upToDate())
    }

    private func rows(of name: WebName, in cards: Connection) throws -> [Int64] {
        var found: [Int64] = []
        var rows =
            switch name {
            case .address(let key, _):
                try cards.rows(
                    "SELECT record FROM card INDEXED BY card_by_address WHERE address = ?", .text(key.text))
            case .doi(let doi):
                try cards.rows("SELECT record FROM card INDEXED BY card_by_doi WHERE doi = ?", .text(doi))
            }
        while try rows.next() { found.append(rows.integer(0)) }
        return found
    }

    /// Nil where the cards are up to date, or nothing says which records may have the name.
    private func rowsBesideCards(named name: WebName) throws -> [Int64]? {
        let end = try position
        guard let cards = try? archive.cards ?? open() else { return nil }
        archive.cards = cards
        if try hasReached(end, cards) { return nil }
        var found: Set<Int64>
        var known = try reached(cards)
        let isOfCards = known > 0
        if isOfCards {
            found = Set(try rows(of: name, in: cards)).union(try completed(cards))
        } else {
            known = try database.integer("SELECT identified_position FROM archive") ?? 0
            if known == 0 { return nil }
            found = []
            for form in [name.canonical] + name.field.formerForms(name.canonical) {
                let key = NaturalKey(name.field.sort, form, kind: "article", in: id)
                found.formUnion(try keyIndex.recordRows(with: key))
            }
        }
        found.formUnion(try rows(changing: name.field, after: known, through: end))
        let shown = try found.sorted().filter { name.isShown(in: try recordStates.record(row: $0).fields) }
        // Natural keys are of articles only.
        return isOfCards || !shown.isEmpty ? shown : nil
    }

    private func rows(changing field: KeyedField, after start: Int64, through end: Int64) throws -> Set<Int64>
    {
        guard start < end, let name = try interning.knownNameRow(field.rawValue, in: database) else {
            return []
        }
        var found: Set<Int64> = []
        for position in start + 1...end {
            for record in try log.body(at: position).records
            where record.fields.contains(where: { $0.name == name }) {
                found.insert(record.row)
            }
        }
        return found
    }
}
