import Foundation
import Fuzzing
import Support
import Testing

/// The inputs that `Tools/fuzz` starts from and those that once broke something, without a fuzzer.
@Suite struct CorpusTests {
    private static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fuzzing/Corpus")

    private static let isThorough = ProcessInfo.processInfo.environment["QUIPU_THOROUGH"] == "1"

    private static func inputs(of target: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: corpus.appendingPathComponent(target), includingPropertiesForKeys: nil
        ).sorted { $0.lastPathComponent < $1.lastPathComponent }
    }

    @Test(arguments: FuzzTarget.all.map(\.name))
    func `every input of the corpus runs without a failure`(target name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let inputs = try Self.inputs(of: name)
        #expect(!inputs.isEmpty)
        for input in inputs {
            let bytes = try Data(contentsOf: input)
            #expect(throws: Never.self, "\(name)/\(input.lastPathComponent)") {
                try bytes.withUnsafeBytes { try target.run($0) }
            }
        }
    }

    /// Without the coverage by which `Tools/fuzz` chooses, so that each run of the tests has some of it. An input that traps ends the
    /// run; the argument of the test tells the target, and the same seed makes the same inputs again.
    @Test(arguments: FuzzTarget.all.map(\.name))
    func `damaged inputs of the corpus run without a failure`(target name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let inputs = try Self.inputs(of: name).map { Array(try Data(contentsOf: $0)) }
        var mutation = Mutation(seed: 23)
        for number in 0..<(Self.isThorough ? 2_000 : 150) {
            let input = mutation.mutated(
                inputs[number % inputs.count], with: inputs[number &* 7 % inputs.count],
                atMost: target.maximumInputBytes)
            #expect(throws: Never.self, "\(name), damaged input \(number)") {
                try input.withUnsafeBytes { try target.run($0) }
            }
        }
    }

    @Test func `every corpus has a fuzz target, and the corpora are small`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path)
        #expect(Set(names) == Set(FuzzTarget.all.map(\.name)))
        var bytes = 0
        for name in names {
            for input in try Self.inputs(of: name) {
                bytes += try input.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
            }
        }
        #expect(bytes < 1 << 20)
    }

    @Test func `every fuzz target accepts an empty input`() throws {
        for target in FuzzTarget.all { try target.run(UnsafeRawBufferPointer(start: nil, count: 0)) }
    }
}
