/// Exports of other programs that are plain text in a layout of their own. Each would pass for a text, whose paragraphs would become
/// articles.
enum TextRecords {
    private static let lookBytes = 16 << 10
    private static let viaReferences =
        "Open it in a reference manager such as JabRef or Zotero and export RIS, or CSL-JSON."

    /// With its article, and what to do instead.
    static func format(_ content: ArraySlice<UInt8>) -> (name: String, wayOut: String)? {
        let lines = content.prefix(lookBytes).split(
            separator: 0x0A, maxSplits: 200, omittingEmptySubsequences: true
        ).map(
            HeaderFields.trimmed
        ).filter { !$0.isEmpty }
        guard let first = lines.first else { return nil }
        if isKindle(lines) {
            return (
                "Kindle's clippings",
                "Give the file to a service that reads it, such as Readwise, and import the table that it exports."
            )
        }
        if isNumber(first), lines.prefix(40).contains(where: isOvid) {
            return ("references of Ovid", viaReferences)
        }
        if first.starts(with: "Record".utf8), ForeignFormat.contains(first, "INSPEC"),
            count(lines, between: " ~ ") > 1
        {
            return ("references of INSPEC", viaReferences)
        }
        if first.starts(with: "TI- ".utf8), count(lines, between: "- ") * 2 > lines.count {
            return ("references of Copac", viaReferences)
        }
        if first.elementsEqual("nep.repec.org".utf8) || first.starts(with: "Template-Type: ReDIF-".utf8) {
            return ("references of RePEc", viaReferences)
        }
        if first.starts(with: "--".utf8), lines.prefix(40).count(where: isBiblioscape) > 1 {
            return ("references of Biblioscape", viaReferences)
        }
        return nil
    }

    /// A book's title, then `- Your Highlight on page 12 | Added on …` in the reader's language; a line of ten `=` ends each.
    private static func isKindle(_ lines: [ArraySlice<UInt8>]) -> Bool {
        guard lines.count > 2 else { return false }
        return lines[1].starts(with: "- ".utf8) && ForeignFormat.contains(lines[1], " | ")
            && lines.contains { $0.elementsEqual("==========".utf8) }
    }

    /// `<12>`
    private static func isNumber(_ line: ArraySlice<UInt8>) -> Bool {
        line.count > 2 && line.first == UInt8(ascii: "<") && line.last == UInt8(ascii: ">")
            && line.dropFirst().dropLast().allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isOvid(_ line: ArraySlice<UInt8>) -> Bool {
        ["Author", "Authors", "Accession Number", "Unique Identifier", "Title"].contains {
            line.elementsEqual($0.utf8)
        }
    }

    /// `--AU-- Name`
    private static func isBiblioscape(_ line: ArraySlice<UInt8>) -> Bool {
        line.count > 6 && line.starts(with: "--".utf8) && line.dropFirst(4).starts(with: "-- ".utf8)
    }

    /// Lines that begin with a code of two letters and then this.
    private static func count(_ lines: [ArraySlice<UInt8>], between mark: String) -> Int {
        lines.count { line in
            line.prefix(2).allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) }
                && line.dropFirst(2).starts(with: mark.utf8)
        }
    }
}
