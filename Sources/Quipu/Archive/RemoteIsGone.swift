/// There was an archive at a place that this one was in step with, and there is none now.
package struct RemoteIsGone: Error, Sendable {
    package let location: String
    /// What people call it.
    package let remote: String
    /// Unix milliseconds; nil where it is not known when the two were in step.
    package let syncedAtMilliseconds: Int64?
}
