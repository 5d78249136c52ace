import Glibc

/// What one thread gives and others wait for.
public final class Signal: Sendable {
    let end: ReadingEnd
    private let writer: Int32

    public init() throws { (end, writer) = try ReadingEnd.pipe() }

    public func give() { _ = write(writer, [1], 1) }

    public var isGiven: Bool { end.isReadable }

    deinit {
        end.close()
        close(writer)
    }
}
