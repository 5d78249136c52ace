internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

/// The outcome of an edit whose author had seen an earlier state of the record.
public enum SeenEdit: Sendable, Equatable {
    /// Nothing had changed.
    case current
    /// The same edit of the same state is in the log already: nothing is written.
    case repeated
    /// The record had changed: what both wrote is kept, and is in conflict.
    case keptBoth
}

extension Transaction {
    /// Sets fields as somebody who has seen a state of the record, which may have changed since.
    ///
    /// With `keepingBoth` an edit of an old state is written as one that was made without knowledge of what came since: a field that
    /// was changed since is then in conflict, also where the record was deleted. The versions that it replaces are those that
    /// the author saw, and no others.
    ///
    /// - Throws: `changedMeanwhile` if the record has changed and both are not to be kept, or if this mirror does not know that
    ///   state; `unknownRecord`, `deleted`; as `add`.
    @discardableResult
    public mutating func edit(
        _ id: RecordID, seen: SeenState, keepingBoth: Bool = false, _ change: (inout Fields) throws -> Void
    ) throws -> SeenEdit {
        guard let record = try record(id) else {
            throw QuipuError(.unknownRecord, "there is no record \(id)")
        }
        var fields = record.fields
        try change(&fields)
        try check(fields, of: id.kind)
        let values = EmptyValue.removed(from: fields.assigned, of: id.kind)
        return try set(values, of: record, seen: seen, keepingBoth: keepingBoth)
    }

    /// Likewise, with values that were checked one by one.
    package mutating func set(
        _ values: [(name: String, json: [UInt8])], of record: Record, seen: SeenState, keepingBoth: Bool
    ) throws(QuipuError) -> SeenEdit {
        if try isCurrent(seen, of: record) {
            if !values.isEmpty { try set(values, of: record.id) }
            return .current
        }
        guard let names = try names(of: seen, fields: values.map(\.name), in: record) else {
            throw Self.changed(record)
        }
        let isRepeated = try QuipuError.presenting { [store] in
            try values.allSatisfy {
                try store.records.hasVersion(
                    nfc($0.json), replacing: names[$0.name] ?? [], of: $0.name, in: record.stored)
            }
        }
        if isRepeated { return .repeated }
        guard keepingBoth else { throw Self.changed(record) }
        try checkName(values, of: record.kind, record.id)
        try checkQuery(values, of: record.kind, record.id)
        try put(values, into: record.id, seeing: names)
        return .keptBoth
    }

    /// - Throws: `changedMeanwhile` if the record has changed since.
    package func requireCurrent(_ tag: RecordTag, of record: Record) throws(QuipuError) {
        guard try isCurrent(.tag(tag), of: record) else { throw Self.changed(record) }
    }

    private func isCurrent(_ seen: SeenState, of record: Record) throws(QuipuError) -> Bool {
        try before.tag(of: record).digest == seen.tag?.digest
    }

    /// The versions that were seen, by field; nil if this mirror does not know them.
    private func names(
        of seen: SeenState, fields: [String], in record: Record
    ) throws(QuipuError) -> [String: [TransactionName]]? {
        try QuipuError.presenting {
            if let tag = seen.tag, try tag.position <= store.position {
                let then = try store.records.seen(of: record.stored, at: tag.position)
                if RecordTag(then).digest == tag.digest { return then.names }
            }
            guard case .versions(_, let versions) = seen else { return nil }
            var names: [String: [TransactionName]] = [:]
            for field in fields {
                // Nobody can have seen a field to be without a value who does not say so.
                guard let given = versions[field]?.map(\.name),
                    try store.records.hold(given, of: field, in: record.stored)
                else { return nil }
                names[field] = given
            }
            return names
        }
    }

    private static func changed(_ record: Record) -> QuipuError {
        QuipuError(
            .changedMeanwhile, "\(record.kind) \(record.id.handle) was changed since it was read",
            hint: "look at it as it is now, and decide again")
    }
}

extension SeenState {
    fileprivate var tag: RecordTag? {
        switch self {
        case .tag(let tag): tag
        case .versions(let tag, _): tag
        }
    }
}
