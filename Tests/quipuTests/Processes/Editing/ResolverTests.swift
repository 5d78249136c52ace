import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// `quipu resolve` at a terminal.
    struct ResolverTests {
        let place: TemporaryFolder
        let ana: Machine
        private let ben: Machine
        private let caro: Machine
        let mill: String
        private let rain: String

        init() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            let ben = try Machine("ben", in: place)
            try ana.quipu("init", "--name", "press")
            let mill =
                try ana.json(
                    "add", "article", "title=Mill",
                    "body=The old mill by the river was sold on Monday.\n\nThe council was surprised.")["id"]?
                .string ?? ""
            let rain = try ana.json("add", "article", "title=Rain", "date=2026-03-01")["id"]?.string ?? ""
            let caro = try Machine("caro", in: place)
            for machine in [ben, caro] { try machine.quipu("clone", ana.folder, ".") }
            try ana.quipu(
                "set", mill,
                "body=The new mill by the brook was sold on Monday.\n\nThe parish council was surprised.")
            try ben.quipu(
                "set", mill,
                "body=The old mill by the stream was sold on Friday.\n\nThe town council was surprised.")
            try ana.quipu("set", rain, "date=2026-03-02")
            try ben.quipu("set", rain, "date=2026-03-03")
            try ana.quipu("sync", ben.folder, exit: 3)
            (self.place, self.ana, self.ben, self.caro, self.mill, self.rain) = (
                place, ana, ben, caro, mill, rain
            )
        }

        func resolve(_ words: [String] = [], columns: UInt16 = 80, editor: String = "false") throws
            -> TerminalProgram
        {
            try TerminalProgram(
                [QuipuProcess.path, "resolve"] + words, in: ana.folder,
                environment: QuipuProcess.environment(
                    adding: ["QUIPU_AUTHOR": "ana", "NO_COLOR": "1", "EDITOR": editor, "TMPDIR": place.path]),
                columns: columns)
        }

        func field(_ name: String, of id: String) throws -> String? {
            try ana.json("show", id)["fields"]?[name]?.string
        }

        func open() throws -> Int { try ana.run(["conflicts", "--json"]).lines.count }
        private func entries() throws -> Int { try ana.quipu("log", "--json", "-n", "0").lines.count }

        /// The order in which mirrors list conflicts follows the records' ids.
        private func answer(
            _ terminal: TerminalProgram, mill answer: (TerminalProgram) throws -> Void, rain word: String
        ) throws {
            for _ in 0..<2 {
                try terminal.wait(for: "conflict ")
                try terminal.wait(for: "quit, ?> ")
                if terminal.output.hasMillLast { try answer(terminal) } else { terminal.type(word + "\r") }
            }
        }

        @Test(arguments: [80, 120] as [UInt16])
        func `resolve takes pieces of both sides place by place and writes all of them as one entry`(
            columns: UInt16
        ) throws {
            let before = try entries()
            let terminal = try resolve(columns: columns)
            try answer(
                terminal,
                mill: { terminal in
                    terminal.type("pieces\r")
                    try terminal.wait(for: "place 1 of 2")
                    try terminal.wait(for: "back> ")
                    terminal.type("right\r")
                    try terminal.wait(for: "place 2 of 2")
                    try terminal.wait(for: "back> ")
                    terminal.type("back\r")
                    try terminal.wait(for: "place 1 of 2")
                    try terminal.wait(for: "back> ")
                    terminal.type("left\r")
                    try terminal.wait(for: "place 2 of 2")
                    try terminal.wait(for: "back> ")
                    terminal.type("edit\r")
                    try terminal.wait(for: "returns to the choice)> ")
                    terminal.type("village\r")
                }, rain: "1")
            try terminal.wait(for: "To be written, as one entry:")
            #expect(try entries() == before && open() == 2)
            try terminal.wait(for: "write this (yes, no, back)? ")
            terminal.type("yes\r")
            try terminal.wait(for: "settled 2 conflicts")
            #expect(try terminal.finish() == 0)
            let isBensCurrent = terminal.output.contains("current, ben")
            let body = try field("body", of: mill)
            #expect(
                body
                    == "The new mill by the \(isBensCurrent ? "stream" : "brook") was sold on Friday.\n\nThe village council was surprised."
            )
            #expect(try entries() == before + 1 && open() == 0)
            for line in terminal.output.split(separator: "\r\n") where !line.contains("?> ") {
                #expect(line.count <= Int(columns), "\(line)")
            }
        }

        @Test func `resolve writes nothing when Ctrl-C ends it in the middle or at the end`() throws {
            let before = try entries()
            for isAtEnd in [false, true] {
                let terminal = try resolve()
                try terminal.wait(for: "quit, ?> ")
                terminal.type("current\r")
                try terminal.wait(for: "quit, ?> ")
                if isAtEnd {
                    terminal.type("current\r")
                    try terminal.wait(for: "(yes, no, back)? ")
                }
                terminal.type("\u{3}")
                try terminal.wait(for: "nothing was written; run quipu resolve again")
                #expect(try terminal.finish() == 130)
                #expect(try entries() == before && open() == 2)
            }
        }

        @Test
        func `when input ends early, resolve writes nothing and prints the command for what was decided`()
            throws
        {
            let terminal = try resolve()
            try terminal.wait(for: "quit, ?> ")
            terminal.type("1\r")
            try terminal.wait(for: "conflict 2 of 2")
            try terminal.wait(for: "quit, ?> ")
            terminal.type("\u{4}")
            try terminal.wait(for: "nothing was written")
            try terminal.wait(for: "--take 1")
            _ = try terminal.finish()
        }

        @Test func `back returns to the previous conflict, from the summary too`() throws {
            let terminal = try resolve()
            try terminal.wait(for: "conflict 1 of 2")
            try terminal.wait(for: "quit, ?> ")
            terminal.type("current\r")
            try terminal.wait(for: "conflict 2 of 2")
            try terminal.wait(for: "back, quit, ?> ")
            terminal.type("back\r")
            try terminal.wait(for: "conflict 1 of 2")
            try terminal.wait(for: "decided  current")
            terminal.type("1\r")
            try terminal.wait(for: "conflict 2 of 2")
            terminal.type("skip\r")
            try terminal.wait(for: "1 conflict is left open")
            try terminal.wait(for: "(yes, no, back)? ")
            terminal.type("back\r")
            try terminal.wait(for: "conflict 2 of 2")
            terminal.type("current\r")
            try terminal.wait(for: "(yes, no, back)? ")
            terminal.type("yes\r")
            try terminal.wait(for: "settled 2 conflicts")
            #expect(try terminal.finish() == 0)
        }

        @Test func `resolve asks again about a record that changed meanwhile and keeps the other decision`()
            throws
        {
            let terminal = try resolve()
            try answer(terminal, mill: { $0.type("1\r") }, rain: "1")
            try terminal.wait(for: "(yes, no, back)? ")
            // Caro has seen neither of the two.
            try caro.quipu("set", rain, "date=2026-03-09")
            try ana.quipu("sync", caro.folder, exit: 3)
            let before = try entries()
            terminal.type("yes\r")
            try terminal.wait(for: "date was changed meanwhile; look at it again.")
            #expect(try entries() == before)
            try terminal.wait(for: "2026-03-09")
            try terminal.wait(for: "quit, ?> ")
            terminal.type("value\r")
            try terminal.wait(for: "new value (an empty line returns to the choice)> ")
            terminal.type("soon\r")
            try terminal.wait(for: "'date' takes a date")
            try terminal.wait(for: "quit, ?> ")
            terminal.type("value\r")
            try terminal.wait(for: "new value (an empty line returns to the choice)> ")
            terminal.type("2026-04\r")
            try terminal.wait(for: "(yes, no, back)? ")
            terminal.type("yes\r")
            try terminal.wait(for: "settled 2 conflicts")
            #expect(try terminal.finish() == 0)
            #expect(try field("date", of: rain) == "2026-04" && entries() == before + 1 && open() == 0)
        }

        @Test func `resolve leaves out a conflict that was settled meanwhile and writes the other`() throws {
            let terminal = try resolve()
            try answer(terminal, mill: { $0.type("1\r") }, rain: "1")
            try terminal.wait(for: "(yes, no, back)? ")
            try ben.quipu("set", rain, "date=2026-03-09")
            try ana.quipu("sync", ben.folder, exit: 3)
            terminal.type("yes\r")
            try terminal.wait(for: "date was settled meanwhile.")
            try terminal.wait(for: "(yes, no, back)? ")
            terminal.type("yes\r")
            try terminal.wait(for: "settled 1 conflict")
            #expect(try terminal.finish() == 0)
            #expect(!terminal.output.contains("left open"))
            #expect(try field("date", of: rain) == "2026-03-09" && open() == 0)
        }

        @Test func `an edited merge that still has markers is refused, and the same text is offered again`()
            throws
        {
            let script = try place.write(
                "#!/bin/sh\nif grep -q TRIED \"$1\"; then sed -i -e '/^<<<<<<< /d' -e '/^=======/,/^>>>>>>>/d' \"$1\"; "
                    + "else sed -i 's/surprised/surprised TRIED/' \"$1\"; fi\n", to: "editor")
            let terminal = try resolve([mill], editor: "sh \(script)")
            try terminal.wait(for: "quit, ?> ")
            terminal.type("edit\r")
            try terminal.wait(for: "is still a marker: <<<<<<< current")
            terminal.type("edit\r")
            try terminal.wait(for: "(yes, no, back)? ")
            terminal.type("yes\r")
            try terminal.wait(for: "settled 1 conflict")
            #expect(try terminal.finish() == 0)
            let body = try field("body", of: mill) ?? ""
            #expect(
                body.contains("TRIED") && body.contains("The new mill") && body.contains("on Friday"),
                "\(body)")
            #expect(!body.contains("<<<<") && !body.contains("===="))
        }

        @Test func `without a terminal, resolve says what to type`() throws {
            #expect(try ana.refusal("resolve", exit: 2).hint.contains("quipu conflicts"))
            #expect(try ana.refusal("resolve", mill, exit: 2).hint.contains("--take"))
            try ana.refusal("resolve", "--take", "1", exit: 2)
        }
    }
}

extension String {
    /// Whether the last conflict that was shown is over a text.
    fileprivate var hasMillLast: Bool {
        components(separatedBy: "conflict ").last?.contains(": body") == true
    }
}
