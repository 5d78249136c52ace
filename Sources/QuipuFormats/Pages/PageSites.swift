/// What a page calls its site, for telling that from the title beside it: the names that it gives, and the words of its host.
struct PageSites {
    private var keys: Set<String> = []

    /// Shorter parts of a host, as `co` and `org`, name no site.
    private static let shortestLabel = 4

    init(_ names: [String], address: String? = nil) {
        keys = Set(names.map(Self.key))
        if let host = address.flatMap(Self.host) {
            let labels = host.split(separator: ".").map(String.init)
            for label in labels.dropLast() where label.count >= Self.shortestLabel {
                keys.insert(Self.key(label))
            }
            keys.insert(Self.key(labels.drop { $0 == "www" }.joined(separator: ".")))
            keys.insert(Self.key(labels.drop { $0 == "www" }.dropLast().joined(separator: ".")))
        }
        keys.remove("")
    }

    func contains(_ text: String) -> Bool { keys.contains(Self.key(text)) }

    /// Letters and digits, small, without the article that some sites go without.
    private static func key(_ text: String) -> String {
        var letters = String.UnicodeScalarView()
        for scalar in text.lowercased().unicodeScalars
        where scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
            letters.append(scalar)
        }
        let key = String(letters)
        return key.hasPrefix("the") && key.count > 6 ? String(key.dropFirst(3)) : key
    }

    private static func host(_ address: String) -> String? {
        guard let scheme = address.firstRange(of: "://") else { return nil }
        let rest = address[scheme.upperBound...].prefix { !"/?#".contains($0) }
        let host = (rest.split(separator: "@").last ?? rest).prefix { $0 != ":" }.lowercased()
        return host.isEmpty || host.hasPrefix("[") || host.allSatisfy { $0.isNumber || $0 == "." }
            ? nil : host
    }
}
