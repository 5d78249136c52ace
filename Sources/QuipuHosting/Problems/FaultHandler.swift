/// Takes a sentence for the operator when something fails whose details callers are not told: which archive, and how.
/// Called from any thread.
package typealias FaultHandler = @Sendable (_ description: String) -> Void
