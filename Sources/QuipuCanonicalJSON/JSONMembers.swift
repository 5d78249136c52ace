/// Walks the members of a canonical object without parsing their values: names and byte ranges only, nothing
/// allocated until a name is asked for.
///
/// The bytes must outlive the walk and be canonical (``isCanonicalJSON(_:)-(UnsafeRawBufferPointer)``);
/// others are never read beyond their end, but the walk may stop early, with `isDamaged` set.
public struct JSONMembers {
    /// Ranges are offsets in the object's bytes, the name's and a string value's quotation marks included.
    public struct Member: Sendable, Equatable {
        public let nameRange: Range<Int>
        public let valueRange: Range<Int>
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 1
    private var isFinished = false
    public private(set) var isDamaged = false

    public init(_ canonicalObject: UnsafeRawBufferPointer) {
        bytes = canonicalObject.assumingMemoryBound(to: UInt8.self)
        if bytes.first != UInt8(ascii: "{") || bytes.last != UInt8(ascii: "}") || bytes.count < 2 {
            finish(damaged: true)
        } else if bytes.count == 2 {
            isFinished = true
        }
    }

    public init(_ canonicalObject: UnsafeBufferPointer<UInt8>) {
        self.init(UnsafeRawBufferPointer(canonicalObject))
    }

    public mutating func next() -> Member? {
        guard !isFinished else { return nil }
        let nameStart = index
        guard skipString(), index < bytes.count, bytes[index] == UInt8(ascii: ":") else {
            return finish(damaged: true)
        }
        let name = nameStart..<index
        index &+= 1
        let valueStart = index
        guard skipValue(), index < bytes.count, index > valueStart else { return finish(damaged: true) }
        let value = valueStart..<index
        switch bytes[index] {
        case UInt8(ascii: ","): index &+= 1
        case UInt8(ascii: "}") where index == bytes.count - 1: isFinished = true
        default: return finish(damaged: true)
        }
        return Member(nameRange: name, valueRange: value)
    }

    /// The member's name, decoded; empty when the bytes are no canonical string.
    public func name(of member: Member) -> String {
        decodeString(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[member.nameRange])) ?? ""
    }

    /// Likewise; where the member has the likely name, that string is used again.
    public func name(of member: Member, likely: String?) -> String {
        guard let likely else { return name(of: member) }
        let written = UnsafeBufferPointer(rebasing: bytes[member.nameRange.dropFirst().dropLast()])
        let isThat = likely.utf8.withContiguousStorageIfAvailable { likely in
            guard likely.count == written.count else { return false }
            for index in 0..<likely.count
            where likely[index] != written[index] || likely[index] == UInt8(ascii: "\\") {
                return false
            }
            return true
        }
        return isThat == true ? likely : name(of: member)
    }

    /// The member's value as it stands.
    public func value(of member: Member) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[member.valueRange])
    }

    /// Calls `body` with each name and the range of its raw value; false when the object is damaged.
    public static func forEach<E: Error>(
        in canonicalObject: [UInt8], _ body: (_ name: String, _ valueRange: Range<Int>) throws(E) -> Void
    ) throws(E) -> Bool {
        try canonicalObject.withUnsafeBufferPointer { (buffer) throws(E) in
            var members = JSONMembers(buffer)
            while let member = members.next() { try body(members.name(of: member), member.valueRange) }
            return !members.isDamaged
        }
    }

    @discardableResult
    private mutating func finish(damaged: Bool) -> Member? {
        isFinished = true
        isDamaged = damaged
        return nil
    }

    @inline(__always)
    private mutating func skipString() -> Bool {
        guard let base = bytes.baseAddress, index < bytes.count, base[index] == UInt8(ascii: "\"") else {
            return false
        }
        index &+= 1
        while true {
            index = StringContent.endOfUnescaped(base, from: index, to: bytes.count)
            guard index < bytes.count else { return false }
            switch base[index] {
            case UInt8(ascii: "\""):
                index &+= 1
                return true
            case UInt8(ascii: "\\"):
                index &+= 2
                guard index <= bytes.count else { return false }
            default: return false
            }
        }
    }

    private mutating func skipValue() -> Bool {
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                guard skipString() else { return false }
                if depth == 0 { return true }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth &+= 1
                index &+= 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return true }
                depth &-= 1
                index &+= 1
                if depth == 0 { return true }
            case UInt8(ascii: ",") where depth == 0: return true
            default: index &+= 1
            }
        }
        return false
    }
}
