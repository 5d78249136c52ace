import Foundation
import Support
import Testing

extension Processes.ResolverTests {
    /// Makes each edit fail, or lets them succeed again.
    private func sql(_ statement: String) throws {
        _ = try ChildProgram(
            ["sqlite3", ana.storePath, statement], in: place.path, environment: QuipuProcess.environment()
        )
        .finish()
    }

    @Test func `when a write fails, resolve keeps the decisions to write again or to save in a file`()
        throws
    {
        let script = try place.write(
            "#!/bin/sh\nprintf 'Put together by hand.\\n' > \"$1\"\n", to: "editor")
        for isGivenUp in [true, false] {
            let terminal = try resolve([mill], editor: "sh \(script)")
            try terminal.wait(for: "quit, ?> ")
            terminal.type("edit\r")
            try terminal.wait(for: "(yes, no, back)? ")
            terminal.type("maybe\r")
            try terminal.wait(for: "type yes, no or back")
            try terminal.wait(for: "(yes, no, back)? ")
            try sql("CREATE TRIGGER broken BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, 'no'); END")
            terminal.type("yes\r")
            try terminal.wait(for: "nothing was written; your decisions are kept")
            try terminal.wait(for: "(yes, no, back)? ")
            try sql("DROP TRIGGER broken")
            if isGivenUp {
                terminal.type("no\r")
                try terminal.wait(for: "is kept in a file:")
                #expect(try terminal.finish() != 0)
                let path = try #require(
                    terminal.output.components(separatedBy: "value @").last?.split(separator: "\r\n")
                        .first)
                #expect(
                    try String(contentsOfFile: String(path), encoding: .utf8) == "Put together by hand.\n"
                )
            } else {
                terminal.type("yes\r")
                try terminal.wait(for: "settled 1 conflict")
                #expect(try terminal.finish() == 0)
                #expect(try field("body", of: mill) == "Put together by hand.")
            }
        }
    }

    @Test
    func `resolve accepts back everywhere, asks when b is ambiguous, and an empty line leaves a value`()
        throws
    {
        let terminal = try resolve([mill])
        try terminal.wait(for: "back, quit, ?> ")
        terminal.type("b\r")
        try terminal.wait(for: "'b' may be both or back: type more of it")
        try terminal.wait(for: "?> ")
        terminal.type("back\r")
        try terminal.wait(for: "there is nothing before this conflict")
        try terminal.wait(for: "?> ")
        terminal.type("value\r")
        try terminal.wait(for: "returns to the choice)> ")
        terminal.type("\r")
        terminal.type("pieces\r")
        try terminal.wait(for: "both, edit, back> ")
        terminal.type("edit\r")
        try terminal.wait(for: "returns to the choice)> ")
        terminal.type("\r")
        try terminal.wait(for: "place 1 of 2")
        try terminal.wait(for: "both, edit, back> ")
        terminal.type("back\r")
        try terminal.wait(for: "back, quit, ?> ")
        terminal.type("quit\r")
        try terminal.wait(for: "nothing was decided, and nothing was written")
        #expect(try terminal.finish() == 0)
    }
}
