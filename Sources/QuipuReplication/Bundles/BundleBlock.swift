internal import QuipuCausality
internal import QuipuWire

// A bundle is the exchange in files: what one replica has for another, carried on a stick or sent as a mail, without any
// connection. It is one file or several parts. A part is a line of magic and then blocks; numbers are big-endian:
//
//     part  = "quipu bundle 1\n" block*
//     block = "QPB" kind:u8 index:u32 length:u32 hash:16 signature:64 payload:length
//
// The hash is BLAKE2b-128 over kind, index and payload. The signature is Ed25519, by the key that the header names, over
// "quipu bundle block 1", the bundle's id, the part, the index, the kind and the hash. So each block is proved by itself:
// what came whole of a file that was cut short or has rotten places can be used, and nothing else can. The index counts
// through all parts. Every part begins with the header and with what the sender knows, so each can be used without the
// others; it ends with a block that says whether there is another part. The payloads:
//
//     header    who made the bundle, when, for whom (`BundleHeader`)
//     knowledge the sender's vector, branch starts and missing texts, and from where on the bundle has transactions
//               (`BundleKnowledge`); several blocks where it is long
//     message   a whole message of the exchange (`exchange.cddl`) with transactions or parts of texts; its end has the chain ends
//     end       of a part (`BundleEnd`)

/// One block of a bundle.
struct BundleBlock: Equatable {
    enum Kind: UInt8 {
        case header = 0
        case knowledge, message, end
    }

    static let magic = Array("quipu bundle 1\n".utf8)
    static let marker: [UInt8] = Array("QPB".utf8)
    /// Before the payload.
    static let headBytes = 3 + 1 + 4 + 4 + 16 + SigningKey.signatureSize
    /// Blocks are closed at this size before compression. Only a transaction that alone is larger makes a larger one.
    static let usualBytes = 1 << 20
    /// The most bytes of a payload: what does not shrink, of the largest transaction after nearly as much as usual.
    static let maximumBytes = usualBytes + MessageReader.maximumItemBytes + (64 << 10)

    var kind: Kind
    var index: UInt32
    var hash: UInt128
    var signature: [UInt8]
    var payload: [UInt8]

    /// A signed block.
    init(
        _ kind: Kind, _ index: UInt32, _ payload: [UInt8], ofPart part: UInt32, of bundle: UInt128,
        by key: SigningKey
    ) {
        self.kind = kind
        self.index = index
        self.payload = payload
        hash = Self.hash(kind, index, payload)
        signature = key.signature(of: Self.statement(bundle, part, index, kind, hash))
    }

    init(kind: Kind, index: UInt32, hash: UInt128, signature: [UInt8], payload: [UInt8]) {
        self.kind = kind
        self.index = index
        self.hash = hash
        self.signature = signature
        self.payload = payload
    }

    var bytes: [UInt8] {
        var bytes = Self.marker
        bytes.reserveCapacity(Self.headBytes + payload.count)
        bytes.append(kind.rawValue)
        bytes.append(bigEndian: index)
        bytes.append(bigEndian: UInt32(payload.count))
        bytes.append(bigEndian: hash)
        bytes += signature
        bytes += payload
        return bytes
    }

    /// The message that is the payload, complete.
    func message() throws -> IncomingMessage {
        var message = try IncomingMessage()
        try payload.withUnsafeBytes { try message.feed($0) }
        _ = try message.finish()
        return message
    }

    /// Whether the payload is what it was written as.
    var isSound: Bool { hash == Self.hash(kind, index, payload) }

    func isSigned(by key: [UInt8], ofPart part: UInt32, of bundle: UInt128) -> Bool {
        SigningKey.isSignature(
            signature, of: Self.statement(bundle, part, index, kind, hash), by: key)
    }

    private static func hash(_ kind: Kind, _ index: UInt32, _ payload: [UInt8]) -> UInt128 {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(5 + payload.count)
        bytes.append(kind.rawValue)
        bytes.append(bigEndian: index)
        bytes += payload
        return BLAKE2b.hash16(bytes)
    }

    private static func statement(
        _ bundle: UInt128, _ part: UInt32, _ index: UInt32, _ kind: Kind, _ hash: UInt128
    ) -> [UInt8] {
        var bytes = Array("quipu bundle block 1".utf8)
        bytes.append(bigEndian: bundle)
        bytes.append(bigEndian: part)
        bytes.append(bigEndian: index)
        bytes.append(kind.rawValue)
        bytes.append(bigEndian: hash)
        return bytes
    }
}

extension [UInt8] {
    mutating func append(bigEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }
}
