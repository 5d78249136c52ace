/// Which release of the program this is.
enum Release {
    static let version = "0.1.0"
    /// When the pages of the manual last changed, as mdoc writes it.
    static let manualDate = "November 30, 2026"
}
