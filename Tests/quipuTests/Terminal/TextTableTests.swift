import Testing

@testable import quipu

@Suite struct `Tables of text are laid out` {
    private let plain = Styling(isOn: false)

    private func sample() -> TextTable {
        var table = TextTable([
            .init(title: "id", styles: [.dim]), .init(title: "title", canShrink: true),
            .init(title: "words", alignment: .right),
        ])
        table.add(["3f2a", "Saturday market gets its roof back", "67"])
        table.add(["b01c", "織物館", "1200"])
        table.add(["", "Tupaq N\u{303}a\u{301}n\u{303}ez\u{1B}[2J", ""])
        return table
    }

    @Test func `columns are aligned for any content`() {
        #expect(
            sample().lines(width: nil, styling: plain) == [
                "id    title                               words",
                "3f2a  Saturday market gets its roof back     67",
                "b01c  織物館                               1200",
                "      Tupaq N\u{303}a\u{301}n\u{303}ez",
            ])
    }

    @Test func `only the columns of a table that may shrink are cut`() {
        let lines = sample().lines(width: 30, styling: plain)
        #expect(
            lines == [
                "id    title              words",
                "3f2a  Saturday market…      67",
                "b01c  織物館              1200",
                "      Tupaq N\u{303}a\u{301}n\u{303}ez",
            ])
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= 30 })
    }

    @Test func `the widest column shrinks first, and none shrinks to nothing`() {
        var table = TextTable([
            .init(title: "", canShrink: true), .init(title: "", canShrink: true),
        ])
        table.add(["a short one", .init(String(repeating: "long ", count: 10))])
        #expect(table.lines(width: 30, styling: plain) == ["a short one  long long long l…"])
        #expect(table.lines(width: 5, styling: plain) == ["a short…  long lo…"])
    }

    @Test func `styling is applied only on request and keeps the width`() {
        var table = TextTable([.init(title: "a", styles: [.dim]), .init(title: "b")])
        table.add(["x", .init("y", .red, .bold)])
        #expect(
            table.lines(width: nil, styling: Styling(isOn: true)) == [
                "\u{1B}[1ma\u{1B}[0m  \u{1B}[1mb\u{1B}[0m", "\u{1B}[2mx\u{1B}[0m  \u{1B}[31;1my\u{1B}[0m",
            ])
        #expect(table.lines(width: nil, styling: plain) == ["a  b", "x  y"])
    }
}
