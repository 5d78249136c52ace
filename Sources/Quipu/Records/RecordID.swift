internal import QuipuCausality
internal import QuipuStorage

/// Names a record: its kind and 128 bits that are the same on every mirror.
///
/// Written as `article:018f6b6e-…`, which `init(_:)` reads again:
///
///     let id = RecordID("article:018f6b6e-7a51-7cc2-9d2c-0f8a4f1f6a52")
public struct RecordID: Hashable, Sendable, LosslessStringConvertible {
    public let kind: RecordKind
    /// Two numbers of 64 bits, not one of 128: with a value of that alignment in a task's closure, Swift 6.3 starts the task at
    /// a null address in a build without optimization.
    private let high: UInt64
    private let low: UInt64

    init(_ id: QuipuCausality.RecordID, kind: String) {
        self.kind = RecordKind(rawValue: kind)
        high = UInt64(truncatingIfNeeded: id.rawValue >> 64)
        low = UInt64(truncatingIfNeeded: id.rawValue)
    }

    /// Nil if the text is not a valid `description`.
    public init?(_ description: String) {
        guard let colon = description.lastIndex(of: ":"),
            let id = QuipuCausality.RecordID(text: String(description[description.index(after: colon)...]))
        else { return nil }
        self.init(id, kind: String(description[..<colon]))
        guard !kind.rawValue.isEmpty else { return nil }
    }

    /// As a UUID (RFC 9562), 36 characters.
    public var uuid: String { stored.text }

    /// Eight letters and digits for people to type; other records may have the same.
    public var handle: String { stored.shortHandle }

    public var description: String { "\(kind.rawValue):\(uuid)" }

    var stored: QuipuCausality.RecordID {
        QuipuCausality.RecordID(rawValue: UInt128(high) << 64 | UInt128(low))
    }
}

/// Keeps a value of a lower layer behind a reference, in a type that clients hold.
///
/// Such values contain identifiers of 128 bits, which are aligned to 16 bytes; `RecordID` says why no type of the library may be.
final class Boxed<Value: Sendable>: Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
