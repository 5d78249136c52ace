/// The beginning of a source, by which its format is recognised.
public struct SourceStart: Sendable {
    /// Up to `SourceLimits.recognitionBytes`, as they stand in the file.
    public let raw: ArraySlice<UInt8>
    /// The same as UTF-8 where it is text: without a byte order mark, converted from UTF-16.
    public let bytes: ArraySlice<UInt8>
    /// Whether that is all there is.
    public let isWhole: Bool
    /// The file's name, which decides only where the content leaves open what it is.
    public let name: String

    public init(raw: ArraySlice<UInt8>, bytes: ArraySlice<UInt8>, isWhole: Bool, name: String) {
        self.raw = raw
        self.bytes = bytes
        self.isWhole = isWhole
        self.name = name
    }

    /// Without the white space that it begins with.
    public var content: ArraySlice<UInt8> { bytes.drop { $0 == 0x20 || (0x09...0x0D).contains($0) } }
}
