/// Breaks text into lines at words. Wide characters count two columns, and a line may end between two of them.
struct TextWrap {
    /// A character, and whether it belongs to a marked passage.
    struct Cell {
        let character: Character
        var isMarked = false
    }

    /// Nil: each paragraph is one line.
    let columns: Int?
    /// What stands before each line.
    var indent = ""
    /// How a marked passage looks.
    var mark: (String) -> String = { $0 }

    private static let tabWidth = 8

    func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph -> [String] in
            // Most lines fit as they are.
            let fits = columns.map { paragraph.utf8.count + indent.utf8.count <= $0 } ?? true
            if fits, !paragraph.utf8.contains(UInt8(ascii: "\t")), paragraph.utf8.last != UInt8(ascii: " ") {
                return [paragraph.isEmpty ? "" : indent + paragraph]
            }
            return wrapped(paragraph.map { Cell(character: $0) }[...])
        }
    }

    /// One or more lines for each line of the text.
    func lines(_ cells: [Cell]) -> [String] {
        cells.split(omittingEmptySubsequences: false) { $0.character == "\n" }.flatMap(wrapped)
    }

    private func wrapped(_ paragraph: ArraySlice<Cell>) -> [String] {
        guard let columns else { return [drawn(paragraph)] }
        let width = max(1, columns - DisplayWidth.of(indent))
        var lines: [String] = []
        var line: [Cell] = []
        var used = 0
        // Where the line may end, counted in cells.
        var lastBreak: Int?
        for cell in Self.expanded(paragraph) {
            let size = DisplayWidth.of(cell.character)
            if let last = line.last, Self.mayBreak(last, cell) { lastBreak = line.count }
            while used + size > width, cell.character != " ", !line.isEmpty {
                let end = lastBreak ?? line.count
                lines.append(drawn(line[..<end]))
                line.removeFirst(end)
                used = line.reduce(0) { $0 + DisplayWidth.of($1.character) }
                lastBreak = nil
            }
            line.append(cell)
            used += size
        }
        return lines + [drawn(line[...])]
    }

    private static func expanded(_ cells: ArraySlice<Cell>) -> [Cell] {
        guard cells.contains(where: { $0.character == "\t" }) else { return Array(cells) }
        var result: [Cell] = []
        var column = 0
        for cell in cells {
            if cell.character == "\t" {
                let gap = tabWidth - column % tabWidth
                result += Array(repeating: Cell(character: " ", isMarked: cell.isMarked), count: gap)
                column += gap
            } else {
                result.append(cell)
                column += DisplayWidth.of(cell.character)
            }
        }
        return result
    }

    /// What must not begin a line, and what must not end one (a short form of JIS X 4051).
    private static let closing: Set<Character> = Set("、。，．）」』】》〉！？：；・ー…’”)]}!?:;,.%¹²³⁴⁵⁶⁷⁸⁹⁰")
    private static let opening: Set<Character> = Set("（「『【《〈‘“([{")

    private static func mayBreak(_ last: Cell, _ next: Cell) -> Bool {
        if last.character == " " { return next.character != " " }
        if next.character == " " { return false }
        guard DisplayWidth.of(last.character) == 2 || DisplayWidth.of(next.character) == 2 else {
            return false
        }
        return !closing.contains(next.character) && !opening.contains(last.character)
    }

    /// Without the spaces at the end.
    private func drawn(_ cells: ArraySlice<Cell>) -> String {
        var cells = cells
        while cells.last?.character == " " { cells.removeLast() }
        if cells.isEmpty { return "" }
        var line = indent
        while let first = cells.first {
            let run = cells.prefix { $0.isMarked == first.isMarked }
            cells = cells[run.endIndex...]
            let text = String(run.map(\.character))
            line += first.isMarked ? mark(text) : text
        }
        return line
    }
}
