/// Something that takes bytes from outside, and what must hold whatever they are.
///
/// The same function is driven by libFuzzer (`Tools/fuzz`) and, with the inputs kept in `Corpus`, by the ordinary
/// tests. A trap, a hang or memory without end is found by the runner; all else is thrown as a ``FuzzFailure``.
public struct FuzzTarget: Sendable {
    public let name: String
    /// What it is about, in a few words.
    public let subject: String
    /// Longer inputs only take longer.
    public let maximumInputBytes: Int
    let check: @Sendable (UnsafeRawBufferPointer) throws -> Void

    /// - Throws: what did not hold.
    public func run(_ bytes: UnsafeRawBufferPointer) throws { try check(bytes) }

    public static let all: [FuzzTarget] = [
        cbor, message, json, keys, text, jsonLines, markdown, ris, bibTeX, csl, zotero, imports, search, routes, answering, calling,
        bundle,
        events,
    ]

    public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// What did not hold.
public struct FuzzFailure: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

func expect(_ condition: Bool, _ what: @autoclosure () -> String) throws(FuzzFailure) {
    if !condition { throw FuzzFailure(what()) }
}
