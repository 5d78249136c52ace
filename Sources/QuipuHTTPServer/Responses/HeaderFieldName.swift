extension StringProtocol {
    /// How names of header fields are compared (RFC 9110, section 5.1).
    func equalsIgnoringASCIICase(_ other: some StringProtocol) -> Bool {
        utf8.count == other.utf8.count
            && utf8.elementsEqual(other.utf8) { $0.loweredASCII == $1.loweredASCII }
    }
}

extension UInt8 {
    fileprivate var loweredASCII: UInt8 { self &- 65 < 26 ? self | 0x20 : self }
}
