/// What the members of a gzip file expand to, one after another, as if they were one file. After a damaged member it goes
/// on with the next one that begins where a member can.
final class GzipStream: ByteStream {
    private let stream: any ByteStream
    private let library: ZlibLibrary
    private var input: [UInt8]
    private var start = 0
    private var filled = 0
    private var isAtEnd = false
    private var inflater: Inflater?
    /// Of the member that is read.
    private var (taken, made) = (0, 0)
    /// The member before was damaged: what follows up to the next one belongs to it.
    private var isBehindDamage = false
    /// Whether anything was yielded since a member began behind damage.
    private var hasMade = false
    private(set) var fault: String?
    /// Members that were damaged or are no members at all, each with where it was noticed.
    private(set) var faults: [(fileOffset: Int, reason: String)] = []

    private static let magic: [UInt8] = [0x1F, 0x8B, 0x08]
    private static let maximumFaults = 1_000

    init(_ stream: any ByteStream, _ library: ZlibLibrary) {
        self.stream = stream
        self.library = library
        input = [UInt8](repeating: 0, count: 64 << 10)
    }

    var fileOffset: Int { max(0, stream.fileOffset - (filled - start)) }

    /// The faults since the last call.
    func takeFaults() -> [(fileOffset: Int, reason: String)] {
        defer { faults = [] }
        return faults
    }

    func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(InterchangeError) -> Int {
        while true {
            if start == filled, !isAtEnd { try fill() }
            if inflater == nil {
                guard try findMember() else { return 0 }
                inflater = Inflater(.gzip, library)
                (taken, made) = (0, 0)
                // What was cut short has no line end, and what follows begins a line.
                if isBehindDamage, hasMade, buffer.count >= 4 {
                    hasMade = false
                    _ = buffer.update(fromContentsOf: Array("\r\n\r\n".utf8))
                    return 4
                }
            }
            guard let inflater else { return 0 }
            let (tookNow, madeNow, status) = input.withUnsafeBufferPointer { bytes in
                inflater.step(UnsafeBufferPointer(rebasing: bytes[start..<filled]), into: buffer)
            }
            start += tookNow
            taken += tookNow
            made += madeNow
            if case .ended = status {
                self.inflater = nil
                isBehindDamage = false
            }
            if case .damaged = status {
                if !isBehindDamage { note("the compressed data is damaged") }
                self.inflater = nil
                isBehindDamage = true
                // It goes on behind the first byte at fault, so that it comes to an end.
                if tookNow == 0, start < filled { start += 1 }
            }
            if !ExpansionLimits.allow(made, of: taken) {
                // Only this member is left; the next may be whole.
                note("\(ExpansionLimits.bomb), and is left here")
                self.inflater = nil
                isBehindDamage = true
            }
            if madeNow > 0 {
                hasMade = true
                return madeNow
            }
            if isAtEnd, start == filled, self.inflater != nil {
                self.inflater = nil
                fault = "the compressed data ends too early"
                return 0
            }
        }
    }

    private func note(_ reason: String) {
        if faults.count < Self.maximumFaults { faults.append((fileOffset, reason)) }
    }

    /// Goes to where the next member begins; false at the end. Zeros may stand between members.
    private func findMember() throws(InterchangeError) -> Bool {
        var isNoted = isBehindDamage
        while true {
            while filled - start < Self.magic.count, !isAtEnd { try fill() }
            if filled - start < Self.magic.count {
                start = filled
                return false
            }
            if input[start..<filled].starts(with: Self.magic) { return true }
            if input[start] != 0, !isNoted {
                isNoted = true
                note("something that is no gzip member is passed over")
            }
            start += 1
        }
    }

    private func fill() throws(InterchangeError) {
        if start > 0 {
            input.replaceSubrange(0..<(filled - start), with: Array(input[start..<filled]))
            filled -= start
            start = 0
        }
        let from = filled
        let got = try input.withUnsafeMutableBufferPointer { [stream] (bytes) throws(InterchangeError) in
            try stream.read(into: UnsafeMutableBufferPointer(rebasing: bytes[from...]))
        }
        filled += got
        isAtEnd = got == 0
        if isAtEnd, let inner = stream.fault { fault = inner }
    }
}
