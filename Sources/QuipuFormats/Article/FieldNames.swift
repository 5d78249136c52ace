internal import QuipuNaturalKeys

/// The names under which other programs and data sets write what an article's fields hold: one table for JSON
/// objects, front matter and `quipu help formats`.
///
/// Names match whatever their case and whether their words are joined by `_`, `-`, `.`, a space or nothing; a
/// prefix of a common vocabulary (`dc:`, `og:`, …) does not count. Where an item has several of a row, the first in the
/// row that holds a usable value is taken and the others are kept under their own names.
public enum FieldNames {
    public struct Row: Sendable {
        public let field: String
        /// In their short form: small letters and digits.
        public let names: [String]
    }

    /// What a source's own id of an item is called; it is no field.
    static let identifier = "id"

    public static let table = [
        row(
            "title", "title headline articletitle headlinetext newstitle newsheadline posttitle heading name"),
        row(
            "body",
            "body text content contenttext articlebody fulltext bodytext maintext articletext articlecontent newstext "
                + "newscontent textcontent fullcontent plaintext rawtext selftext markdown story article"),
        row("author", "author authors byline creator creators writer writers authorname writtenby by"),
        row(
            "date",
            "date datepublished publishedat published publisheddate publishdate pubdate publicationdate publishedtime "
                + "publishedon issued webpublicationdate postdate postedat articledate newsdate firstpublished isodate "
                + "datetime timestamp created createdat datecreated createddate creationdate createdutc year"),
        row(
            "url",
            "url link canonicalurl canonical permalink weburl articleurl articlelink newslink newsurl sourceurl "
                + "originalurl pageurl href uri source"),
        row("doi", "doi articledoi"),
        row("tags", "tags tag taglist keywords keyword"),
        row("language", "language lang inlanguage langid languagecode langcode locale"),
        row(
            "publisher",
            "publisher publication sitename sourcename newssource outlet newspaper journal journaltitle containertitle "
                + "publicationtitle publicationname source"),
        row(
            "abstract",
            "abstract description summary shortdescription excerpt abstractnote snippet standfirst dek deck lead lede "
                + "leadparagraph teaser trailtext synopsis metadescription"),
        row(identifier, "id guid uuid itemid articleid newsid"),
    ]

    /// Names that say an address or something else: taken as one only where an address stands there.
    static let namesOfAddressesPerhaps: Set<String> = ["source", "uri"]

    /// When a source last changed an item, which is kept and tells one state of the item from another.
    static let namesOfChange: Set<String> = [
        "modified", "datemodified", "modifiedat", "updated", "updatedat", "dateupdated", "lastmodified",
        "lastupdated",
    ]

    /// The places of a name in the table, in its order: mostly none or one.
    static func places(of name: String) -> [(row: Int, rank: Int)] { places(ofShort: short(name)) }

    static func places(ofShort name: String) -> [(row: Int, rank: Int)] { index[name] ?? [] }

    /// Whether what stands under a name is an address (`url`) or a DOI (`doi`) in each format that has the name.
    package static func promises(_ field: String, _ name: String) -> Bool {
        switch name {
        case "UR", "%U": field == "url"
        case "DO": field == "doi"
        case _
        where name.utf8.count > SourceLimits.maximumFieldNameBytes
            || namesOfAddressesPerhaps.contains(short(name)):
            false
        default: places(of: name).contains { table[$0.row].field == field }
        }
    }

    /// Whether the name is in the table.
    static func isKnown(_ name: String) -> Bool {
        name.utf8.count <= SourceLimits.maximumFieldNameBytes && index[short(name)] != nil
    }

    static func areTags(_ name: String) -> Bool {
        places(of: name).contains { table[$0.row].field == "tags" }
    }

    /// Small letters, without what joins words and without a vocabulary's prefix.
    static func short(_ name: String) -> String {
        if name.utf8.allSatisfy(isShort) || name.hasPrefix("x-") { return name }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(name.utf8.count)
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), 0x20: continue
            case UInt8(ascii: ":") where prefixes.contains { $0.utf8.elementsEqual(bytes) }: bytes.removeAll()
            default: bytes.append(ASCII.lowercased(byte))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isShort(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) && byte == ASCII.lowercased(byte)
    }

    private static let prefixes = ["dc", "dcterms", "schema", "og", "article"]

    private static let index: [String: [(row: Int, rank: Int)]] = {
        var index: [String: [(row: Int, rank: Int)]] = [:]
        for (number, row) in table.enumerated() {
            for (rank, name) in row.names.enumerated() { index[name, default: []].append((number, rank)) }
        }
        return index
    }()

    private static func row(_ field: String, _ names: String) -> Row {
        Row(field: field, names: names.split(separator: " ").map(String.init))
    }
}
