internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuNaturalKeys

/// How an item and a record compare on one rank.
enum RankAgreement: Int {
    case disagree
    /// One of them has no key of the rank.
    case open
    case agree
}

extension Candidate {
    /// How an item compares with the record, the strongest rank first; nil where they are not the same: they agree on no
    /// rank, or disagree on a stronger one.
    func match(_ item: ImportItem, _ keys: ItemKeys) throws -> [RankAgreement]? {
        var ranks: [RankAgreement] = [try source(of: item)]
        var replaced: [Int] = []
        for field in KeyedField.allCases {
            var rank = try compare(field, item, keys)
            if field == .body {
                if rank.agreement == .disagree { rank.agreement = .open }
                if rank.agreement == .agree, try !allows(item) { rank = (.open, false) }
            }
            if rank.isReplaced { replaced.append(ranks.count) }
            ranks.append(rank.agreement)
        }
        if !replaced.isEmpty {
            // A key that something else took the place of leads only where more than it agrees.
            let isSure =
                try ranks.indices.contains { ranks[$0] == .agree && !replaced.contains($0) }
                || item["title"].map { try knows(title: $0) } ?? false
            if !isSure { for place in replaced { ranks[place] = .disagree } }
        }
        return ranks.first { $0 != .open } == .agree ? ranks : nil
    }

    /// Whether more than an id speaks for it: the title, the text or another key is one that the record has, or that a
    /// source gave it; or the title was corrected, while authors and date leave open that it is the same article.
    func resembles(_ item: ImportItem) throws -> Bool {
        if let title = item["title"], try knows(title: title) { return true }
        // What belongs to the same article, with the same id.
        if let target = item["target"], try standing("target").contains(target) { return true }
        for field in KeyedField.allCases {
            guard let json = item[field.rawValue] else { continue }
            if try shows(field.rawValue, json) || hasImported(field.rawValue, json) { return true }
        }
        guard let title = item["title"].flatMap({ decodeString($0) }), try agreesOnAuthor(item),
            try agreesOnDate(item)
        else { return false }
        return try standing("title").contains {
            decodeString($0).map { TitleSimilarity.areAlike($0, title) } ?? false
        }
    }

    /// Whether an id that another file may have for something else leads to the item's record. Two works of one title may
    /// have one citation key, and their DOIs tell them apart; of a number, title, authors and date must agree.
    func isLikely(_ item: ImportItem, _ keys: ItemKeys) throws -> Bool {
        guard let source = item.source, source.isCitationKey else { return try resembles(item) }
        if try compare(.doi, item, keys).agreement == .disagree { return false }
        if !source.isNumbered { return try resembles(item) }
        guard let title = item["title"], try knows(title: title) else { return false }
        return try agreesOnAuthor(item) && agreesOnDate(item)
    }

    private func agreesOnAuthor(_ item: ImportItem) throws -> Bool {
        guard let author = item["author"] else { return true }
        let authors = try standing("author")
        return try authors.isEmpty || authors.contains(author) || hasImported("author", author)
    }

    /// Whether a field has a value, or for an address, DOI or text one of the same canonical form.
    func shows(_ field: String, _ json: [UInt8]) throws -> Bool {
        let standing = try standing(field)
        if standing.contains(json) { return true }
        guard let keyed = KeyedField(rawValue: field), let canonical = keyed.canonical(json) else {
            return false
        }
        return standing.contains { keyed.canonical($0) == canonical }
    }

    private func source(of item: ImportItem) throws -> RankAgreement {
        guard let source = item.source else { return .open }
        let known = try sourceIDs(of: source)
        if known.contains(source.id) { return .agree }
        return known.isEmpty || source.isCitationKey ? .open : .disagree
    }

    private func compare(
        _ field: KeyedField, _ item: ImportItem, _ keys: ItemKeys
    ) throws -> (agreement: RankAgreement, isReplaced: Bool) {
        guard let canonical = keys.canonical(field), let json = item[field.rawValue] else {
            return (.open, false)
        }
        let standing = try standing(field.rawValue)
        if standing.contains(json) { return (.agree, false) }
        let theirs = standing.compactMap { field.canonical($0) }
        if theirs.contains(canonical) { return (.agree, false) }
        if try wasImported(field, json, canonical) {
            // Of a field without a value (a purge) what it had leads on.
            return (.agree, !standing.isEmpty)
        }
        let had =
            try !theirs.isEmpty
            || standing.isEmpty && versions(of: field.rawValue).versions.contains(where: \.isImport)
        return (had ? .disagree : .open, false)
    }

    /// Whether an import gave the field this key: by the value's hash, which outlasts its text, or by its text.
    private func wasImported(_ field: KeyedField, _ json: [UInt8], _ canonical: String) throws -> Bool {
        guard record.flags.contains(.hasVersions) else { return false }
        let value = ValueHash(of: json)
        for version in try versions(of: field.rawValue).versions where version.isImport {
            if version.value == value { return true }
            if field != .body, let text = try archive.texts.hidden(version.value),
                field.canonical(text) == canonical
            {
                return true
            }
        }
        return false
    }
}
