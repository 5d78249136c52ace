internal import QuipuNaturalKeys

/// An item's address at Zotero: `http://zotero.org/users/475425/items/ABCD2345`, `…/groups/…`, `…/users/local/…`.
struct ZoteroAddress {
    /// Whose ids its keys are: `zotero:users/475425`.
    let producer: String
    let key: String

    init?(_ text: String) {
        guard text.utf8.count < 256, let mark = text.range(of: "zotero.org/") else { return nil }
        let parts = text[mark.upperBound...].split(separator: "/").map(String.init)
        guard let place = parts.firstIndex(of: "items"), place + 1 < parts.count, place >= 2,
            ["users", "groups"].contains(parts[0]), ZoteroAddress.isKey(parts[place + 1])
        else { return nil }
        producer = "zotero:" + parts[..<place].joined(separator: "/")
        key = parts[place + 1]
    }

    /// Eight letters and digits.
    static func isKey(_ text: String) -> Bool { text.utf8.count == 8 && text.utf8.allSatisfy(ASCII.isAlphanumeric) }
}

extension String {
    /// The first place of a text, without Foundation.
    fileprivate func range(of text: String) -> Range<Index>? {
        var place = startIndex
        while place < endIndex {
            if self[place...].hasPrefix(text) { return place..<index(place, offsetBy: text.count) }
            place = index(after: place)
        }
        return nil
    }
}
