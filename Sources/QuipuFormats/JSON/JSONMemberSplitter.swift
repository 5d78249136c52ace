/// Cuts one JSON object into the members of its outermost level, and those that are the arrays named into their elements.
/// Only one value is ever held.
struct JSONMemberSplitter {
    enum Piece {
        /// A member's value.
        case member(name: String, ArraySlice<UInt8>)
        case element(name: String, ArraySlice<UInt8>, SourcePlace)
        /// One that is too long; or what stands where nothing of the kind can be, or the end where more is due: then nothing
        /// follows.
        case event(SourceEvent)
    }

    private enum State {
        case start, members
        case elements(String)
        case finished
    }

    private let arrays: Set<String>
    private let maximumBytes: Int
    private var cursor: JSONCursor
    private var state = State.start

    init(
        _ source: ByteSource, arrays: Set<String>, byteOffset: Int,
        maximumBytes: Int = SourceLimits.maximumLineBytes
    ) {
        self.arrays = arrays
        self.maximumBytes = maximumBytes
        cursor = JSONCursor(source, byteOffset: byteOffset)
    }

    mutating func next() throws(InterchangeError) -> Piece? {
        while true {
            if case .finished = state { return nil }
            try skipSpaceAndCommas()
            guard let byte = try cursor.current() else { return broken("the object is not closed") }
            let place = cursor.place
            switch state {
            case .finished: return nil
            case .start:
                guard byte == UInt8(ascii: "{") else { return broken("an object is due here") }
                cursor.advance(byte)
                state = .members
            case .members:
                if byte == UInt8(ascii: "}") {
                    state = .finished
                    return nil
                }
                guard byte == UInt8(ascii: "\"") else { return broken("a name is due here") }
                guard let bytes = try cursor.takeString() else { return broken("a name is not closed") }
                let name = String(decoding: bytes, as: UTF8.self)
                try skipSpaceAndCommas()
                guard try cursor.current() == UInt8(ascii: ":") else { return broken("a colon is missing") }
                cursor.advance(UInt8(ascii: ":"))
                try skipSpaceAndCommas()
                if arrays.contains(name), try cursor.current() == UInt8(ascii: "[") {
                    cursor.advance(UInt8(ascii: "["))
                    state = .elements(name)
                    continue
                }
                guard try takeValue() else { return .event(JSONCursor.tooLong(place, maximumBytes)) }
                return .member(name: name, cursor.value[...])
            case .elements(let name):
                if byte == UInt8(ascii: "]") {
                    cursor.advance(byte)
                    state = .members
                    continue
                }
                if byte == UInt8(ascii: "}") || byte == UInt8(ascii: ":") {
                    return broken("a value is missing")
                }
                guard try takeValue() else { return .event(JSONCursor.tooLong(place, maximumBytes)) }
                return .element(name: name, cursor.value[...], place)
            }
        }
    }

    private mutating func broken(_ reason: String) -> Piece {
        state = .finished
        return .event(cursor.broken(reason))
    }

    private mutating func takeValue() throws(InterchangeError) -> Bool {
        try cursor.takeValue(maximumBytes: maximumBytes, endsAtSpace: true)
    }

    private mutating func skipSpaceAndCommas() throws(InterchangeError) {
        while let byte = try cursor.current(), byte <= 0x20 || byte == UInt8(ascii: ",") {
            cursor.advance(byte)
        }
    }
}
