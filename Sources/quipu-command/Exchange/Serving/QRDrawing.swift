internal import Quipu

/// A QR code in characters: each shows two squares, one above the other.
struct QRDrawing {
    /// Light squares that scanners need around the code (ISO/IEC 18004, 9.1).
    private static let quietSquares = 4

    let lines: [String]

    /// Nil where the code cannot be drawn: libqrencode is not installed, or the window is too narrow.
    ///
    /// - Parameter isPlain: without colours, light squares are drawn and dark ones left out, for terminals with light letters
    ///   on a dark ground.
    init?(of text: String, width: Int, isPlain: Bool) {
        guard let code = QRCode(text) else { return nil }
        self.init(size: code.size, width: width, isPlain: isPlain) { code.isDark(row: $0, column: $1) }
    }

    init?(size: Int, width: Int, isPlain: Bool, isDark: (_ row: Int, _ column: Int) -> Bool) {
        let range = -Self.quietSquares..<size + Self.quietSquares
        guard range.count <= width else { return nil }
        lines = stride(from: range.lowerBound, to: range.upperBound, by: 2).map { row in
            let squares = range.map { column -> Character in
                let isLower = row + 1 < range.upperBound
                switch (isDark(row, column), isLower ? isDark(row + 1, column) : isPlain) {
                case (false, false): return isPlain ? "█" : " "
                case (true, true): return isPlain ? " " : "█"
                case (true, false): return isPlain ? "▄" : "▀"
                case (false, true): return isPlain ? "▀" : "▄"
                }
            }
            // Black on white, whatever the terminal's own colours are.
            return isPlain ? String(squares) : "\u{1B}[30;107m\(String(squares))\u{1B}[0m"
        }
    }
}
