internal import QuipuSQLite

// What a filter that finds nothing was perhaps meant to be.
extension QueryEvaluation {
    /// More names are not told one by one.
    private static let mostListed = 12
    /// Records and names that are looked through for one that is near.
    private static let mostSearched = 100

    /// All names, if they are few.
    static func list(_ names: [String]) -> String {
        names.isEmpty || names.count > mostListed ? "" : "; there are: \(names.joined(separator: ", "))"
    }

    /// Authors of the records that came last, as whole names and as words, folded.
    func authors(in cards: Connection) throws -> [String] {
        var names: [String] = []
        var seen: Set<String> = []
        var rows = try cards.rows(
            "SELECT author FROM heading ORDER BY rowid DESC LIMIT ?", [.integer(Int64(Self.mostSearched))])
        while try rows.next() {
            let words = rows.text(0).split(separator: " ").map(String.init)
            let whole = words.split(separator: "¶").map { $0.joined(separator: " ") }
            for name in whole + words where name != "¶" && seen.insert(name).inserted { names.append(name) }
        }
        return names
    }

    /// The hosts of addresses, in the order of their labels from the last.
    func hosts(in cards: Connection) throws -> [String] {
        var (hosts, from) = ([String](), "")
        while hosts.count < Self.mostSearched {
            var rows = try cards.rows(
                "SELECT address FROM card INDEXED BY card_by_address WHERE address > ? ORDER BY address LIMIT 1",
                [.text(from)])
            guard try rows.next() else { break }
            let host = String(rows.text(0).prefix { !"/?#:".contains($0) })
            hosts.append(AddressKey.host(host))
            // Behind all of its pages.
            from = host + "/\u{10FFFF}"
        }
        return hosts
    }

    func dois(in cards: Connection, from start: String) throws -> [String] {
        var dois: [String] = []
        var rows = try cards.rows(
            """
            SELECT DISTINCT doi FROM card INDEXED BY card_by_doi
            WHERE doi >= ?1 AND doi < ?1 || char(1114111) ORDER BY doi LIMIT ?2
            """, [.text(start), .integer(Int64(Self.mostSearched))])
        while try rows.next() { dois.append(rows.text(0)) }
        return dois
    }
}
