/// Cuts the elements out of one JSON array, of an array inside each object of a file, or the values out of a sequence of
/// them. Only one element is ever held.
struct JSONElementSplitter {
    enum Layout {
        case array
        /// Values after one another, perhaps over many lines each.
        case sequence
        /// The array at the end of this path of names, in one object or in several after one another.
        case items([String])
    }

    enum Piece {
        case element(ArraySlice<UInt8>, SourcePlace)
        /// One that is too long; or what stands where none can be, or the end where one is due: then nothing follows.
        case event(SourceEvent)
    }

    private let layout: Layout
    private let maximumBytes: Int
    private var cursor: JSONCursor
    private var hasOpened: Bool
    private var isFinished = false
    private var wantsComma = false
    /// Objects around the array that is open.
    private var depthOfArray = 0
    private var hasFoundArray = false

    init(_ source: ByteSource, layout: Layout, byteOffset: Int, maximumBytes: Int) {
        self.layout = layout
        self.maximumBytes = maximumBytes
        cursor = JSONCursor(source, byteOffset: byteOffset)
        if case .sequence = layout { hasOpened = true } else { hasOpened = false }
    }

    private var isSequence: Bool {
        if case .sequence = layout { true } else { false }
    }

    mutating func next() throws(InterchangeError) -> Piece? {
        while !isFinished {
            if case .items(let path) = layout, !hasOpened, let broken = try open(path) { return broken }
            if isFinished { return nil }
            guard let byte = try cursor.current() else {
                isFinished = true
                return isSequence ? nil : broken("the array is not closed")
            }
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: cursor.advance(byte)
            case UInt8(ascii: "[") where !hasOpened:
                hasOpened = true
                cursor.advance(byte)
            case UInt8(ascii: "]") where !isSequence:
                cursor.advance(byte)
                guard case .items = layout else { return try finish() }
                hasOpened = false
                // Goes on to behind the objects around the array.
                guard try cursor.leave(depthOfArray) else { return broken("the object is not closed") }
            case UInt8(ascii: ",") where wantsComma:
                wantsComma = false
                cursor.advance(byte)
            case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ":"):
                return broken("a value is missing")
            default:
                guard !wantsComma else { return broken("a comma is missing") }
                wantsComma = !isSequence
                let place = cursor.place
                guard try cursor.takeValue(maximumBytes: maximumBytes, endsAtSpace: false) else {
                    return .event(JSONCursor.tooLong(place, maximumBytes))
                }
                return .element(cursor.value[...], place)
            }
        }
        return nil
    }

    private mutating func broken(_ reason: String) -> Piece {
        isFinished = true
        return .event(cursor.broken(reason))
    }

    private mutating func finish() throws(InterchangeError) -> Piece? {
        isFinished = true
        try cursor.skipSpace()
        return try cursor.current() == nil ? nil : broken("something follows the array")
    }

    /// Goes on to behind the `[` of the next array at the path. Finished where the file ends between objects.
    ///
    /// - Returns: what is in the way.
    private mutating func open(_ path: [String]) throws(InterchangeError) -> Piece? {
        var found = 0
        var depth = 0
        while let byte = try cursor.current() {
            switch byte {
            case UInt8(ascii: "{"):
                cursor.advance(byte)
                depth += 1
            case UInt8(ascii: "}") where depth > 0:
                cursor.advance(byte)
                depth -= 1
                found = min(found, max(0, depth - 1))
            case UInt8(ascii: "\"") where depth > 0:
                let name = try cursor.takeString() ?? []
                try cursor.skipSpace()
                guard let colon = try cursor.current(), colon == UInt8(ascii: ":") else { continue }
                cursor.advance(colon)
                try cursor.skipSpace()
                guard let next = try cursor.current() else { continue }
                let isOnPath = depth == found + 1 && name.elementsEqual(path[found].utf8)
                if isOnPath, next == UInt8(ascii: "["), found + 1 == path.count {
                    cursor.advance(next)
                    (hasOpened, hasFoundArray, depthOfArray, wantsComma) = (true, true, depth, false)
                    return nil
                }
                if isOnPath, next == UInt8(ascii: "{"), found + 1 < path.count {
                    found += 1
                } else {
                    try cursor.skipValue()
                }
            default: cursor.advance(byte)
            }
        }
        isFinished = true
        if depth > 0 || !hasFoundArray {
            return broken("the object is not closed, or lacks `\(path.joined(separator: "."))`")
        }
        return nil
    }
}
