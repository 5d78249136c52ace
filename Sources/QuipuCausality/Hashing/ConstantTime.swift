internal import CQuipuSodium

/// Comparing secrets: in a time that does not tell how much of them is equal.
public enum ConstantTime {
    public static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && sodium_memcmp(left, right, left.count) == 0
    }
}
