/// Sizes for people: `999 bytes`, `3.4 MB`.
enum SizeText {
    private static let units = ["kB", "MB", "GB", "TB", "PB", "EB"]

    static func of(bytes: Int) -> String {
        if bytes < 1_000 { return counted(bytes, "byte") }
        var (tenths, unit) = (bytes / 100, 0)
        while tenths >= 10_000, unit + 1 < units.count {
            tenths /= 1_000
            unit += 1
        }
        let whole = tenths / 10
        return whole < 100 ? "\(whole).\(tenths % 10) \(units[unit])" : "\(whole) \(units[unit])"
    }
}
