public import QuipuCausality

extension RecordID {
    /// A UUIDv7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, and random ones.
    public static func timeOrdered(_ environment: Environment) -> RecordID {
        let random = environment.randomBytes(10).reduce(0 as UInt128) { $0 << 8 | UInt128($1) }
        let time = UInt128(UInt64(clamping: environment.nowMilliseconds()) & 0xffff_ffff_ffff)
        let low = random & 0x3fff_ffff_ffff_ffff
        let middle = random >> 64 & 0xfff
        return RecordID(rawValue: time << 80 | 7 << 76 | middle << 64 | 2 << 62 | low)
    }
}
