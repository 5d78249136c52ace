internal import QuipuCanonicalJSON
internal import QuipuCausality

/// The limits of an archive.
package enum ArchiveLimits {
    /// A field's value, as JSON.
    package static let valueBytes = Limits.valueBytes
    package static let fieldNameBytes = Limits.fieldNameBytes
    package static let authorBytes = Limits.authorBytes
}

extension String {
    /// Converts to Unicode normal form C, in which an archive stores names and texts.
    package var inNormalFormC: String { nfc }
}
