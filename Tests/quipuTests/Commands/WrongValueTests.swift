import QuipuCanonicalJSON
import Support
import Testing

@testable import quipu

/// Values that no field should have, however they are given.
struct WrongValueTests {
    let bench: CommandBench

    init() throws {
        bench = try CommandBench()
        try bench.run("init", "--name", "test")
    }

    @Test(arguments: [
        ["article", "title="], ["article", "body:=null"], ["article", "title= ", "author:=[]"],
        ["collection", "name="], ["collection", "name= "], ["note", "text="],
    ])
    func `a record that would say nothing, or have an empty name, is not added`(words: [String]) throws {
        let refused = try bench.run(["add"] + words)
        #expect(refused.code == .failed && refused.output.isEmpty, "\(refused)")
        #expect(try bench.run("list", "--count").output == "0\n")
    }

    @Test(arguments: [
        ("x-=1", "a field of your own needs a name"), ("url=javascript:alert(1)", "takes a complete URL"),
        ("url=JavaScript:alert(1.0)", "takes a complete URL"),
        ("url=data:text/html,x", "takes a complete URL"),
        (#"title:="a\u0000b""#, "has a NUL character"), (#"x-a:="a\u0000b""#, ""),
    ])
    func `a field without a name, an address that is a program and a text with NUL are refused`(
        assignment: String, reason: String
    ) throws {
        let id = try bench.id("add", "article", "title=One")
        let set = try bench.run("set", id, assignment)
        #expect(reason.isEmpty ? set.code == .done : set.code == .failed, "\(set)")
        #expect(set.errors.contains(reason) || reason.isEmpty, "\(set)")
        #expect(!set.errors.contains("did you mean"), "\(set)")
    }

    @Test(arguments: [
        "https://example.org/a", "mailto:a@example.org", "ftp://example.org/a", "doi:10.1000/182",
    ])
    func `web addresses of the usual schemes are accepted`(url: String) throws {
        #expect(try bench.run("add", "article", "url=\(url)").code == .done)
    }

    @Test func `a file with NUL is refused with that reason`() throws {
        let id = try bench.id("add", "article", "title=One")
        let path = try bench.folder.write("a\0b", to: "nul")
        #expect(try bench.run("set", id, "body=@\(path)").errors.contains("has a NUL character"))
    }

    @Test func `an option and its other name exclude each other`() throws {
        let refused = try bench.run("log", "--by", "ana", "--author", "ben")
        #expect(refused.code == .usage && refused.errors.contains("--by and --author exclude each other"))
    }

    @Test func `why names the fields that there are as they are typed`() throws {
        try bench.run("add", "collection", "name=Press")
        let id = try bench.id("add", "article", "title=One", "collections/Press=true")
        #expect(try bench.run("why", id, "nosuch").errors.contains("collections/Press"))
    }
}
