/// A ZIP archive whose entries are stored as they are (APPNOTE 6.3): written from front to back, with nothing to look back for.
struct ZIPWriter {
    private struct Entry {
        let name: [UInt8]
        let sum: UInt32
        let size: UInt32
        let offset: UInt32
    }

    /// What fits without the extensions for large archives.
    static let maximumBytes = Int(UInt32.max) - (1 << 20)
    static let maximumEntries = 65_000

    private let sink: ([UInt8]) throws -> Void
    private var entries: [Entry] = []
    private var offset = 0

    init(sink: @escaping ([UInt8]) throws -> Void) { self.sink = sink }

    /// - Parameter name: with `/` between folders, UTF-8.
    /// - Throws: `InterchangeError` where the archive would be too large.
    mutating func add(_ name: String, _ content: [UInt8]) throws {
        guard entries.count < Self.maximumEntries, offset + content.count <= Self.maximumBytes else {
            throw InterchangeError(
                code: .tooLarge, operation: "export", path: name,
                message:
                    "the book would be larger than 4 GiB, or hold more than \(Self.maximumEntries) files",
                hint: "Export fewer records, with a query, or as a site.")
        }
        let entry = Entry(
            name: Array(name.utf8), sum: CRC32.sum(of: content), size: UInt32(content.count),
            offset: UInt32(offset))
        var header = Self.number(0x0403_4b50, 4)
        header += Self.common(entry)
        header += Self.number(UInt32(entry.name.count), 2) + Self.number(0, 2) + entry.name
        try write(header)
        try write(content)
        entries.append(entry)
    }

    /// The list of all entries.
    mutating func finish() throws {
        let start = offset
        for entry in entries {
            var header = Self.number(0x0201_4b50, 4) + Self.number(20, 2)
            header += Self.common(entry)
            header += Self.number(UInt32(entry.name.count), 2) + Self.number(0, 2) + Self.number(0, 2)
            header += Self.number(0, 2) + Self.number(0, 2) + Self.number(0, 4) + Self.number(entry.offset, 4)
            try write(header + entry.name)
        }
        let count = UInt32(entries.count)
        var end =
            Self.number(0x0605_4b50, 4) + Self.number(0, 4) + Self.number(count, 2) + Self.number(count, 2)
        end += Self.number(UInt32(offset - start), 4) + Self.number(UInt32(start), 4) + Self.number(0, 2)
        try write(end)
    }

    /// Version, flags (names are UTF-8), method (stored), time and date (1980-01-01), sum and sizes.
    private static func common(_ entry: Entry) -> [UInt8] {
        number(20, 2) + number(0x0800, 2) + number(0, 2) + number(0, 2) + number(0x21, 2)
            + number(entry.sum, 4)
            + number(entry.size, 4) + number(entry.size, 4)
    }

    private static func number(_ value: UInt32, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }

    private mutating func write(_ bytes: [UInt8]) throws {
        try sink(bytes)
        offset += bytes.count
    }
}

/// The check sum of ZIP (ISO 3309).
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }

    static func sum(of bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
    }
}
