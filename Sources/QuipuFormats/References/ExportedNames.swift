internal import QuipuCanonicalJSON

extension ExportedReference {
    /// The authors in their parts: as a reader kept them where they are still the ones that are shown, else guessed.
    mutating func takeAuthors() -> [NameParts] {
        guard let value = take("author") else { return [] }
        let shown = Self.texts(value)
        let kept = keptAuthors()
        if kept.map(\.shown) == shown {
            for name in ["x-author", "x-AU", "x-A1", "x-FAU", "x-%A"] where peek(name) != nil { _ = take(name) }
            return kept
        }
        return shown.map { NameParts(guessing: $0) }
    }

    /// Whether there are more than those who are named.
    var hasOtherAuthors: Bool { peek("x-author").map { Self.texts($0).last == "others" } ?? false }

    private func keptAuthors() -> [NameParts] {
        if let creators = peek("x-creators")?.array {
            return creators.filter { ZoteroCreator.isAuthor($0) }.compactMap(ZoteroCreator.name)
        }
        if let people = peek("x-author") {
            if people.array?.contains(where: { $0.members != nil }) == true { return CSLName.read(people) }
            return Self.texts(people).filter { $0 != "others" }.map { NameParts(inverted: $0) }
        }
        for name in ["x-AU", "x-A1", "x-FAU", "x-%A"] {
            if let value = peek(name) { return Self.texts(value).map { NameParts(inverted: $0) } }
        }
        return []
    }

    /// Others than the authors, by what they did, as Zotero calls it.
    mutating func takePeople() -> [(role: String, names: [NameParts])] {
        var people: [(role: String, names: [NameParts])] = []
        func add(_ role: String, _ names: [NameParts]) {
            if names.isEmpty { return }
            if let place = people.firstIndex(where: { $0.role == role }) {
                people[place].names += names
            } else {
                people.append((role, names))
            }
        }
        if let creators = take("x-creators")?.array {
            for creator in creators where !ZoteroCreator.isAuthor(creator) {
                if let name = ZoteroCreator.name(creator) { add(ZoteroCreator.role(creator), [name]) }
            }
        }
        for row in ReferenceField.people {
            for name in Set([row.csl, row.bibLaTeX, row.ris].compactMap(\.self)).sorted() {
                guard let value = peek("x-" + name), take("x-" + name) != nil else { continue }
                let isOfCSL = value.array?.contains { $0.members != nil } == true
                add(row.zotero, isOfCSL ? CSLName.read(value) : Self.texts(value).map { NameParts(inverted: $0) })
            }
        }
        return people
    }
}
