/// What a GET or HEAD selects of an immutable resource with a known length and strong entity tag: RFC 9110, sections
/// 13.2.2 (the order of conditions) and 14.2. Multiple ranges, other units and malformed ranges select the whole, as
/// section 14.2 allows.
public enum ContentSelection: Sendable, Equatable {
    case whole
    /// Not empty, and within the length.
    case part(Range<UInt64>)
    /// The client has it already.
    case notModified
    /// The client's precondition names another version.
    case preconditionFailed
    /// The range begins at or after the end.
    case unsatisfiable

    /// - Parameter entityTag: a strong tag, with its quotation marks.
    public init(_ head: HTTPRequestHead, lengthBytes: UInt64, entityTag: String) {
        let wanted = Self.list(head.headers.values(of: "If-Match"))
        if !wanted.isEmpty, !wanted.contains("*"), !wanted.contains(entityTag) {
            self = .preconditionFailed
            return
        }
        let held = Self.list(head.headers.values(of: "If-None-Match"))
        if held.contains("*") || held.contains(entityTag) || held.contains("W/" + entityTag) {
            self = .notModified
            return
        }
        let ranges = head.headers.values(of: "Range")
        // A weak tag or a date proves nothing about single bytes (section 13.1.5).
        let conditions = head.headers.values(of: "If-Range")
        guard head.method == "GET", ranges.count == 1, conditions.allSatisfy({ $0 == entityTag }) else {
            self = .whole
            return
        }
        self = Self.selection(of: ranges[0], lengthBytes: lengthBytes)
    }

    private static func selection(of range: String, lengthBytes: UInt64) -> ContentSelection {
        let unit = "bytes="
        guard range.prefix(unit.count).equalsIgnoringASCIICase(unit) else { return .whole }
        let ends = range.dropFirst(unit.count).split(
            separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2 else { return .whole }
        switch (position(ends[0]), position(ends[1])) {
        case (let first?, let last?) where first <= last:
            guard first < lengthBytes else { return .unsatisfiable }
            return .part(first..<min(last, lengthBytes - 1) + 1)
        case (let first?, nil) where ends[1].isEmpty:
            return first < lengthBytes ? .part(first..<lengthBytes) : .unsatisfiable
        case (nil, let count?) where ends[0].isEmpty:
            guard count > 0 else { return .unsatisfiable }
            return lengthBytes > 0 ? .part(lengthBytes - min(count, lengthBytes)..<lengthBytes) : .whole
        default: return .whole
        }
    }

    /// Nil if it is not a number; a number that is too large is beyond every end.
    private static func position(_ digits: Substring) -> UInt64? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ 48...57 ~= $0 }) else { return nil }
        return UInt64(digits) ?? .max
    }

    /// The elements of a list field, which may be sent in several lines.
    private static func list(_ values: [String]) -> [String] {
        values.flatMap { $0.split(separator: ",") }.map { element in
            var element = element.drop { $0 == " " || $0 == "\t" }
            while element.last == " " || element.last == "\t" { element.removeLast() }
            return String(element)
        }
    }
}
