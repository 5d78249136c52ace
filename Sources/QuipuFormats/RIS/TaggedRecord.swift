/// One record of a format that begins each line with a tag: RIS, MEDLINE (PubMed's nbib), EndNote's tagged form.
struct TaggedRecord {
    struct Field {
        let tag: String
        var value: String
    }

    var fields: [Field] = []
    let place: SourcePlace
    /// Whether a line says where it ends.
    var isClosed = false
    /// Whether the source ends with it.
    var endsSource = false

    init(place: SourcePlace) { self.place = place }

    /// What stands behind a tag, each in its line; without what is blank.
    func values(_ tag: String) -> [String] {
        fields.lazy.filter { $0.tag == tag && !SourceValue.isBlank($0.value) }.map(\.value)
    }

    func first(_ tags: String...) -> String? {
        tags.lazy.compactMap { tag in values(tag).first }.first
    }
}

/// Which of the formats a source is in, and how its lines are read.
enum TaggedDialect: Sendable {
    case ris, medline, endNote

    var formatName: String {
        switch self {
        case .ris: "RIS"
        case .medline: "PubMed (MEDLINE)"
        case .endNote: "EndNote's tagged form"
        }
    }

    /// - Parameter isLoose: of RIS, whether one space parts a tag from its hyphen throughout.
    /// - Returns: the tag of a line and where its value begins, counted in bytes; nil for a line that goes on with the one before.
    func tag(_ line: some RandomAccessCollection<UInt8>, isLoose: Bool = false) -> (
        tag: String, valueOffset: Int
    )? {
        let bytes = line.prefix(8).map { $0 }
        func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        switch self {
        case .endNote:
            guard bytes.count >= 2, bytes[0] == UInt8(ascii: "%"), bytes[1] > 0x20, bytes[1] < 0x7F,
                bytes.count == 2 || bytes[2] == 0x20 || bytes[2] == 0x09
            else { return nil }
            return (String(decoding: bytes[..<2], as: UTF8.self), min(3, bytes.count))
        case .ris:
            guard bytes.count >= 4, isLetter(bytes[0]), isLetter(bytes[1]) || isDigit(bytes[1]) else {
                return nil
            }
            // `TY  - `; some write one space, or none behind the hyphen.
            let spaces = bytes.dropFirst(2).prefix { $0 == 0x20 }.count
            guard (1...3).contains(spaces), bytes.count > 2 + spaces, bytes[2 + spaces] == UInt8(ascii: "-")
            else {
                return nil
            }
            let tag = String(decoding: bytes[..<2], as: UTF8.self)
            let behind = 3 + spaces
            guard bytes.count > behind else { return (tag, behind) }
            if bytes[behind] == 0x20 || bytes[behind] == 0x09 {
                // A sentence may go on with `US - `.
                return spaces == 2 || isLoose || tag == "TY" || tag == "ER" ? (tag, behind + 1) : nil
            }
            return spaces == 2 || isLoose ? (tag, behind) : nil
        case .medline:
            let letters = bytes.prefix(4).prefix(while: { isLetter($0) || isDigit($0) }).count
            guard letters >= 2, isLetter(bytes[0]), bytes.count >= 5, bytes[4] == UInt8(ascii: "-"),
                bytes[letters..<4].allSatisfy({ $0 == 0x20 })
            else { return nil }
            return (String(decoding: bytes[..<letters], as: UTF8.self), min(6, line.count))
        }
    }
}
