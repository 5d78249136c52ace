internal import QuipuCanonicalJSON
internal import QuipuCausality

/// How much of something an archive takes.
package enum ArchiveLimits {
    /// A field's value, as JSON.
    package static let valueBytes = Limits.valueBytes
    package static let fieldNameBytes = Limits.fieldNameBytes
    package static let authorBytes = Limits.authorBytes
}

extension String {
    /// In Unicode normal form C, in which an archive keeps names and texts.
    package var inNormalFormC: String { nfc }

    /// Whether it stands before another in a listing, which is ordered by UTF-8 on every machine.
    package func standsBefore(_ other: String) -> Bool { utf8Precedes(other) }
}
