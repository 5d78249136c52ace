internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Dates of BibLaTeX (`date`: ISO 8601 with ranges and marks of doubt) and of BibTeX (`year`, `month`, `day`).
enum BibTeXDate {
    static func take(_ entry: BibTeXEntry, _ draft: inout ReferenceDraft) {
        // In a date `~` is a mark of doubt.
        if let date = entry.value("date").map(BibTeXMapping.verbatim), !date.isEmpty {
            if let first = extended(date) {
                draft.set("date", first.date)
                if !first.isWhole { draft.keep("date", date) }
            } else if SourceDate.read(date) != nil {
                draft.setDate(.string(date), keptAs: "date")
            } else {
                draft.keep("date", date)
            }
        }
        takeYear(entry, &draft)
    }

    private static func takeYear(_ entry: BibTeXEntry, _ draft: inout ReferenceDraft) {
        guard let year = entry.value("year").map({ LaTeXText.decode($0) }), !year.isEmpty else {
            if let month = entry.value("month") { draft.keep("month", LaTeXText.decode(month)) }
            return
        }
        let rawMonth = entry.value("month").map { LaTeXText.decode($0) } ?? ""
        guard !draft.has("date") else {
            if draft.text("date")?.hasPrefix(year) != true { draft.keep("year", year) }
            if !rawMonth.isEmpty { draft.keep("month", rawMonth) }
            return
        }
        let digits = year.split(whereSeparator: { !$0.isASCII || !$0.isNumber }).first { $0.count == 4 }.map(
            String.init)
        guard let digits else {
            // `2004-05-06` and words that are a date.
            draft.setDate(.string(year), keptAs: "year")
            if !rawMonth.isEmpty { draft.keep("month", rawMonth) }
            return
        }
        if digits != year {
            if let whole = extended(year)
                ?? SourceDate.read(year).flatMap({ $0.value.string.map { ($0, true) } })
            {
                draft.set("date", whole.date)
                if !whole.isWhole { draft.keep("year", year) }
                if !rawMonth.isEmpty { draft.keep("month", rawMonth) }
                return
            }
            draft.keep("year", year)
        }
        let (month, day) = monthAndDay(rawMonth, entry.value("day").map { LaTeXText.decode($0) })
        var date = digits
        if let month {
            date += "-" + WrittenDate.padded(month, 2)
            if let day, SourceDate.read(date + "-" + WrittenDate.padded(day, 2)) != nil {
                date += "-" + WrittenDate.padded(day, 2)
            }
        } else if !rawMonth.isEmpty {
            draft.keep("month", rawMonth)
        }
        draft.set("date", date)
    }

    /// `mar`, `March`, `3`, `10 mar`, `mar 10`; nil for `mar/apr`.
    private static func monthAndDay(_ text: String, _ day: String?) -> (month: Int?, day: Int?) {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "." || $0 == "," || $0 == "~" }).map {
            $0.lowercased()
        }
        var month: Int?
        var found = day.flatMap { Int(WhiteSpace.trimmed($0)) }
        for word in words {
            let bare = word.trimmingSuffix()
            if let place = BibTeXFields.months.firstIndex(where: { word.hasPrefix($0) }),
                word.utf8.allSatisfy(ASCII.isLetter), month == nil
            {
                month = place + 1
            } else if let number = Int(bare), (1...31).contains(number) {
                if words.count == 1, number <= 12 { month = number } else if found == nil { found = number }
            } else {
                return (nil, nil)
            }
        }
        return (month, found.flatMap { (1...31).contains($0) ? $0 : nil })
    }

    /// `2001-02/2001-03`, `1997~`, `2001-21` (spring), `2004/..`, `199u`: the first date as far as it is certain.
    static func extended(_ text: String) -> (date: String, isWhole: Bool)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map {
            WhiteSpace.trimmed(String($0))
        }
        guard let first = parts.first(where: { !$0.isEmpty && $0 != ".." && $0 != "open" && $0 != "unknown" })
        else { return nil }
        var date = first
        while let last = date.last, "~?%".contains(last) { date.removeLast() }
        let isMarked = date != first || parts.count > 1
        let fields = date.split(separator: "-", omittingEmptySubsequences: false)
        guard fields.count <= 3, fields[0].utf8.count == 4,
            fields[0].utf8.allSatisfy(ASCII.isDigit) || date.contains("T")
        else {
            return nil
        }
        if fields.count > 1, let month = Int(fields[1]), month > 12 {
            // Seasons are numbered from 21 on.
            return (21...41).contains(month) ? (String(fields[0]), false) : nil
        }
        guard let taken = SourceDate.read(date), let read = taken.value.string else { return nil }
        return (read, taken.isWhole && !isMarked)
    }
}

extension String {
    fileprivate func trimmingSuffix() -> String {
        for suffix in ["st", "nd", "rd", "th"] where hasSuffix(suffix) { return String(dropLast(2)) }
        return self
    }
}
