public import QuipuCausality
internal import QuipuSQLite

extension RecordID {
    /// The text form of RFC 9562: 8-4-4-4-12 lower-case hexadecimal digits.
    public var text: String {
        let digits = Array(hexadecimal.utf8)
        var out: [UInt8] = []
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { out.append(UInt8(ascii: "-")) }
            out.append(digit)
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Accepts the text form, with or without hyphens, in either case.
    public init?(text: String) { self.init(digits: text.utf8) }

    /// A reference to a record as a field holds it: a JSON string.
    init?(canonicalText json: [UInt8]) {
        // Nothing that an id is made of is ever escaped.
        let quote = UInt8(ascii: "\"")
        guard json.count <= 64, json.count >= 2, json.first == quote, json.last == quote else { return nil }
        self.init(digits: json[1..<json.count - 1])
    }

    private init?(digits: some Sequence<UInt8>) {
        var value: UInt128 = 0
        var count = 0
        for unit in digits where unit != UInt8(ascii: "-") {
            guard let digit = Hexadecimal.value(of: unit) else { return nil }
            value = value << 4 | UInt128(digit)
            count += 1
        }
        guard count == 2 * Self.size else { return nil }
        self.init(rawValue: value)
    }

    /// The short form that listings print: the last 40 bits in Crockford's base 32.
    public var shortHandle: String { ShortHandle.text(handle) }
}

/// Forty bits as eight letters and digits (Crockford's base 32: no I, L, O, U).
public enum ShortHandle {
    static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    static let bits: Int64 = 40
    /// Shorter ones are more often mistaken for one another than useful.
    static let minimumLength = 4

    static func text(_ handle: Int64) -> String {
        String(
            decoding: stride(from: bits - 5, through: 0, by: -5).map { digits[Int(handle >> $0 & 31)] },
            as: UTF8.self)
    }

    /// The handles that begin with some digits; nil when it is no such text.
    static func range(ofPrefix text: String) -> ClosedRange<Int64>? {
        text.utf8.count < minimumLength ? nil : range(ofBeginning: text)
    }

    /// The same of any length.
    static func range(ofBeginning text: String) -> ClosedRange<Int64>? {
        let units = Array(text.lowercased().utf8)
        guard units.count <= 8 else { return nil }
        var value: Int64 = 0
        for unit in units {
            let read: UInt8 =
                switch unit {
                case UInt8(ascii: "o"): UInt8(ascii: "0")
                case UInt8(ascii: "i"), UInt8(ascii: "l"): UInt8(ascii: "1")
                default: unit
                }
            guard let digit = digits.firstIndex(of: read) else { return nil }
            value = value << 5 | Int64(digit)
        }
        let rest = bits - Int64(units.count) * 5
        return value << rest...(value << rest | (1 << rest - 1))
    }
}

extension RecordID {
    /// The last 40 bits, under which records are found.
    var handle: Int64 { Int64(truncatingIfNeeded: rawValue & 0xff_ffff_ffff) }

    /// A UUIDv7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, and random ones.
    public static func timeOrdered(_ environment: Environment) -> RecordID {
        let random = environment.randomBytes(10).reduce(0 as UInt128) { $0 << 8 | UInt128($1) }
        let time = UInt128(UInt64(clamping: environment.nowMilliseconds()) & 0xffff_ffff_ffff)
        let low = random & 0x3fff_ffff_ffff_ffff
        let middle = random >> 64 & 0xfff
        return RecordID(rawValue: time << 80 | 7 << 76 | middle << 64 | 2 << 62 | low)
    }
}
