import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// What is done is done, whether or not it could be said.
    struct OutputFailsTests {
        @Test(arguments: ["> /dev/full", ">&-", "| true"])
        func `a command that cannot print its report does its work once and says so`(
            redirection: String
        )
            throws
        {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            let id = try ana.add(title: "The bridge opens")
            for (words, count) in [
                ("add article title=once body=b", 2), ("tag \(id) +x", 3), ("delete \(id)", 4),
            ] {
                let line = "'\(QuipuProcess.path)' --archive '\(ana.folder)' \(words) \(redirection)"
                let shell = try ChildProgram(
                    ["bash", "-c", "set -o pipefail; \(line)"], in: place.path,
                    environment: QuipuProcess.environment())
                let ending = try shell.finish()
                #expect(ending.exitCode == 0, "\(line): \(ending.errors)")
                if redirection != "| true" { #expect(ending.errors.contains("the command itself succeeded")) }
                #expect(try ana.log.count == count)
            }
            let list = try ChildProgram(
                ["bash", "-c", "'\(QuipuProcess.path)' --archive '\(ana.folder)' list > /dev/full"],
                in: place.path,
                environment: QuipuProcess.environment())
            #expect(try list.finish().exitCode == 1)
        }
    }
}
