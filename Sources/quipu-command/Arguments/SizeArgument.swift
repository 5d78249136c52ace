/// Sizes as people write them: `500MB`, `2 GB`, `64MiB`, `1000`.
extension ParsedArguments {
    /// In bytes, at least one.
    func size(_ name: String) throws(UsageError) -> Int? {
        guard let text = option(name) else { return nil }
        guard let bytes = SizeArgument.bytes(text), bytes > 0 else {
            throw UsageError(
                "--\(name) takes a size, not '\(text)'", hint: "write for example: --\(name) 500MB")
        }
        return bytes
    }
}

enum SizeArgument {
    private static let units: [String: Int] = [
        "": 1, "b": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000, "tb": 1_000_000_000_000,
        "k": 1_000, "m": 1_000_000, "g": 1_000_000_000, "t": 1_000_000_000_000,
        "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
    ]

    /// Nil for what is no size, or none that a machine has.
    static func bytes(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
        guard let number = Int(digits), let factor = units[unit] else { return nil }
        let (bytes, overflows) = number.multipliedReportingOverflow(by: factor)
        return overflows ? nil : bytes
    }
}
