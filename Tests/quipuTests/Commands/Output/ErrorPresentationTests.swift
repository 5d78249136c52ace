import Quipu
import QuipuFormats
import QuipuStorage
import Testing

@testable import quipu

struct ErrorPresentationTests {
    @Test func `a usage error exits with 2, a failure with 1 and damage with 5`() {
        #expect(ErrorPresentation(UsageError("no")).exit == .usage)
        #expect(ErrorPresentation(StorageError(.busy, "busy")).exit == .failed)
        #expect(ErrorPresentation(StorageError(.damaged, "broken")).exit == .damageFound)
    }

    @Test func `every error has a stable code`() {
        #expect(ErrorPresentation(StorageError(.unknownRecord, "x", hint: "y")).code == "unknown-record")
        #expect(ErrorPresentation(UsageError("no")).code == "usage")
        struct Strange: Error {}
        #expect(ErrorPresentation(Strange()).code == "internal")
    }

    @Test func `a hint of several lines is indented and reaches the terminal sanitized`() {
        let error = StorageError(.busy, "a\u{1B}[2Jb", hint: "one\ntwo")
        #expect(ErrorPresentation(error).text(styling: Styling(isOn: false)) == "quipu: ab\n  one\n  two")
    }

    @Test func `the command has a hint for each remedy that a lower layer names`() {
        for kind in Remedy.Kind.allCases {
            let error = StorageError(.busy, "x", remedy: Remedy(kind, "s"))
            #expect(ErrorPresentation(error).hint != nil, "\(kind)")
        }
        for kind in InterchangeError.Remedy.Kind.allCases {
            let error = InterchangeError(
                code: .unreadable, operation: "read", path: "x", message: "no", hint: "none",
                remedy: .init(kind, "s"))
            #expect(ErrorPresentation(error).hint != "none", "\(kind)")
        }
        let error = StorageError(.deleted, "x", remedy: Remedy(.restoreFirst, "3k9x7t2m"))
        #expect(ErrorPresentation(error).hint == "bring it back first: quipu restore 3k9x7t2m")
    }

    @Test func `an error is one JSON object for programs`() {
        let text = String(decoding: ErrorPresentation(UsageError("no")).json.bytes, as: UTF8.self)
        #expect(text == #"{"error":"usage","message":"no","hint":null}"#)
    }
}
