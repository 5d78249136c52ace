public import QuipuCBOR
public import QuipuCausality
public import QuipuStorage
public import QuipuWire

/// Who made a bundle, when and for whom: the first block of each part.
public struct BundleHeader: Sendable, Equatable {
    static let maximumBytes = 4 << 10
    /// Parts of a bundle. More are refused.
    static let maximumParts: UInt32 = 9_999
    public static let maximumNameBytes = Limits.authorBytes

    /// Random.
    public var bundle: UInt128
    /// From 1 on.
    public var part: UInt32
    public var archive: ArchiveID
    /// The sender's Ed25519 public key.
    public var key: [UInt8]
    public var senderName: String
    public var number: BundleNumber
    /// Unix milliseconds, by the sender's clock. It is shown, and never compared with another clock.
    public var madeAtMilliseconds: Int64
    /// The hash of the receiver's public key; nil in a bundle for anybody.
    public var receiver: Origin?
    /// The sender's name for the receiver.
    public var receiverName: String?
    /// The hash of the sender's vector and branch starts, which knowledge blocks tell.
    public var knowledgeHash: UInt128

    /// A key's digits in groups of four, which people compare.
    public static func grouped(_ digits: String) -> String {
        var groups: [Substring] = []
        var rest = digits[...]
        while !rest.isEmpty {
            groups.append(rest.prefix(4))
            rest = rest.dropFirst(4)
        }
        return groups.joined(separator: " ")
    }

    /// The hash of the sender's public key.
    public var sender: Origin { SigningKey.origin(ofPublicKey: key) }

    init(
        bundle: UInt128, part: UInt32, archive: ArchiveID, key: [UInt8], senderName: String,
        number: BundleNumber, madeAtMilliseconds: Int64, receiver: Origin?, receiverName: String?,
        knowledgeHash: UInt128
    ) {
        self.bundle = bundle
        self.part = part
        self.archive = archive
        self.key = key
        self.senderName = senderName
        self.number = number
        self.madeAtMilliseconds = madeAtMilliseconds
        self.receiver = receiver
        self.receiverName = receiverName
        self.knowledgeHash = knowledgeHash
    }

    /// Whether all is the same, the part's number apart.
    func isOfSameBundle(as other: BundleHeader) -> Bool {
        var header = self
        header.part = other.part
        return header == other
    }

    var encoded: [UInt8] {
        var writer = CBORWriter(capacityBytes: 256)
        writer.map(count: 9 + (receiver == nil ? 0 : 1) + (receiverName == nil ? 0 : 1))
        writer.unsigned(0)
        writer.bytes16(bundle)
        writer.unsigned(1)
        writer.unsigned(UInt64(part))
        writer.unsigned(2)
        writer.identifier(archive)
        writer.unsigned(3)
        writer.byteString(key)
        writer.unsigned(4)
        writer.text(senderName)
        writer.unsigned(5)
        writer.bytes16(number.incarnation)
        writer.unsigned(6)
        writer.unsigned(number.counter)
        writer.unsigned(7)
        writer.integer(madeAtMilliseconds)
        if let receiver {
            writer.unsigned(8)
            writer.identifier(receiver)
        }
        if let receiverName {
            writer.unsigned(9)
            writer.text(receiverName)
        }
        writer.unsigned(10)
        writer.bytes16(knowledgeHash)
        return writer.bytes
    }

    /// Members that this version does not know are skipped.
    public init(decoding bytes: [UInt8]) throws(WireError) {
        guard bytes.count <= Self.maximumBytes else {
            throw WireError(.tooLarge, "the bundle's header is too large")
        }
        var reader = CBORReader(bytes[...])
        var (bundle, knowledgeHash): (UInt128?, UInt128?) = (nil, nil)
        var (incarnation, counter): (UInt128?, UInt64?) = (nil, nil)
        var (part, madeAt): (UInt32?, Int64?) = (nil, nil)
        var (archive, key, name): (ArchiveID?, [UInt8]?, String?) = (nil, nil, nil)
        var (receiver, receiverName): (Origin?, String?) = (nil, nil)
        var last: UInt64?
        for _ in 0..<(try reader.mapCount(maximum: 64)) {
            let member = try reader.unsigned()
            if let last, member <= last { throw CBORReader.disorder }
            last = member
            switch member {
            case 0: bundle = try reader.bytes16()
            case 1: part = UInt32(exactly: try reader.unsigned())
            case 2: archive = try reader.identifier()
            case 3: key = Array(try reader.byteString(maximumBytes: SigningKey.publicKeySize))
            case 4: name = try reader.text(maximumBytes: Self.maximumNameBytes)
            case 5: incarnation = try reader.bytes16()
            case 6: counter = try reader.unsigned()
            case 7: madeAt = try reader.integer()
            case 8: receiver = try reader.identifier()
            case 9: receiverName = try reader.text(maximumBytes: Self.maximumNameBytes)
            case 10: knowledgeHash = try reader.bytes16()
            default: try reader.skip()
            }
        }
        guard reader.isAtEnd, let bundle, let part, part > 0, let archive, let key,
            key.count == SigningKey.publicKeySize, let name, let incarnation, let counter, let madeAt,
            let knowledgeHash
        else { throw WireError(.unexpected, "the bundle's header is not complete") }
        guard part <= Self.maximumParts else {
            throw WireError(.tooLarge, "a bundle has at most \(Self.maximumParts) parts")
        }
        self.init(
            bundle: bundle, part: part, archive: archive, key: key, senderName: name,
            number: BundleNumber(incarnation: incarnation, counter: counter), madeAtMilliseconds: madeAt,
            receiver: receiver, receiverName: receiverName, knowledgeHash: knowledgeHash)
    }
}

/// The last block of a part.
struct BundleEnd: Equatable {
    static let maximumBytes = 256

    /// No other part follows.
    var isLast: Bool
    /// Blocks in this part and in all parts before it, this one not counted.
    var blockCount: UInt32
    /// Over the hashes of all those blocks: BLAKE2b-128 of the hash so far and that of the next, from zeros on.
    var hash: UInt128

    init(isLast: Bool, blockCount: UInt32, hash: UInt128) {
        self.isLast = isLast
        self.blockCount = blockCount
        self.hash = hash
    }

    var encoded: [UInt8] {
        var writer = CBORWriter(capacityBytes: 32)
        writer.array(count: 3)
        writer.boolean(isLast)
        writer.unsigned(UInt64(blockCount))
        writer.bytes16(hash)
        return writer.bytes
    }

    init(decoding bytes: [UInt8]) throws(WireError) {
        guard bytes.count <= Self.maximumBytes else {
            throw WireError(.tooLarge, "the bundle's last block is too large")
        }
        var reader = CBORReader(bytes[...])
        guard try reader.arrayCount(maximum: 3) == 3 else {
            throw WireError(.unexpected, "the bundle's last block is not complete")
        }
        isLast = try reader.boolean()
        guard let count = UInt32(exactly: try reader.unsigned()) else {
            throw WireError(.tooLarge, "the bundle has too many blocks")
        }
        blockCount = count
        hash = try reader.bytes16()
        guard reader.isAtEnd else {
            throw WireError(.unexpected, "the bundle's last block has too many parts")
        }
    }

    static func hash(_ before: UInt128, _ block: UInt128) -> UInt128 {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: before)
        bytes.append(bigEndian: block)
        return BLAKE2b.hash16(bytes)
    }
}
