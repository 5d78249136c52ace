internal import QuipuCBOR

/// A page of a library that is asked over a connection: a reading process asks for it, and the other fetches it.
package struct LibraryPage: Sendable {
    package var bytes: [UInt8]
    package var lastModifiedVersion: Int?
    package var total: Int?

    package init(bytes: [UInt8], lastModifiedVersion: Int?, total: Int?) {
        self.bytes = bytes
        self.lastModifiedVersion = lastModifiedVersion
        self.total = total
    }

    func encoded() -> [UInt8] {
        var writer = CBORWriter(capacityBytes: bytes.count + 32)
        writer.array(count: 3)
        writer.byteString(bytes)
        writer.optionalNumber(lastModifiedVersion)
        writer.optionalNumber(total)
        return writer.bytes
    }

    init(decoding frame: ArraySlice<UInt8>) throws(CBORError) {
        var reader = CBORReader(frame)
        _ = try reader.arrayCount(maximum: 3)
        bytes = Array(try reader.byteString(maximumBytes: ReaderLimits.maximumFrameBytes))
        lastModifiedVersion = try reader.optionalNumber()
        total = try reader.optionalNumber()
    }
}

/// Fetches a page by its path, in the process that may.
package typealias PageSupplier = (_ path: String) throws(InterchangeError) -> LibraryPage

/// The pages as the reading process gets them.
struct RemotePages {
    let channel: FrameChannel
    let name: String

    func page(_ path: String) throws(InterchangeError) -> LibraryPage {
        do {
            try channel.send(ReaderReply.wants(path).encoded(consumedBytes: 0))
            return try LibraryPage(decoding: try channel.receive(silenceMilliseconds: nil))
        } catch {
            // The other process has given up, and says why itself.
            throw InterchangeError(
                code: .unreadable, operation: "read", path: name, message: "the page \(path) did not come",
                hint: "Try again.")
        }
    }
}
