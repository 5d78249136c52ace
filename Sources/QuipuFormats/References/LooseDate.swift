internal import QuipuCanonicalJSON

/// Dates as reference managers let people write them.
enum LooseDate {
    /// `2001/02/03/other`, where each part but the year may be missing; and whatever else is a date.
    static func read(_ text: String) -> (date: String, isWhole: Bool)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { NameParts.collapsed(String($0)) }
        if parts.count > 1, parts[0].utf8.count == 4, parts[0].allSatisfy(\.isNumber) {
            var date = parts[0]
            var numbers = 0
            for part in parts.dropFirst().prefix(2) {
                guard !part.isEmpty, part.utf8.count <= 2, let number = Int(part), numbers < 2 else { break }
                date += (number < 10 ? "-0" : "-") + String(number)
                numbers += 1
            }
            let rest = parts.dropFirst(1 + numbers).filter { !$0.isEmpty }
            if SourceDate.read(date) != nil { return (date, rest.isEmpty) }
        }
        if let taken = SourceDate.read(text), let date = taken.value.string { return (date, taken.isWhole) }
        // `c2001`, `2001-2003`, `Spring 2001`: the first year.
        let digits = text.split(whereSeparator: { !$0.isASCII || !$0.isNumber })
        guard let year = digits.first(where: { $0.count == 4 }), SourceDate.read(String(year)) != nil else { return nil }
        return (String(year), false)
    }
}
