import Testing

@testable import quipu

@Suite struct `The terminal's abilities are queried` {
    private let window = Terminal(
        inputIsTerminal: true, outputIsTerminal: true, errorIsTerminal: true, isPlain: false, width: 90)

    @Test func `colour is used only on a terminal that supports it`() {
        #expect(window.outputStyling.isOn && window.errorStyling.isOn)
        var plain = window
        plain.isPlain = true
        #expect(!plain.outputStyling.isOn && !plain.errorStyling.isOn)
        var piped = window
        piped.outputIsTerminal = false
        #expect(!piped.outputStyling.isOn && piped.errorStyling.isOn)
    }

    @Test func `the terminal's width is known only if output goes to a terminal`() {
        #expect(window.outputWidth == 90)
        var piped = window
        piped.outputIsTerminal = false
        #expect(piped.outputWidth == nil)
    }

    @Test func `the terminal's width is always at least a usable one`() {
        #expect((20...1_000).contains(Terminal.currentWidth()))
        #expect(Terminal.ofThisProcess().width >= 20)
    }
}
