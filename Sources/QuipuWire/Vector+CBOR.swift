public import QuipuCBOR
public import QuipuCausality

extension CBORWriter {
    package mutating func entries(_ entries: [Vector.Entry]) {
        array(count: entries.count)
        for entry in entries {
            array(count: 3)
            identifier(entry.origin)
            unsigned(entry.sequence)
            hash(entry.chain)
        }
    }
}

extension CBORReader {
    public mutating func identifier<Identifier: Identifier16>() throws(WireError) -> Identifier {
        guard let value = Identifier(bytes: try byteString(maximumBytes: 16)) else {
            throw WireError(.unexpected, "an identifier of 16 bytes was expected")
        }
        return value
    }

    public mutating func hash<Hash: Hash32>() throws(WireError) -> Hash {
        guard let value = Hash(bytes: try byteString(maximumBytes: 32)) else {
            throw WireError(.unexpected, "a hash of 32 bytes was expected")
        }
        return value
    }

    /// The head of an array of two.
    package mutating func pair(_ rule: String) throws(WireError) {
        guard try arrayCount(maximum: 2) == 2 else { throw WireError(.unexpected, rule) }
    }

    package mutating func bytes16() throws(WireError) -> UInt128 {
        let bytes = try byteString(maximumBytes: 16)
        guard let value = Digest(bytes: bytes) else { throw WireError(.unexpected, "16 bytes were expected") }
        return value.rawValue
    }

    package mutating func entries(maximum: Int = MessageHeader.maximumEntries) throws(WireError) -> [Vector
        .Entry]
    {
        var entries: [Vector.Entry] = []
        for _ in 0..<(try arrayCount(maximum: maximum)) {
            guard try arrayCount(maximum: 3) == 3 else {
                throw WireError(.unexpected, "a vector's entry has three parts")
            }
            let entry = Vector.Entry(origin: try identifier(), sequence: try unsigned(), chain: try hash())
            guard entry.sequence > 0, entry.sequence <= UInt64(Int64.max) else {
                throw WireError(.unexpected, "a vector's entry is out of range")
            }
            entries.append(entry)
        }
        return entries
    }
}
