/// How our own tables are written, so that they are known when they come back.
enum CSVLayout {
    /// The column that says how a row was written.
    static let marker = "quipu"
    static let plain = "1"
    /// Cells that a spreadsheet would take for a formula begin with an apostrophe.
    static let forSpreadsheets = "1 for spreadsheets"
    static let marks: Set<String> = [plain, forSpreadsheets]
    /// Between several authors or tags.
    static let between = "; "

    /// What begins a formula, or a command, in spreadsheets (OWASP, "CSV Injection"); and the apostrophe itself, so that what is
    /// put before is taken away again without a doubt.
    private static let signs = "=+-@\t\r'"

    static func withGuard(_ cell: String) -> String {
        guard let first = cell.unicodeScalars.first, signs.unicodeScalars.contains(first) else { return cell }
        return "'" + cell
    }

    static func withoutGuard(_ cell: String) -> String {
        var scalars = cell.unicodeScalars[...]
        guard scalars.popFirst() == "'", let next = scalars.first, signs.unicodeScalars.contains(next) else {
            return cell
        }
        return String(scalars)
    }
}
