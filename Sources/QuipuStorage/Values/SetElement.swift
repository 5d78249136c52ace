/// The elements of sets that records have (`tags/strike` → `true`), each a field: by them records are found.
enum SetElement {
    static func isElement(_ field: String) -> Bool { field.utf8.contains(UInt8(ascii: "/")) }
}
