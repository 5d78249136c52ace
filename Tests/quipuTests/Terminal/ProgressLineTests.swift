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

    func progress(isOn: Bool) -> ProgressLine {
        ProgressLine(
            isOn: isOn, width: { 20 }, write: { text in self.state.withLock { $0.text += text } },
            milliseconds: { self.state.withLock { $0.milliseconds } })
    }
}
