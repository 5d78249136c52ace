import Foundation

/// Makes compressed and packed bytes for tests, with zlib's own compressor.
enum PackedBytes {
    private typealias Compress =
        @convention(c) (
            UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt>, UnsafePointer<UInt8>, UInt, Int32
        ) -> Int32

    /// Without a wrapper.
    static func deflate(_ bytes: [UInt8]) -> [UInt8] {
        guard let handle = dlopen("libz.so.1", RTLD_NOW), let symbol = dlsym(handle, "compress2") else {
            return []
        }
        let compress = unsafeBitCast(symbol, to: Compress.self)
        var out = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 64)
        var count = UInt(out.count)
        guard compress(&out, &count, bytes, UInt(bytes.count), 9) == 0 else { return [] }
        // Two bytes of zlib's header, four of its check value.
        return Array(out[2..<(Int(count) - 4)])
    }

    static func zlib(_ bytes: [UInt8]) -> [UInt8] {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return [0x78, 0x9C] + deflate(bytes) + number(high << 16 | low, 4).reversed()
    }

    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + deflate(bytes) + number(checkValue(bytes), 4)
            + number(UInt32(truncatingIfNeeded: bytes.count), 4)
    }

    static func gzip(_ text: String) -> [UInt8] { gzip(Array(text.utf8)) }

    /// A ZIP archive; the first entry is stored as it is, as EPUB wants it, the others are compressed.
    /// - Parameter flags: of each entry: 1 says that it is encrypted.
    static func zip(_ entries: [(name: String, bytes: [UInt8])], flags: UInt32 = 0) -> [UInt8] {
        zip(named: entries.map { (Array($0.name.utf8), $0.bytes) }, flags: flags)
    }

    static func zip(named entries: [(name: [UInt8], bytes: [UInt8])], flags: UInt32 = 0) -> [UInt8] {
        var out: [UInt8] = []
        var directory: [UInt8] = []
        for (index, entry) in entries.enumerated() {
            let packed = index == 0 ? entry.bytes : deflate(entry.bytes)
            let facts =
                number(20, 2) + number(flags | 0x800, 2) + number(index == 0 ? 0 : 8, 2) + number(0, 4)
                + number(checkValue(entry.bytes), 4) + number(UInt32(packed.count), 4)
                + number(UInt32(entry.bytes.count), 4) + number(UInt32(entry.name.count), 2) + number(0, 2)
            directory +=
                [0x50, 0x4B, 1, 2] + number(20, 2) + facts + number(0, 2) + number(0, 2) + number(0, 2)
            directory += number(0, 4) + number(UInt32(out.count), 4) + entry.name
            out += [0x50, 0x4B, 3, 4] + facts + entry.name + packed
        }
        let start = out.count
        out += directory + [0x50, 0x4B, 5, 6] + number(0, 4)
        out += number(UInt32(entries.count), 2) + number(UInt32(entries.count), 2)
        return out + number(UInt32(directory.count), 4) + number(UInt32(start), 4) + number(0, 2)
    }

    private static func number(_ value: UInt32, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }

    private typealias Check = @convention(c) (UInt, UnsafePointer<UInt8>?, UInt32) -> UInt

    private static func checkValue(_ bytes: [UInt8]) -> UInt32 {
        guard let handle = dlopen("libz.so.1", RTLD_NOW), let symbol = dlsym(handle, "crc32") else {
            return 0
        }
        return UInt32(
            truncatingIfNeeded: unsafeBitCast(symbol, to: Check.self)(0, bytes, UInt32(bytes.count)))
    }
}
