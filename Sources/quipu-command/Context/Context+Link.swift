extension Context {
    /// Of a link on which nothing moves: after how long it is given up. `QUIPU_TIMEOUT`; nil when that is not set.
    func linkTimeoutSeconds() throws(UsageError) -> Int? {
        guard let text = variable("QUIPU_TIMEOUT") else { return nil }
        guard let seconds = Int(text), (1...86_400).contains(seconds) else {
            throw UsageError(
                "QUIPU_TIMEOUT is no number of seconds: \(TerminalSanitizer.line(text))",
                hint: "use 1 to 86400, as in QUIPU_TIMEOUT=60")
        }
        return seconds
    }
}
