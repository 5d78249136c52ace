import QuipuCanonicalJSON
import QuipuDates
import QuipuStorage
import Testing

struct KindsTests {
    private func code(_ kind: String, _ field: String, _ json: String) -> StorageError.Code? {
        guard let kind = Kinds.known[kind] else { return .unknownKind }
        do {
            try kind.check(field: field, json: Array(json.utf8))
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `the kinds are those of the schema, in its order`() {
        #expect(Kinds.known.names == ["collection", "article", "annotation", "note", "attachment"])
        #expect(Kinds.known["article"]?["date"]?.type == .date)
        #expect(Kinds.known["collection"]?["name"]?.isRequired == true)
        for kind in Kinds.known.all { #expect(!kind.fields.contains { $0.type == .unknown }) }
        #expect(throws: StorageError.self) { try Kinds.known.kind(named: "Article") }
    }

    @Test(arguments: [
        ("title", #""x""#), ("title", "null"), ("author", #"["a","b"]"#), ("author", #""a""#),
        ("date", #""2024-02-29""#),
        ("tags/strike", "true"), ("tags/strike", "false"), ("collections/x", "true"),
        ("x-mine", #"{"a":[1]}"#),
        ("x-mine/sub", "5"),
    ])
    func `an article accepts values of its fields' types`(field: String, json: String) {
        #expect(code("article", field, json) == nil)
    }

    @Test(arguments: [
        ("title", "5"), ("title", #"["x"]"#), ("author", #"["a",1]"#), ("date", #""2023-02-29""#),
        ("date", #""yesterday""#),
        ("tags", #"["x"]"#), ("tags/", "true"), ("tags/x", #""true""#), ("tags/x", "null"),
        ("deleted", "true"),
    ])
    func `a value of the wrong type is refused`(field: String, json: String) {
        #expect(code("article", field, json) == .wrongType)
    }

    @Test(arguments: ["titel", "title/x", "Title", "xmine", "/", "text"])
    func `an unknown field is refused`(field: String) {
        #expect(code("article", field, #""x""#) == .unknownField)
    }

    @Test func `field names and values have size limits, and a name is not empty`() {
        #expect(code("article", "", "1") == .unknownField)
        #expect(code("article", "x-" + String(repeating: "y", count: 511), "1") == .tooLarge)
        #expect(code("article", "title", "\"" + String(repeating: "y", count: 16 << 20) + "\"") == .tooLarge)
    }

    @Test func `a required field cannot be removed or left out`() {
        #expect(code("collection", "name", "null") == .missingField)
        #expect(throws: StorageError.self) { try Kinds.known["annotation"]?.check(required: ["text"]) }
        #expect(throws: Never.self) { try Kinds.known["annotation"]?.check(required: ["target"]) }
    }

    @Test(arguments: [
        "2024", "2024-12", "2024-02-29", "2000-02-29", "2024-05-06T07:08:09Z",
        "2024-05-06t23:59:60.123+05:30", "0000-01-01",
    ])
    func `a date is a year, a month, a day or a time`(text: String) {
        #expect(CalendarDate.isDate(text))
    }

    @Test(arguments: [
        "", "24", "2024-", "2024-13", "2024-00", "2024-2-3", "2024-02-30", "1900-02-29", "2024-02-29T",
        "2024-02-29T24:00:00Z",
        "2024-02-29T10:00Z", "2024-02-29T10:00:00", "2024-02-29T10:00:00.Z", "2024-02-29T10:00:00+1:00",
        "2024-02-29 10:00:00Z",
        "２０２４",
    ])
    func `texts that are not dates are refused as dates`(text: String) {
        #expect(!CalendarDate.isDate(text))
    }

    @Test(arguments: [
        ("number", "42", "42"), ("number", "4.20", "4.2"), ("boolean", "true", "true"),
        ("object", "{\"b\": 1}", "{\"b\":1}"), ("text", "42", "\"42\""),
    ])
    func `a word is converted to the field's type`(type: String, word: String, json: String) {
        #expect(
            Kinds.FieldType(rawValue: type)?.json(ofWord: word).map { String(decoding: $0, as: UTF8.self) }
                == json)
    }

    @Test(arguments: [
        ("number", "x"), ("number", "\"4\""), ("boolean", "yes"), ("object", "5"), ("date", "soon"),
        ("reference", "x"),
    ])
    func `a word that does not fit the field's type is refused`(type: String, word: String) {
        #expect(Kinds.FieldType(rawValue: type)?.json(ofWord: word) == nil)
    }
}
