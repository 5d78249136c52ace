import Synchronization
import Testing

@testable import quipu

@Suite struct `Progress is shown on one line` {
    @Test func `the progress line is rewritten in place and removed`() {
        let screen = Screen()
        let progress = screen.progress(isOn: true)
        progress.show("10 of 99 pieces")
        screen.pass(milliseconds: 100)
        progress.show("20 of 99 pieces, which is a longer line")
        progress.clear()
        progress.clear()
        #expect(
            screen.text == "\r10 of 99 pieces\u{1B}[K" + "\r20 of 99 pieces, w…\u{1B}[K" + "\r\u{1B}[K")
    }

    @Test func `the progress line is updated at a bounded rate`() {
        let screen = Screen()
        let progress = screen.progress(isOn: true)
        for piece in 0..<1_000 {
            progress.show("\(piece)")
            screen.pass(milliseconds: 1)
        }
        #expect(screen.text.split(separator: "\r").count == 10)
    }

    @Test func `the progress line is not written where nobody would see it`() {
        let screen = Screen()
        let progress = screen.progress(isOn: false)
        progress.show("10 of 99 pieces")
        progress.clear()
        #expect(screen.text.isEmpty)
    }

    @Test func `the progress line shows the share done at once, and rate and time left after a second`() {
        let screen = Screen()
        let progress = screen.progress(isOn: true, width: 80)
        progress.show("0 read", .items(0, "articles", fraction: 0))
        screen.pass(milliseconds: 500)
        progress.show("100 read", .items(100, "articles", fraction: 0.1))
        screen.pass(milliseconds: 1_500)
        progress.show("400 read", .items(400, "articles", fraction: 0.4))
        #expect(
            screen.text == "\r0 read, 0 %…\u{1B}[K" + "\r100 read, 10 %…\u{1B}[K"
                + "\r400 read, 40 %, 200 articles/s, 3 s left…\u{1B}[K")
    }

    @Test func `progress restarts for another task, and a task of unknown length shows no share`() {
        let screen = Screen()
        let progress = screen.progress(isOn: true, width: 80)
        progress.show("sent 0", .bytes(0, of: nil))
        screen.pass(milliseconds: 2_000)
        progress.show("sent 9", .bytes(6_000_000, of: nil))
        screen.pass(milliseconds: 1_000)
        progress.show("sent a file", .bytes(500_000, of: 1_000_000))
        #expect(
            screen.text == "\rsent 0…\u{1B}[K" + "\rsent 9, 3.0 MB/s…\u{1B}[K"
                + "\rsent a file, 50 %…\u{1B}[K")
    }

    @Test func `the time left is written in seconds, minutes or hours`() {
        let first = ProgressMeasure.items(0, "x", fraction: 0)
        for (fraction, words) in [(0.5, "1 s"), (0.001, "17 min"), (0.000_1, "3 h")] {
            let measure = ProgressMeasure.items(1, "x", fraction: fraction)
            #expect(measure.text(since: first, milliseconds: 1_000).hasSuffix(words + " left"))
        }
    }

    @Test func `the progress line is sanitized`() {
        let screen = Screen()
        screen.progress(isOn: true).show("from \u{1B}[2Ja\nb")
        #expect(screen.text == "\rfrom a b\u{1B}[K")
    }
}

/// A terminal 20 columns wide with a clock that goes when told.
private final class Screen: Sendable {
    private let state = Mutex((text: "", milliseconds: Int64(5)))

    var text: String { state.withLock { $0.text } }

    func pass(milliseconds: Int64) {
        state.withLock { $0.milliseconds += milliseconds }
    }

    func progress(isOn: Bool, width: Int = 20) -> ProgressLine {
        ProgressLine(
            isOn: isOn, width: { width }, write: { text in self.state.withLock { $0.text += text } },
            milliseconds: { self.state.withLock { $0.milliseconds } })
    }
}
