internal import CQuipuLinux
internal import Glibc
internal import QuipuFiles

/// Bytes from a file, a stream or memory, read in blocks, with a look ahead. It closes what it opened.
public final class ByteSource {
    /// What another process needs to go on with a source.
    struct Rest {
        /// What was read already.
        var prefix: [UInt8] = []
        /// Where the rest comes from.
        var descriptor: Int32?
        /// Whether the descriptor was made for this, to be closed by who asked.
        var isOwned = false
        /// Whether all of it is there, as in a file: nobody has to be waited for.
        var isWhole = true
    }

    /// More than this is handed over as a file in memory.
    private static let maximumPrefixBytes = 4 * SourceLimits.recognitionBytes

    public let name: String
    private let descriptor: Int32
    private let closesDescriptor: Bool
    /// Read ahead, or the whole of a source in memory.
    private var pending: [UInt8]
    private var pendingStart = 0
    private var isAtEnd: Bool
    /// Set where the bytes are UTF-16, which is read as UTF-8.
    private var decoder: UTF16Decoder?
    /// Is told of reading, in a process that another one waits for.
    var watcher: (any ByteSourceWatcher)?
    /// Where a source begins that is read more than once.
    private var origin: Origin?
    /// Of a source whose records are read one by one: those before it were read by a process that is no more.
    var firstRecord = 1

    /// A file; also a named pipe or a device that yields text. A folder is refused.
    public init(path: String) throws(InterchangeError) {
        name = path
        pending = []
        isAtEnd = false
        closesDescriptor = true
        descriptor = try FileOpening.open(path: path)
    }

    /// A stream that stays open, such as standard input.
    public init(descriptor: Int32, name: String) {
        self.name = name
        self.descriptor = descriptor
        pending = []
        isAtEnd = false
        closesDescriptor = false
    }

    /// A descriptor that is closed with this source.
    init(adopting descriptor: Int32, name: String) {
        self.name = name
        self.descriptor = descriptor
        pending = []
        isAtEnd = false
        closesDescriptor = true
    }

    public init(bytes: [UInt8], name: String) {
        self.name = name
        descriptor = -1
        pending = bytes
        // There is nothing to read behind them.
        isAtEnd = true
        closesDescriptor = false
    }

    /// What another process has read the beginning of.
    /// - Parameter descriptor: where the rest comes from; closed with this source.
    init(prefix: [UInt8], adopting descriptor: Int32?, name: String) {
        self.name = name
        self.descriptor = descriptor ?? -1
        pending = prefix
        isAtEnd = descriptor == nil
        closesDescriptor = true
    }

    deinit {
        if closesDescriptor, descriptor >= 0 { close(descriptor) }
    }

    /// Fills the front of `buffer`, which is not empty; 0 at the end.
    func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(InterchangeError) -> Int {
        while decoder != nil, pendingStart == pending.count, !isAtEnd { try fillConverted() }
        if pendingStart < pending.count {
            let count = min(buffer.count, pending.count - pendingStart)
            _ = buffer.update(fromContentsOf: pending[pendingStart..<(pendingStart + count)])
            pendingStart += count
            if pendingStart == pending.count {
                pending = []
                pendingStart = 0
            }
            return count
        }
        return try readThrough(buffer)
    }

    /// Up to `count` of the bytes that come next, left where they are; fewer only at the end.
    func peek(_ count: Int) throws(InterchangeError) -> ArraySlice<UInt8> {
        if decoder != nil {
            while pending.count - pendingStart < count, !isAtEnd { try fillConverted() }
            return pending[pendingStart...].prefix(count)
        }
        while pending.count - pendingStart < count, !isAtEnd {
            let old = pending.count
            pending += [UInt8](repeating: 0, count: count - (old - pendingStart))
            let got = try pending.withUnsafeMutableBufferPointer { (bytes) throws(InterchangeError) in
                try readThrough(UnsafeMutableBufferPointer(rebasing: bytes[old...]))
            }
            pending.removeLast(pending.count - old - got)
        }
        return pending[pendingStart...].prefix(count)
    }

    /// All that is left; nil when that is more than `maximumBytes`.
    package func readAll(maximumBytes: Int) throws(InterchangeError) -> [UInt8]? {
        var want = LineReader.blockBytes
        while true {
            let bytes = try peek(min(want, maximumBytes + 1))
            if bytes.count > maximumBytes { return nil }
            if bytes.count < want { return Array(bytes) }
            want *= 4
        }
    }

    /// Reads what comes from here on as UTF-8 though it is UTF-16.
    func convert(from encoding: UTF16Decoder.Order) {
        var decoder = UTF16Decoder(encoding)
        var converted: [UInt8] = []
        decoder.append(pending[pendingStart...], to: &converted)
        if isAtEnd { decoder.finish(to: &converted) }
        (pending, pendingStart, self.decoder) = (converted, 0, decoder)
    }

