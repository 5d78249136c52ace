/// The character references of HTML (13.5 of the standard): name and code points.
enum EntityNames {
    /// What a name stands for, without `&` and `;`.
    static func characters(of name: some Sequence<UInt8>) -> [UInt8]? { table[Array(name)] }

    /// The longest name at the beginning of these bytes that counts without a `;` behind it.
    static func withoutSemicolon(_ bytes: ArraySlice<UInt8>) -> (count: Int, characters: [UInt8])? {
        for count in stride(from: min(bytes.count, longestWithout), through: 2, by: -1) {
            let name = Array(bytes.prefix(count))
            if without.contains(name), let characters = table[name] { return (count, characters) }
        }
        return nil
    }

    static let longestName = 31
    private static let longestWithout = 6

    private static let table: [[UInt8]: [UInt8]] = {
        var table: [[UInt8]: [UInt8]] = [:]
        table.reserveCapacity(2_200)
        for word in names.utf8.split(whereSeparator: { $0 == 0x20 || $0 == 0x0A }) {
            let parts = word.split(separator: UInt8(ascii: "="))
            var characters: [UInt8] = []
            for code in parts[1].split(separator: UInt8(ascii: "+")) {
                let value = UInt32(String(decoding: code, as: UTF8.self), radix: 16)
                guard let value, let scalar = Unicode.Scalar(value) else { continue }
                characters += Array(String(scalar).utf8)
            }
            table[Array(parts[0])] = characters
        }
        return table
    }()

    private static let without = Set(
        namesWithoutSemicolon.utf8.split(whereSeparator: { $0 == 0x20 || $0 == 0x0A }).map { Array($0) })
}
