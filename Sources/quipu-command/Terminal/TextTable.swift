/// Rows of text under common columns, fitted to a width.
///
/// Cells are made harmless and put on one line here, so any text may be given. All rows are held until they
/// are drawn; a listing without end draws a table for each batch.
struct TextTable: Sendable {
    struct Column: Sendable {
        let title: String
        var alignment = Alignment.left
        /// Whether it gives up width when the line is too long for the window.
        var canShrink = false
        var styles: [Style] = []
    }

    enum Alignment: Sendable { case left, right }

    struct Cell: Sendable, ExpressibleByStringInterpolation {
        let text: String
        /// Added to the column's.
        let styles: [Style]

        init(_ text: String, _ styles: Style...) {
            self.text = TerminalSanitizer.line(text)
            self.styles = styles
        }

        init(stringLiteral text: String) {
            self.init(text)
        }
    }

    let columns: [Column]
    private var rows: [[Cell]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    var isEmpty: Bool { rows.isEmpty }

    /// - Precondition: one cell for each column.
    mutating func add(_ cells: [Cell]) {
        precondition(cells.count == columns.count, "a row needs a cell for each column")
        rows.append(cells)
    }

    /// The table's lines, the titles first unless all are empty.
    ///
    /// - Parameter width: columns to keep within by cutting cells that can shrink; `nil` to cut nothing.
    func lines(width: Int?, styling: Styling) -> [String] {
        let widths = fittedWidths(within: width)
        var lines: [String] = []
        if columns.contains(where: { !$0.title.isEmpty }) {
            lines.append(draw(columns.map { Cell($0.title) }, widths, styling, columnStyles: [.bold]))
        }
        return lines + rows.map { draw($0, widths, styling, columnStyles: nil) }
    }

    private static let gap = 2
    private static let leastShrunkWidth = 8

    private func fittedWidths(within width: Int?) -> [Int] {
        var widths = columns.map { DisplayWidth.of($0.title) }
        for row in rows {
            for (index, cell) in row.enumerated() {
                widths[index] = max(widths[index], DisplayWidth.of(cell.text))
            }
        }
        guard let width else { return widths }
        var excess = widths.reduce(0, +) + Self.gap * max(0, columns.count - 1) - width
        // Take from the widest first, so that short columns stay whole as long as they can.
        while excess > 0 {
            let shrinkable = widths.indices.filter {
                columns[$0].canShrink && widths[$0] > Self.leastShrunkWidth
            }
            guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { break }
            let next = shrinkable.filter { widths[$0] < widths[widest] }.map { widths[$0] }.max()
            let step = min(excess, max(1, widths[widest] - max(next ?? 0, Self.leastShrunkWidth)))
            widths[widest] -= step
            excess -= step
        }
        return widths
    }

    private func draw(
        _ cells: [Cell], _ widths: [Int], _ styling: Styling, columnStyles: [Style]?
    ) -> String {
        var line = ""
        // Spaces are owed and only paid before text, so that no line ends with them.
        var owed = 0
        for (index, cell) in cells.enumerated() {
            let text = DisplayWidth.cut(cell.text, to: widths[index])
            let padding = widths[index] - DisplayWidth.of(text)
            if columns[index].alignment == .right { owed += padding }
            if !text.isEmpty {
                line += String(repeating: " ", count: owed)
                line += styling.apply((columnStyles ?? columns[index].styles) + cell.styles, to: text)
                owed = 0
            }
            owed += (columns[index].alignment == .left ? padding : 0) + Self.gap
        }
        return line
    }
}
