internal import QuipuNaturalKeys

/// Labels of encodings as the Encoding Standard reads them.
enum EncodingLabel {
    /// In how many bytes of a document its declaration is looked for. Browsers stop at 1,024; pages have it later too.
    static let lookBytes = 16 << 10
    private static let maximumLabelBytes = 64

    /// The encoding that a label means; nil for one that nobody knows.
    static func name(of label: String) -> String? {
        guard label.utf8.count <= maximumLabelBytes else { return nil }
        let lowered = WhiteSpace.trimmed(label).utf8.map(ASCII.lowercased)
        return table[String(decoding: lowered, as: UTF8.self)]
    }

    static var names: [String] { rows.map(\.name) }

    /// As glibc calls it, with the extensions that pages use.
    static func iconvName(of name: String) -> String {
        switch name {
        case "Shift_JIS": "CP932"
        case "EUC-KR": "CP949"
        case "EUC-JP": "EUC-JP-MS"
        case "Big5": "BIG5-HKSCS"
        case "windows-874": "CP874"
        case "macintosh": "MACINTOSH"
        case "ISO-8859-8-I": "ISO-8859-8"
        default: name.hasPrefix("windows-") ? "CP" + name.dropFirst(8) : name
        }
    }

    /// What a document says of itself: the XML declaration, `<meta charset>`, or `<meta … content="…; charset=…">`.
    static func declared(_ start: ArraySlice<UInt8>, _ declaration: TextEncoding.Declaration) -> String? {
        switch declaration {
        case .none: return nil
        case .xml: return ofXML(start)
        case .html: return ofMeta(start) ?? ofXML(start)
        }
    }

    private static func ofXML(_ start: ArraySlice<UInt8>) -> String? {
        let content = start.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        guard content.starts(with: "<?xml".utf8), let end = content.firstIndex(of: UInt8(ascii: ">")) else {
            return nil
        }
        return value(of: "encoding", content[..<end])
    }

    private static func ofMeta(_ start: ArraySlice<UInt8>) -> String? {
        var rest = start
        while let open = rest.firstIndex(of: UInt8(ascii: "<")) {
            rest = rest[open...].dropFirst()
            if rest.starts(with: "!--".utf8) {
                while !rest.isEmpty, !rest.starts(with: "-->".utf8) { rest = rest.dropFirst() }
            }
            guard rest.prefix(4).map(ASCII.lowercased).elementsEqual("meta".utf8) else { continue }
            let tag = rest.prefix { $0 != UInt8(ascii: ">") }
            if let label = value(of: "charset", tag) { return label }
        }
        return nil
    }

    /// What stands behind `name=`, in quotation marks or not.
    private static func value(of name: String, _ tag: ArraySlice<UInt8>) -> String? {
        let name = Array(name.utf8)
        var rest = tag
        while rest.count > name.count {
            if rest.prefix(name.count).map(ASCII.lowercased).elementsEqual(name) {
                let behind = rest.dropFirst(name.count).drop { $0 <= 0x20 }
                if behind.first == UInt8(ascii: "=") {
                    let value = behind.dropFirst().drop { $0 <= 0x20 || "\"'".utf8.contains($0) }
                    let label = value.prefix { $0 > 0x20 && !"\"';,>?/".utf8.contains($0) }
                    if !label.isEmpty { return String(decoding: label.prefix(65), as: UTF8.self) }
                }
            }
            rest = rest.dropFirst()
        }
        return nil
    }

    private static let table: [String: String] = {
        var table: [String: String] = [:]
        for row in rows {
            table[String(decoding: row.name.utf8.map(ASCII.lowercased), as: UTF8.self)] = row.name
            for label in row.labels.split(separator: " ") { table[String(label)] = row.name }
        }
        return table
    }()

    private static let rows: [(name: String, labels: String)] =
        [
            ("UTF-8", "utf8 unicode-1-1-utf-8 x-unicode20utf8"),
            ("UTF-16LE", "utf-16 ucs-2 unicode csunicode iso-10646-ucs-2"), ("UTF-16BE", "unicodefffe"),
            (
                "windows-1252",
                "ascii us-ascii iso-8859-1 iso8859-1 iso_8859-1 iso88591 latin1 latin-1 l1 cp1252 x-cp1252 ansi_x3.4-1968 "
                    + "cp819 ibm819 iso-ir-100 iso_8859-1:1987"
            ),
            ("windows-1250", "cp1250 x-cp1250"), ("windows-1251", "cp1251 x-cp1251"),
            ("windows-1253", "cp1253 x-cp1253"),
            ("windows-1254", "cp1254 x-cp1254 iso-8859-9 iso8859-9 iso_8859-9 latin5 l5"),
            ("windows-1255", "cp1255 x-cp1255"), ("windows-1256", "cp1256 x-cp1256"),
            ("windows-1257", "cp1257 x-cp1257"), ("windows-1258", "cp1258 x-cp1258"),
            ("windows-874", "dos-874 iso-8859-11 iso8859-11 tis-620"),
            ("ISO-8859-2", "iso8859-2 iso_8859-2 latin2 l2"), ("ISO-8859-3", "iso8859-3 iso_8859-3 latin3"),
            ("ISO-8859-4", "iso8859-4 iso_8859-4 latin4"), ("ISO-8859-5", "iso8859-5 iso_8859-5 cyrillic"),
            ("ISO-8859-6", "iso8859-6 iso_8859-6 arabic"), ("ISO-8859-7", "iso8859-7 iso_8859-7 greek"),
            ("ISO-8859-8", "iso8859-8 iso_8859-8 hebrew visual"), ("ISO-8859-8-I", "logical"),
            ("ISO-8859-10", "iso8859-10 latin6"), ("ISO-8859-13", "iso8859-13"),
            ("ISO-8859-14", "iso8859-14"),
            ("ISO-8859-15", "iso8859-15 iso_8859-15 latin9 l9"), ("ISO-8859-16", "iso8859-16"),
            ("KOI8-R", "koi8 koi koi8_r cskoi8r"), ("KOI8-U", "koi8-ru"), ("IBM866", "866 cp866"),
            ("macintosh", "mac x-mac-roman"),
            ("Shift_JIS", "shift-jis sjis x-sjis ms_kanji ms932 windows-31j csshiftjis"),
            ("EUC-JP", "x-euc-jp"), ("ISO-2022-JP", "csiso2022jp"),
            (
                "EUC-KR", "ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 korean windows-949 cp949 iso-ir-149"
            ),
            ("GB18030", "gb2312 gbk x-gbk gb_2312 gb_2312-80 chinese csgb2312 cp936"),
            ("Big5", "big5-hkscs cn-big5 x-x-big5 csbig5"),
        ]
}
