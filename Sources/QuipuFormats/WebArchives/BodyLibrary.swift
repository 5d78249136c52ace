internal import Glibc

/// Brotli and zstd, as far as bodies need them: whole bodies, up to a size. Loaded when the first such body is read; where
/// they are not installed, such a body is refused.
struct BodyLibrary: Sendable {
    /// Nil where the bytes are damaged, or make more than the bound.
    let expand: @Sendable (ArraySlice<UInt8>, _ maximumBytes: Int) -> [UInt8]?

    static func named(_ coding: String) -> BodyLibrary? { coding == "br" ? brotli : zstd }

    private typealias Brotli =
        @convention(c) (
            Int, UnsafePointer<UInt8>?, UnsafeMutablePointer<Int>, UnsafeMutablePointer<UInt8>?
        ) -> Int32
    private typealias Zstd =
        @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeRawPointer?, Int) -> Int
    private typealias IsError = @convention(c) (Int) -> UInt32

    private static let brotli: BodyLibrary? = {
        guard let handle = dlopen("libbrotlidec.so.1", RTLD_NOW | RTLD_LOCAL),
            let symbol = dlsym(handle, "BrotliDecoderDecompress")
        else { return nil }
        let decode = unsafeBitCast(symbol, to: Brotli.self)
        return BodyLibrary { bytes, most in
            attempts(bytes, most) { input, output in
                var made = output.count
                return decode(input.count, input.baseAddress, &made, output.baseAddress) == 1 ? made : nil
            }
        }
    }()

    private static let zstd: BodyLibrary? = {
        guard let handle = dlopen("libzstd.so.1", RTLD_NOW | RTLD_LOCAL),
            let symbol = dlsym(handle, "ZSTD_decompress"), let check = dlsym(handle, "ZSTD_isError")
        else { return nil }
        let decode = unsafeBitCast(symbol, to: Zstd.self)
        let isError = unsafeBitCast(check, to: IsError.self)
        return BodyLibrary { bytes, most in
            attempts(bytes, most) { input, output in
                let made = decode(output.baseAddress, output.count, input.baseAddress, input.count)
                return isError(made) == 0 ? made : nil
            }
        }
    }()

    /// With more room each time, up to the bound: pages are small.
    private static func attempts(
        _ bytes: ArraySlice<UInt8>, _ most: Int,
        _ decode: (UnsafeBufferPointer<UInt8>, UnsafeMutableBufferPointer<UInt8>) -> Int?
    ) -> [UInt8]? {
        var room = min(most, max(1 << 20, bytes.count * 4))
        while true {
            var made: Int?
            let out = [UInt8](unsafeUninitializedCapacity: room) { output, count in
                let whole = UnsafeMutableBufferPointer(start: output.baseAddress, count: room)
                made = bytes.withUnsafeBufferPointer { decode($0, whole) }
                count = min(made ?? 0, room)
            }
            if made != nil { return out }
            if room >= most { return nil }
            room = min(most, room * 8)
        }
    }
}
