// Drives one target of Tests/Fuzzing with libFuzzer; built and run by Tools/fuzz, which names the target in
// QUIPU_FUZZ. The arguments are libFuzzer's.
import Fuzzing
import Glibc

private typealias OneInput = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

// libFuzzer's own entry, for a program that has a `main` (llvm.org/docs/LibFuzzer.html, "Using libFuzzer as a
// library"). It has no header.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>, _ run: OneInput
) -> CInt

private let target: FuzzTarget = {
    let name = getenv("QUIPU_FUZZ").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget.named(name) else {
        for target in FuzzTarget.all { print("\(target.name) \(target.maximumInputBytes) \(target.subject)") }
        exit(2)
    }
    return target
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        try target.run(UnsafeRawBufferPointer(start: start, count: count))
    } catch {
        fatalError("\(target.name): \(error)")
    }
    return 0
}

private var count = CommandLine.argc
private var arguments = CommandLine.unsafeArgv
exit(runDriver(&count, &arguments, testOneInput))
