internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Names that programs write with the family's first, as people say them.
enum NameOrder {
    /// What a cell of a table says: names with `;` between them, of which `Berg, Jan` is told as `Jan Berg`.
    static func inTable(_ cell: String) -> JSONValue {
        let names = cell.split(separator: ";").map { WhiteSpace.trimmed(String($0)) }.filter { !$0.isEmpty }
        if names.count < 2 { return .string(inOrder(names.first ?? cell)) }
        return .array(names.map { .string(inOrder($0)) })
    }

    /// `Berg, Jan` and `van der Berg, Jan` as people say them. Two names may have a comma between them, and organisations one in
    /// theirs, so that only one word with its particles is taken for a family's name, and a few for what is given.
    static func inOrder(_ text: String) -> String {
        let name = NameParts(inverted: text)
        guard !name.given.isEmpty, name.suffix.isEmpty, !text.hasPrefix("{"), !text.contains("&") else {
            return text
        }
        let (family, given) = (name.family.split(separator: " "), name.given.split(separator: " "))
        let isFamily = family.dropLast().allSatisfy { $0.first?.isLowercase == true }
        let isGiven = given.count <= 3 && given.allSatisfy(isGivenName)
        guard isFamily, family.last?.first?.isUppercase == true, isGiven else { return text }
        return NameParts(guessing: name.shown).literal.isEmpty ? name.shown : text
    }

    /// `Jan`, `J.`, `Jean-Luc`; not `Inc.`, `PhD` or `AP`.
    private static func isGivenName(_ word: Substring) -> Bool {
        guard word.first?.isUppercase == true, word.allSatisfy({ $0.isLetter || ".-'’".contains($0) }) else {
            return false
        }
        let isBrief = word.count == 1 || word.contains(".") || word.dropFirst().contains { $0.isLowercase }
        return isBrief && !notGiven.contains(word.lowercased().filter { $0 != "." })
    }

    private static let notGiven: Set<String> = [
        "ag", "bv", "co", "corp", "esq", "gmbh", "ii", "iii", "inc", "iv", "jr", "llc", "llp", "ltd", "md",
        "phd",
        "plc", "sa", "sr",
    ]
}
