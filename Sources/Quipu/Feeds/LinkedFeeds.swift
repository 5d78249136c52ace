internal import QuipuHTTPClient

/// The feeds that a page of the web names in its `<link rel="alternate">`: for who typed the page's address instead.
enum LinkedFeeds {
    private static let types: Set<String> = [
        "application/rss+xml", "application/atom+xml", "application/feed+json",
    ]
    /// They stand in the head.
    private static let searchedBytes = 256 << 10
    private static let mostNamed = 3

    /// Their addresses, in the order of the page.
    static func addresses(in page: [UInt8], at base: String) -> [String] {
        let text = Substring(decoding: page.prefix(searchedBytes), as: UTF8.self)
        var found: [String] = []
        for part in text.split(separator: "<") where part.prefix(5).lowercased() == "link " {
            let values = attributes(part.dropFirst(5))
            guard values["rel"]?.lowercased().split(separator: " ").contains("alternate") == true,
                let type = values["type"]?.lowercased(), types.contains(type), let reference = values["href"],
                let address = URLReference.resolve(
                    reference.replacing("&amp;", with: "&"), against: base), WebFetch.isWeb(address),
                !found.contains(address)
            else { continue }
            found.append(address)
            if found.count == mostNamed { break }
        }
        return found
    }

    /// - Parameter text: a tag behind its name, and what follows it.
    private static func attributes(_ text: Substring) -> [String: String] {
        var values: [String: String] = [:]
        var rest = text
        while let equals = rest.firstIndex(of: "="), !rest[..<equals].contains(">") {
            let name = rest[..<equals].split(whereSeparator: \.isWhitespace).last?.lowercased() ?? ""
            rest = rest[rest.index(after: equals)...].drop(while: \.isWhitespace)
            let value: Substring
            if let quote = rest.first, quote == "\"" || quote == "'" {
                value = rest.dropFirst().prefix { $0 != quote }
                rest = rest[value.endIndex...].dropFirst()
            } else {
                value = rest.prefix { !$0.isWhitespace && $0 != ">" }
                rest = rest[value.endIndex...]
            }
            if values[name] == nil { values[name] = String(value) }
        }
        return values
    }
}
