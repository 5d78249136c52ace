/// Writes records in one format of the outside world, one after another, and counts what the format has no place for.
public protocol RecordWriter {
    /// - Throws: `InterchangeError` for a record that cannot be written, and what the sink throws.
    mutating func write(_ record: ExportRecord) throws

    /// Writes what closes the file. Nothing is written after it.
    mutating func finish() throws

    /// The values that the format has no place for, by the field's name; records that it has no place for by their kind,
    /// in brackets: `[note]`. Empty for a lossless format.
    var lost: [String: Int] { get }
}
