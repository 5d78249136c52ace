internal import CQuipuQRencode
internal import Glibc

/// A text as a QR code (ISO/IEC 18004), without the quiet zone around it.
package struct QRCode: Sendable {
    /// Squares on each side.
    package let size: Int
    /// Row by row: whether a square is dark.
    private let squares: [Bool]

    /// Letters of the alphanumeric form take fewer squares: digits, capitals, and ` $%*+-./:`.
    ///
    /// - Returns: nil where libqrencode is not installed, or the text does not fit.
    package init?(_ text: String) {
        guard let library = QRLibrary.loaded, let code = library.encode(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1)
        else { return nil }
        defer { library.free(code) }
        let size = Int(code.pointee.width)
        guard (21...177).contains(size), let data = code.pointee.data else { return nil }
        self.size = size
        squares = (0..<size * size).map { data[$0] & 1 == 1 }
    }

    /// Whether the square is dark; outside of the code all are light.
    package func isDark(row: Int, column: Int) -> Bool {
        guard (0..<size).contains(row), (0..<size).contains(column) else { return false }
        return squares[row * size + column]
    }
}

/// libqrencode, loaded when the first code is drawn: most runs draw none.
private struct QRLibrary: Sendable {
    typealias Encode =
        @convention(c) (UnsafePointer<CChar>, Int32, QRecLevel, QRencodeMode, Int32)
        -> UnsafeMutablePointer<CQuipuQRencode.QRcode>?
    typealias Free = @convention(c) (UnsafeMutablePointer<CQuipuQRencode.QRcode>) -> Void

    let encode: Encode
    let free: Free

    /// Nil where the library is not installed.
    static let loaded = QRLibrary()

    private init?() {
        // The version of the interface that the header declares.
        guard let handle = dlopen("libqrencode.so.4", RTLD_NOW | RTLD_LOCAL),
            let encode = dlsym(handle, "QRcode_encodeString"), let free = dlsym(handle, "QRcode_free")
        else { return nil }
        self.encode = unsafeBitCast(encode, to: Encode.self)
        self.free = unsafeBitCast(free, to: Free.self)
    }
}
