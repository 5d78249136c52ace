/// Where in the outside world something was read.
public struct SourcePlace: Sendable, Equatable, CustomStringConvertible {
    /// The path as it was given or found, or the name that was given to a stream.
    public let file: String
    /// The line, counted from 1, on which it starts.
    public let line: Int
    /// Bytes of the file before it, a byte order mark included; before the byte at fault where one is known.
    public let byteOffset: Int

    public init(file: String, line: Int, byteOffset: Int) {
        self.file = file
        self.line = line
        self.byteOffset = byteOffset
    }

    public var description: String { "\(file):\(line) (byte \(byteOffset))" }
}

/// One record as a source describes it, independent of any archive.
public struct SourceItem: Sendable {
    /// The producer of ids in our own exports that are not lossless: they are ids of records.
    public static let ownProducer = "quipu"

    public let place: SourcePlace
    public let kind: String
    /// The record's id, lower-case, when the source is our own lossless export.
    public let id: String?
    /// Distinct names, NFC, in the order of UTF-16 code units; each value canonical JSON.
    public let fields: [(name: String, value: [UInt8])]
    /// NFC, trimmed, distinct, in the source's order; the importer makes `tags/<tag>` of each. A lossless
    /// export has its tags among its fields already.
    public let tags: [String]
    /// The id that the source gave the record, as text.
    public let foreignID: String?
    /// Among whose ids `foreignID` is one of its own: the producer and its library or feed, `zotero:users/475425`.
    /// Nil where the file does not say: ids of plain files are compared within the collection they are put into.
    public let producer: String?
    /// The producer of ids that are citation keys of BibTeX and CSL.
    public static let citationKeys = "citation"
    /// When the producer says that it last changed the item, as it wrote it: part of the item's state.
    public let modified: String?
    /// The source's own names of what no field took and is kept under `x-`.
    public let kept: [String]
    public let relations: SourceRelations

    /// A title that is made up has `derived/title` among the fields.
    public init(
        place: SourcePlace, kind: String = "article", id: String? = nil,
        fields: [(name: String, value: [UInt8])], tags: [String] = [], foreignID: String? = nil,
        producer: String? = nil, modified: String? = nil, kept: [String] = [],
        relations: SourceRelations = .none
    ) {
        self.place = place
        self.kind = kind
        self.id = id
        self.fields = fields
        self.tags = tags
        self.foreignID = foreignID
        self.producer = producer
        self.modified = modified
        self.kept = kept
        self.relations = relations
    }

    /// The canonical JSON of the field with this name.
    public subscript(name: String) -> [UInt8]? {
        fields.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }
}

public enum SourceEvent: Sendable {
    case item(SourceItem)
    /// This line, paragraph or file cannot be taken in; what follows it can.
    case rejected(SourcePlace, reason: String)
    /// What was taken in otherwise than it stands there: converted, or read with a slip passed over.
    case remark(SourcePlace, String)
}

/// Reads one source to its end, an event at a time, with memory bounded by ``SourceLimits``.
public protocol SourceReader {
    /// What the source turned out to be, as in "JSON Lines".
    var formatName: String { get }

    /// nil at the end. Throws only for what makes the whole source unusable.
    mutating func next() throws(InterchangeError) -> SourceEvent?

    /// How much of the source was read so far, where that is known better than by the places of its items.
    var consumedBytes: Int? { get }
}

extension SourceReader {
    public var consumedBytes: Int? { nil }
}

/// Why one item cannot be taken in; becomes `SourceEvent.rejected`.
struct Rejection: Error {
    let reason: String
    /// From the start of the item.
    var byteOffset = 0
    /// Lines after the item's first.
    var lineOffset = 0

    init(_ reason: String, byteOffset: Int = 0, lineOffset: Int = 0) {
        self.reason = reason
        self.byteOffset = byteOffset
        self.lineOffset = lineOffset
    }

    func event(at place: SourcePlace) -> SourceEvent {
        .rejected(
            SourcePlace(
                file: place.file, line: place.line + lineOffset, byteOffset: place.byteOffset + byteOffset),
            reason: reason)
    }
}
