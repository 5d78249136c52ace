/// `1 record`, `2 records`, `0 entries`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(count == 1 ? noun : plural(of: noun))" }

/// `1 text is`, `2 texts are`: what every message says that goes on with a verb.
func countedAre(_ count: Int, _ noun: String) -> String {
    "\(counted(count, noun)) \(count == 1 ? "is" : "are")"
}

/// Of regular English nouns, and of kinds of records, which people name as they like.
private func plural(of noun: String) -> String {
    let bytes = Array(noun.utf8)
    if bytes.last == UInt8(ascii: "y"), let before = bytes.dropLast().last, !"aeiou".utf8.contains(before) {
        return noun.dropLast() + "ies"
    }
    return ["s", "x", "z", "ch", "sh"].contains { noun.hasSuffix($0) } ? noun + "es" : noun + "s"
}
