/// An archive that this one was in sync with is no longer at its place.
package struct RemoteIsGone: Error, Sendable {
    package let location: String
    /// The name that is shown to people.
    package let remote: String
    /// Unix milliseconds; nil if it is not known when the two were in sync.
    package let syncedAtMilliseconds: Int64?
}
