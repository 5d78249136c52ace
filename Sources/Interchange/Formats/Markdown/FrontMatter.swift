/// Front matter: a first line `---`, YAML, and a line `---` or `...`; what follows is the text.
struct FrontMatter {
    let yaml: ArraySlice<UInt8>
    let text: ArraySlice<UInt8>

    /// nil when the file does not open with front matter, or never closes it: then all of it is text.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard let first = FrontMatter.line(bytes, from: bytes.startIndex),
            FrontMatter.isMarker(bytes[first.content], "---")
        else { return nil }
        var start = first.next
        while let line = FrontMatter.line(bytes, from: start) {
            let content = bytes[line.content]
            if FrontMatter.isMarker(content, "---") || FrontMatter.isMarker(content, "...") {
                yaml = bytes[first.next..<start]
                text = bytes[line.next...]
                return
            }
            start = line.next
        }
        return nil
    }

    /// The line that starts here, its line feed apart; nil at the end.
    static func line(_ bytes: ArraySlice<UInt8>, from start: Int) -> (content: Range<Int>, next: Int)? {
        guard start < bytes.endIndex else { return nil }
        guard let end = bytes[start...].firstIndex(of: 0x0A) else {
            return (start..<bytes.endIndex, bytes.endIndex)
        }
        return (start..<end, end + 1)
    }

    private static func isMarker(_ line: ArraySlice<UInt8>, _ marker: String) -> Bool {
        line.starts(with: marker.utf8)
            && line.dropFirst(marker.utf8.count).allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    }
}
