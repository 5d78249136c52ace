internal import Glibc
internal import Quipu

/// Says one sentence when Ctrl-C ends a command: what of its work is kept, and how to go on. The process then ends by the
/// signal, as without it: shells show 130.
enum Interruption {
    /// What the handler writes: it may not do more than that.
    nonisolated(unsafe) private static var message: UnsafeMutableBufferPointer<UInt8>?

    /// - Parameters:
    ///   - sentence: without a full stop.
    ///   - isAtPrompt: whether a question stands on the last line, which stays.
    static func notice(_ sentence: String, output: Output, isAtPrompt: Bool = false) {
        guard message == nil else { return }
        let object: JSONText = [
            "error": "interrupted", "message": "interrupted", "hint": JSONText(sentence),
        ]
        let bytes =
            output.isJSON
            ? object.bytes + [UInt8(ascii: "\n")]
            // What stands of the progress line goes.
            : Array(
                ((isAtPrompt ? "\n" : output.terminal.errorIsTerminal ? "\r\u{1B}[K" : "")
                    + "quipu: interrupted\n  \(sentence)\n")
                    .utf8)
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = buffer.initialize(from: bytes)
        message = buffer
        signal(SIGINT) { number in
            if let message = Interruption.message {
                _ = write(STDERR_FILENO, message.baseAddress, message.count)
            }
            signal(number, SIG_DFL)
            raise(number)
        }
    }

    /// Ctrl-C ends the command without a word again: what was said is not true any more.
    static func withdraw() {
        guard message != nil else { return }
        signal(SIGINT, SIG_DFL)
        message = nil
    }
}
