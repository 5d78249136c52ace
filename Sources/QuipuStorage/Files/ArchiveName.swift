/// What archives and remotes may be called.
enum ArchiveName {
    /// Whether a name is `[a-z0-9][a-z0-9_-]{0,63}`.
    static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        func isPlain(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard let first = bytes.first, isPlain(first), bytes.count <= 64 else { return false }
        return bytes.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }
}