    /// Passes over bytes that `peek` has shown.
    func skip(_ count: Int) { pendingStart = min(pendingStart + count, pending.count) }

    /// Says that a record is to be looked into, of those that are counted from 1; false where it is to be passed over. What
    /// goes wrong then is laid to this record, and the next ones can be read by another process.
    func admits(record number: Int, at place: SourcePlace) -> Bool {
        if number < firstRecord { return false }
        watcher?.willLookInto(number, at: place)
        return true
    }

    private enum Origin {
        case file(Int)
        case memory([UInt8])
    }

    /// Remembers this place, to which ``seek(to:)`` goes back.
    ///
    /// - Returns: how many bytes there are from it on; nil for a stream, which is read once.
    func holdPlace() -> Int? {
        if origin == nil, decoder == nil {
            if descriptor < 0 {
                origin = .memory(Array(pending[pendingStart...]))
            } else if FileFacts(descriptor)?.isRegular == true {
                let place = Int(lseek(descriptor, 0, SEEK_CUR)) - (pending.count - pendingStart)
                if place >= 0 { origin = .file(place) }
            }
        }
        switch origin {
        case nil: return nil
        case .memory(let bytes): return bytes.count
        case .file(let start):
            let place = lseek(descriptor, 0, SEEK_CUR)
            let end = lseek(descriptor, 0, SEEK_END)
            return lseek(descriptor, place, SEEK_SET) == place && end >= start ? Int(end) - start : nil
        }
    }

    /// Goes to a place counted from the one that is held; false where that cannot be.
    func seek(to offset: Int) -> Bool {
        switch origin {
        case .memory(let bytes) where (0...bytes.count).contains(offset):
            (pending, pendingStart) = (bytes, offset)
            return true
        case .file(let start) where offset >= 0 && lseek(descriptor, off_t(start + offset), SEEK_SET) >= 0:
            (pending, pendingStart, isAtEnd) = ([], 0, false)
            return true
        default: return false
        }
    }

    /// Reads a block more and appends what it says to what is pending.
    private func fillConverted() throws(InterchangeError) {
        var block = [UInt8](repeating: 0, count: LineReader.blockBytes)
        let got = try block.withUnsafeMutableBufferPointer { (bytes) throws(InterchangeError) in
            try readThrough(bytes)
        }
        pending.removeFirst(pendingStart)
        pendingStart = 0
        if got > 0 { decoder?.append(block[..<got], to: &pending) } else { decoder?.finish(to: &pending) }
    }

    private func readThrough(_ buffer: UnsafeMutableBufferPointer<UInt8>) throws(InterchangeError) -> Int {
        if isAtEnd { return 0 }
        watcher?.willRead(descriptor)
        while true {
            let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if got > 0 {
                watcher?.didRead(got)
                return got
            }
            if got == 0 {
                isAtEnd = true
                return 0
            }
            if errno != EINTR { throw FileOpening.failure("read", name, errno) }
        }
    }

    /// What another process needs to go on where this one is, which reads no more of it.
    func handOver() throws(InterchangeError) -> Rest {
        var rest = Rest(prefix: Array(pending[pendingStart...]))
        if isAtEnd {
            guard rest.prefix.count > Self.maximumPrefixBytes else { return rest }
            return try Self.inMemory(rest.prefix, name: name)
        }
        rest.descriptor = descriptor
        rest.isWhole = FileFacts(descriptor)?.isRegular == true
        // A file is read again from where it began.
        if rest.isWhole, lseek(descriptor, -off_t(rest.prefix.count), SEEK_CUR) >= 0 { rest.prefix = [] }
        return rest
    }

    /// Bytes as a file without a name, which is closed by who asked.
    static func inMemory(_ bytes: [UInt8], name: String) throws(InterchangeError) -> Rest {
        let file = quipu_memory_file()
        guard file >= 0 else { throw FileOpening.failure("read", name, errno) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(file, $0.baseAddress! + written, $0.count - written) }
            if count > 0 {
                written += count
            } else if errno != EINTR {
                let failure = errno
                close(file)
                throw FileOpening.failure("read", name, failure)
            }
        }
        lseek(file, 0, SEEK_SET)
        return Rest(descriptor: file, isOwned: true)
    }
}

/// Is told of what is read of a source.
protocol ByteSourceWatcher: AnyObject {
    /// Returns when there is something to read.
    func willRead(_ descriptor: Int32)
    func didRead(_ count: Int)
    func willLookInto(_ record: Int, at place: SourcePlace)
}
