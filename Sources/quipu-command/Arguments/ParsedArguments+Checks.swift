/// Checks that more than one command makes on its words before it touches an archive.
extension ParsedArguments {
    /// A whole number; an error when it is none or outside `range`.
    func integer(
        _ name: String, in range: ClosedRange<Int> = 0...Int.max
    ) throws(UsageError) -> Int? {
        guard let text = option(name) else { return nil }
        guard let number = Int(text) else {
            throw UsageError(
                "--\(name) takes a whole number, not '\(text)'",
                hint: "write for example: --\(name) \(max(1, range.lowerBound))")
        }
        guard range.contains(number) else {
            let bounds =
                range.upperBound == Int.max
                ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
            throw UsageError("--\(name) must be \(bounds), not \(number)")
        }
        return number
    }

    /// Repeated `FIELD=VALUE` words, split at the first "="; the value may be empty, the field not.
    func assignments(_ name: String) throws(UsageError) -> [(field: String, value: String)] {
        var pairs: [(field: String, value: String)] = []
        for word in arguments(name) {
            guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")), equals != word.startIndex else {
                throw UsageError(
                    "'\(word)' is not of the form FIELD=VALUE",
                    hint: "write for example 'title=A better title', quoted as one word")
            }
            pairs.append((String(word[..<equals]), String(word[word.utf8.index(after: equals)...])))
        }
        return pairs
    }

    /// Fails when more than one of these options is given.
    func requireAtMostOne(of names: [String]) throws(UsageError) {
        let given = names.filter { flag($0) }.map { "--\($0)" }
        guard given.count > 1 else { return }
        throw UsageError("\(given.joined(separator: " and ")) exclude each other", hint: "give one of them")
    }

    /// Fails when an option is given beside another that leaves it without effect.
    func requireNone(of names: [String], with other: String) throws(UsageError) {
        guard flag(other), let given = names.first(where: flag) else { return }
        throw UsageError("--\(given) has no effect with --\(other)", hint: "leave one of them out")
    }

    /// Fails when some but not all of these options are given.
    func requireTogether(_ names: [String]) throws(UsageError) {
        guard let given = names.first(where: { flag($0) }),
            let missing = names.first(where: { !flag($0) })
        else { return }
        throw UsageError("--\(given) needs --\(missing) as well")
    }
}
