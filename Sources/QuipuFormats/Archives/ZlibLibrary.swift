internal import CQuipuZlib
internal import Glibc

/// zlib, loaded when the first compressed bytes are read.
struct ZlibLibrary: Sendable {
    typealias Stream = UnsafeMutablePointer<z_stream>
    typealias Start = @convention(c) (Stream, Int32, UnsafePointer<CChar>, Int32) -> Int32
    typealias Step = @convention(c) (Stream, Int32) -> Int32
    typealias End = @convention(c) (Stream) -> Int32

    let start: Start
    let step: Step
    let end: End

    /// Nil where the library is not installed.
    static let loaded = ZlibLibrary()

    static func required(for name: String) throws(InterchangeError) -> ZlibLibrary {
        guard let loaded else {
            throw InterchangeError(
                code: .unsupportedFormat, operation: "import", path: name,
                message: "it is compressed, and zlib is not installed",
                hint: "Install it (Debian: zlib1g), or unpack the file first.")
        }
        return loaded
    }

    private init?() {
        guard let handle = dlopen("libz.so.1", RTLD_NOW | RTLD_LOCAL),
            // `inflateInit2` is a macro over this.
            let start = dlsym(handle, "inflateInit2_"), let step = dlsym(handle, "inflate"),
            let end = dlsym(handle, "inflateEnd")
        else { return nil }
        self.start = unsafeBitCast(start, to: Start.self)
        self.step = unsafeBitCast(step, to: Step.self)
        self.end = unsafeBitCast(end, to: End.self)
    }
}

/// Expands one member of gzip, or one stream of zlib or deflate.
final class Inflater {
    enum Wrapper: Int32 {
        // Bits of the window, and what zlib expects around the data.
        case gzip = 31
        case zlib = 15
        case deflate = -15
    }

    enum Status {
        case goesOn
        case ended
        case damaged
    }

    private let library: ZlibLibrary
    private let stream: UnsafeMutablePointer<z_stream>
    private let isStarted: Bool

    init(_ wrapper: Wrapper, _ library: ZlibLibrary) {
        self.library = library
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        isStarted =
            library.start(stream, wrapper.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    }

    deinit {
        if isStarted { _ = library.end(stream) }
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Takes from the front of `input` and fills the front of `output`.
    func step(
        _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) -> (taken: Int, made: Int, status: Status) {
        guard isStarted else { return (0, 0, .damaged) }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(clamping: input.count)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(clamping: output.count)
        let offered = (Int(stream.pointee.avail_in), Int(stream.pointee.avail_out))
        let code = library.step(stream, Z_NO_FLUSH)
        let taken = offered.0 - Int(stream.pointee.avail_in)
        let made = offered.1 - Int(stream.pointee.avail_out)
        switch code {
        case Z_OK, Z_BUF_ERROR: return (taken, made, .goesOn)
        case Z_STREAM_END: return (taken, made, .ended)
        default: return (taken, made, .damaged)
        }
    }

    /// What all of `bytes` expands to, up to the bound; nil where it is no such stream from its first byte on. A stream
    /// that is cut or damaged later gives what came before.
    static func expand(
        _ bytes: ArraySlice<UInt8>, _ wrapper: Wrapper, _ library: ZlibLibrary, maximumBytes: Int
    ) -> (bytes: [UInt8], isWhole: Bool)? {
        var out: [UInt8] = []
        var rest = bytes
        var inflater = Inflater(wrapper, library)
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while out.count < maximumBytes {
            let (taken, made, status) = rest.withUnsafeBufferPointer { input in
                block.withUnsafeMutableBufferPointer { inflater.step(input, into: $0) }
            }
            out += block[..<made]
            rest = rest.dropFirst(taken)
            switch status {
            case .damaged: return out.isEmpty ? nil : (out, false)
            case .ended:
                // Another member may follow.
                guard wrapper == .gzip, rest.starts(with: [0x1F, 0x8B]) else { return (out, true) }
                inflater = Inflater(wrapper, library)
            case .goesOn:
                if taken == 0, made == 0 { return out.isEmpty && !bytes.isEmpty ? nil : (out, false) }
            }
            if !ExpansionLimits.allow(out.count, of: bytes.count - rest.count) { return (out, false) }
        }
        return (Array(out.prefix(maximumBytes)), false)
    }
}
