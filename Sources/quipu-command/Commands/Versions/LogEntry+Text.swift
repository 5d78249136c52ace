internal import Quipu

extension LogEntry {
    /// For listings; with a question mark where the clock cannot have been right.
    func shortTime(in zone: ClockZone) -> String {
        zone.short(milliseconds: timeMilliseconds) + (isTimeUncertain ? "?" : "")
    }

    /// What was done, in words, if they are known, and to what: `tag +river: article 3k9x7t2m “Its title”`.
    func summary(in snapshot: borrowing Snapshot) throws -> String {
        let subject = try subject(in: snapshot)
        guard let words else {
            return try transactionCount == 1 ? fields(of: subject, in: snapshot) : subject ?? "nothing"
        }
        let told = TerminalSanitizer.line(words) + (subject.map { ": \($0)" } ?? "")
        return isUndone ? told + " (undone)" : told
    }

    /// Which records: one by its title, several by how many; nil for none.
    func subject(in snapshot: borrowing Snapshot) throws -> String? {
        if recordCount > records.count { return "\(recordCount) records" }
        guard let only = records.first, records.count == 1 else {
            return RecordText.counts(records.map(\.kind))
        }
        return RecordText.title(only, caption: try snapshot.caption(of: only))
    }

    /// Of one transaction without words: the record with the fields that were changed.
    private func fields(of subject: String?, in snapshot: borrowing Snapshot) throws -> String {
        guard let subject else { return "a note on a clock" }
        guard recordCount == 1, let transaction = try snapshot.transactions(of: self).first else {
            return subject
        }
        let fields = try transaction.fields.map { try transaction.title(of: $0, in: snapshot) }
        return "\(subject): \(fields.joined(separator: ", "))"
    }

    /// With all that its transactions changed.
    func json(in snapshot: borrowing Snapshot) throws -> JSONText {
        let transactions = try snapshot.transactions(of: self)
        var fields: Set<String> = []
        var merged: Set<String> = []
        for transaction in transactions {
            fields.formUnion(transaction.fields)
            merged.formUnion(transaction.mergedFields)
        }
        func sorted(_ names: Set<String>) -> JSONText {
            JSONText(names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        }
        return JSONText(
            members: [
                ("version", JSONText(version.description)), ("words", JSONText(words)),
                ("role", JSONText("\(role)")), ("undone", JSONText(isUndone)),
                ("timeMilliseconds", JSONText(timeMilliseconds)),
                ("timeUncertain", JSONText(isTimeUncertain)), ("author", JSONText(author)),
                ("byProgram", JSONText(isByProgram)), ("replica", JSONText(version.replica)),
                ("fields", sorted(fields)), ("merged", sorted(merged)),
                ("records", JSONText(transactions.flatMap(\.recordChanges).map(\.json))),
                ("transactions", JSONText(transactions.map(\.version.description))),
            ])
    }
}
