internal import Glibc
internal import QuipuCanonicalJSON

/// From an encoding to UTF-8 through glibc's iconv, a chunk at a time. Bytes that say nothing become U+FFFD, one for each.
final class EncodingConverter {
    private let descriptor: iconv_t
    /// The beginning of a sequence that goes on in the next chunk.
    private var rest: [UInt8] = []
    private(set) var wrongBytes = 0

    /// - Parameter name: as ``EncodingLabel`` has it.
    /// - Returns: nil where this system cannot convert from it.
    init?(from name: String) {
        descriptor = iconv_open("UTF-8", EncodingLabel.iconvName(of: name))
        if isInvalid { return nil }
    }

    deinit {
        if !isInvalid { iconv_close(descriptor) }
    }

    /// `(iconv_t)-1` is how it says no.
    private var isInvalid: Bool { Int(bitPattern: descriptor) == -1 }

    func convert(_ bytes: ArraySlice<UInt8>, isLast: Bool) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + bytes.count / 2)
        var block = [CChar](repeating: 0, count: 1 << 16)
        var source = (rest + bytes).map { CChar(bitPattern: $0) }
        rest = []
        source.withUnsafeMutableBufferPointer { source in
            var input = source.baseAddress
            var left = source.count
            while left > 0 {
                let number = step(&input, &left, &block, &out)
                if number == 0 || number == E2BIG { continue }
                if number == EINVAL, !isLast, left < 16 {
                    rest = UnsafeBufferPointer(start: input, count: left).map { UInt8(bitPattern: $0) }
                    return
                }
                out += "\u{FFFD}".utf8
                wrongBytes += 1
                input = input?.advanced(by: 1)
                left -= 1
            }
        }
        return out
    }

    /// - Returns: the error's number, 0 where all was converted.
    private func step(
        _ input: inout UnsafeMutablePointer<CChar>?, _ left: inout Int, _ block: inout [CChar],
        _ out: inout [UInt8]
    ) -> Int32 {
        block.withUnsafeMutableBufferPointer { block in
            var place = block.baseAddress
            var room = block.count
            let result = iconv(descriptor, &input, &left, &place, &room)
            let number = errno
            out += block.prefix(block.count - room).map { UInt8(bitPattern: $0) }
            // (size_t)-1.
            return result == .max || result == -1 ? number : 0
        }
    }
}

/// UTF-8 with its wrong sequences replaced, a chunk at a time.
struct UTF8Repair {
    private var rest: [UInt8] = []
    /// Sequences that became U+FFFD.
    private(set) var wrongBytes = 0

    mutating func append(_ chunk: ArraySlice<UInt8>, isLast: Bool) -> [UInt8] {
        let bytes = rest + chunk
        rest = []
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + 64)
        var left = bytes[...]
        while !left.isEmpty {
            let end = left.withUnsafeBufferPointer { endOfValidUTF8($0) }
            out += left.prefix(end)
            left = left.dropFirst(end)
            guard let first = left.first else { break }
            // A sequence that the chunk cuts.
            if !isLast, left.count < 4, first >= 0xC2, left.dropFirst().allSatisfy({ $0 & 0xC0 == 0x80 }),
                left.count < (first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2)
            {
                rest = Array(left)
                break
            }
            out += "\u{FFFD}".utf8
            wrongBytes += 1
            left = left.dropFirst()
            while let next = left.first, next & 0xC0 == 0x80 { left = left.dropFirst() }
        }
        return out
    }
}
