internal import QuipuStorage

extension Transaction {
    /// Sets a record to the values that it had after a transaction was received. Fields that did not exist then lose
    /// theirs. Only what differs is written, so conflicts in other fields stay open.
    ///
    ///     try archive.write { t in
    ///         let record = try t.find("3k9x7t2m")
    ///         let first = try t.before.history(of: record.id)[0].version
    ///         try t.revert(record, to: first)
    ///     }
    ///
    /// - Returns: the fields that are written.
    /// - Throws: `unknownVersion` if the record did not exist then; `purged` if a value of that time was purged;
    ///   `textMissing`.
    @discardableResult
    public mutating func revert(_ record: Record, to version: Version) throws(QuipuError) -> [String] {
        let name = "\(record.kind) \(record.id.handle)"
        let values = try QuipuError.presenting {
            let then = try store.log.fields(of: record.stored, at: version.name)
            guard !then.isEmpty else {
                throw QuipuError(.unknownVersion, "\(name) did not exist in version \(version.short)")
            }
            let purged = try store.log.fieldsPurged(in: record.stored, since: version.name)
            guard purged.isEmpty else {
                throw QuipuError(
                    .purged, "\(name) was purged after \(version.short): \(listed(purged) ?? "")")
            }
            return try Self.values(of: record, as: then, at: version)
        }
        if !values.isEmpty { try put(values, into: record.id) }
        return values.map(\.name)
    }

    private static func values(
        of record: Record, as then: [(name: String, json: [UInt8]?)], at version: Version
    ) throws(QuipuError) -> [(name: String, json: [UInt8])] {
        var values: [(name: String, json: [UInt8])] = []
        for field in then where field.name != "deleted" {
            guard let json = field.json else {
                throw QuipuError(
                    .textMissing,
                    "the text that '\(field.name)' had in version \(version.short) is not kept here")
            }
            if record.fields.json(of: field.name) != json { values.append((field.name, json)) }
        }
        let (null, no) = (Array("null".utf8), Array("false".utf8))
        for field in record.stored.fields where !then.contains(where: { $0.name == field.name }) {
            let isElement = field.json == Array("true".utf8) && field.name.contains("/")
            let gone = isElement || field.json == no ? no : null
            if field.json != gone { values.append((field.name, gone)) }
        }
        return values
    }
}

/// `a`, `a and b`, `a, b and c`; nil for none.
package func listed(_ parts: [String]) -> String? {
    guard let last = parts.last else { return nil }
    return parts.count == 1 ? last : "\(parts.dropLast().joined(separator: ", ")) and \(last)"
}
