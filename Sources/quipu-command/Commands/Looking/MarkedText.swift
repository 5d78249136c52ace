internal import Quipu

/// A record's text with the passages that annotations quote: underlined where the terminal has styles, in brackets
/// elsewhere, and each followed by the number of its annotation.
struct MarkedText {
    private let pieces: [TextPiece]
    var isEmpty: Bool { pieces.isEmpty }
    /// Of annotations with a passage, by their place among the page's dependents: counted in the order of the text.
    let numbers: [Int: Int]

    init(_ page: RecordPage) {
        pieces = page.textPieces()
        var numbers: [Int: Int] = [:]
        for index in pieces.flatMap(\.begins) { numbers[index] = numbers.count + 1 }
        self.numbers = numbers
    }

    func print(to output: Output) {
        let style = output.style
        if numbers.isEmpty {
            var text = TerminalSanitizer.paragraphs(pieces.map(\.text).joined())
            if text.hasSuffix("\n") { text.removeLast() }
            for line in TextWrap(columns: output.textWidth).lines(text) { output.line(line) }
            return
        }
        let wrap = TextWrap(columns: output.textWidth) { style($0, .underline) }
        for line in wrap.lines(cells(hasStyles: style.isOn)) { output.line(line) }
    }

    private func cells(hasStyles: Bool) -> [TextWrap.Cell] {
        var cells: [TextWrap.Cell] = []
        func add(_ text: String, isMarked: Bool = false) {
            cells += text.map { TextWrap.Cell(character: $0, isMarked: isMarked) }
        }
        for piece in pieces {
            if !hasStyles { add(String(repeating: "[", count: piece.begins.count)) }
            add(TerminalSanitizer.paragraphs(piece.text), isMarked: piece.isQuoted)
            for index in piece.ends {
                add((hasStyles ? "" : "]") + Self.superscript(numbers[index] ?? 0))
            }
        }
        // The end of the text is no empty line.
        if cells.last?.character == "\n" { cells.removeLast() }
        return cells
    }

    private static let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")

    static func superscript(_ number: Int) -> String {
        String(String(number).compactMap { $0.wholeNumberValue.map { digits[$0] } })
    }
}
