internal import QuipuNaturalKeys

/// Writes blocks with what they stand in before each line: `> ` for quotes, spaces for lists.
struct ReadingTextWriter {
    /// Deeper ones look like the one that they are in.
    private static let maximumContainers = 16

    private struct Container {
        let number: Int
        /// Before each line but the first.
        let prefix: [UInt8]
        /// Before the first, until it is written.
        var marker: [UInt8]?
        let isListItem: Bool
    }

    private var out: [UInt8] = []
    private var containers: [Container] = []
    private var opened = 0
    /// The containers of the block before.
    private var before: [Int] = []
    private var wasItem = false

    var isFull: Bool { out.count > ReadingText.maximumBytes }
    var isNearlyFull: Bool { out.count > ReadingText.maximumBytes / 2 }
    var text: String { String(decoding: out.prefix(ReadingText.maximumBytes), as: UTF8.self) }

    mutating func openQuote() { open(prefix: "> ", marker: nil, isListItem: false) }

    /// - Parameter marker: `- ` or `12. `.
    mutating func openItem(_ marker: String) {
        open(prefix: String(repeating: " ", count: marker.utf8.count), marker: marker, isListItem: true)
    }

    private mutating func open(prefix: String, marker: String?, isListItem: Bool) {
        opened += 1
        let isShown = containers.count < Self.maximumContainers
        containers.append(
            Container(
                number: opened, prefix: isShown ? Array(prefix.utf8) : [],
                marker: isShown ? marker.map { Array($0.utf8) } : nil, isListItem: isListItem))
    }

    mutating func close() { _ = containers.popLast() }

    /// A block of lines that stand as they are.
    mutating func write(_ lines: [[UInt8]]) {
        guard !isFull, !lines.isEmpty else { return }
        let now = containers.map(\.number)
        let common = zip(before, now).prefix { $0 == $1 }.count
        if !out.isEmpty {
            out.append(0x0A)
            if !isTight(common) {
                out += Self.trimmed(containers.prefix(common).flatMap { $0.prefix })
                out.append(0x0A)
            }
        }
        for (number, line) in lines.enumerated() {
            if number > 0 { out.append(0x0A) }
            var prefix: [UInt8] = []
            for place in containers.indices {
                prefix += containers[place].marker ?? containers[place].prefix
                containers[place].marker = nil
            }
            out += line.isEmpty ? Self.trimmed(prefix) : prefix + line
        }
        before = now
        wasItem = containers.contains { $0.isListItem }
    }

    /// Whether the block follows without a blank line: the first of an item, behind an item or its beginning.
    private func isTight(_ common: Int) -> Bool {
        wasItem && containers.dropFirst(common).contains { $0.marker != nil }
            && containers.dropFirst(common).allSatisfy { $0.isListItem }
            && (common > 0 && containers[common - 1].isListItem || before.count > common)
    }

    private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        Array(bytes[..<((bytes.lastIndex { $0 != 0x20 } ?? -1) + 1)])
    }
}
