/// A bug to plant: lines of the sources and what stands in their place. As text:
///
///     What is wrong, in one line.
///     --- file
///     Sources/QuipuCausality/Versions/Version.swift
///     --- old
///     lines that stand there exactly once
///     --- new
///     lines in their place
///
/// with any number of such replacements, one after the other.
public struct Mutant: Sendable {
    public struct Replacement: Sendable {
        /// From the root of the tree.
        public let file: String
        public let old: String
        public let new: String

        /// - Throws: `Unfit` unless the old text stands in the source exactly once.
        public func applied(to source: String) throws(Unfit) -> String {
            let places = source.ranges(of: old)
            guard let place = places.first, places.count == 1 else {
                throw Unfit(reason: "its old text stands \(places.count) times in \(file), not once")
            }
            return String(source[..<place.lowerBound]) + new + String(source[place.upperBound...])
        }
    }

    /// Why a mutant cannot be planted.
    public struct Unfit: Error, CustomStringConvertible {
        public let reason: String
        public var description: String { reason }
    }

    public let title: String
    public let replacements: [Replacement]

    public init(_ text: String) throws(Unfit) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        guard let title = lines.first, !title.isEmpty else {
            throw Unfit(reason: "it says nothing of itself")
        }
        self.title = String(title)
        var parts: [(name: Substring, lines: [Substring])] = []
        for line in lines.dropFirst() {
            if line.hasPrefix("--- ") {
                parts.append((line.dropFirst(4), []))
            } else if !parts.isEmpty {
                parts[parts.count - 1].lines.append(line)
            }
        }
        guard !parts.isEmpty, parts.count.isMultiple(of: 3) else {
            throw Unfit(reason: "it has no file, old and new")
        }
        var replacements: [Replacement] = []
        for start in stride(from: 0, to: parts.count, by: 3) {
            let three = parts[start..<start + 3]
            guard three.map(\.name) == ["file", "old", "new"], let file = parts[start].lines.first else {
                throw Unfit(reason: "file, old and new do not follow each other")
            }
            replacements.append(
                Replacement(
                    file: String(file), old: parts[start + 1].lines.joined(separator: "\n"),
                    new: parts[start + 2].lines.joined(separator: "\n")))
        }
        self.replacements = replacements
    }
}
