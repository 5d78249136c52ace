import Testing

@testable import quipu

@Suite struct `What a terminal is asked for` {
    private let window = Terminal(
        inputIsTerminal: true, outputIsTerminal: true, errorIsTerminal: true, isPlain: false, width: 90)

    @Test func `is colour on a terminal that wants it and nowhere else`() {
        #expect(window.outputStyling.isOn && window.errorStyling.isOn)
        var plain = window
        plain.isPlain = true
        #expect(!plain.outputStyling.isOn && !plain.errorStyling.isOn)
        var piped = window
        piped.outputIsTerminal = false
        #expect(!piped.outputStyling.isOn && piped.errorStyling.isOn)
    }

    @Test func `is its width only where lines would wrap`() {
        #expect(window.outputWidth == 90)
        var piped = window
        piped.outputIsTerminal = false
        #expect(piped.outputWidth == nil)
    }

    @Test func `is always a usable width`() {
        #expect((20...1_000).contains(Terminal.currentWidth()))
        #expect(Terminal.ofThisProcess().width >= 20)
    }
}
