internal import Glibc

/// CPU time and memory of this process.
struct ProcessStatistics {
    var residentBytes: UInt64 = 0
    var processorNanoseconds: UInt64 = 0

    /// Reads the current values.
    init() {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        processorNanoseconds = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        residentBytes = Self.residentPages() * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// The second number of `/proc/self/statm` (proc(5)); 0 if it cannot be read.
    private static func residentPages() -> UInt64 {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &buffer, buffer.count)
        let words = buffer.prefix(max(0, count)).split(separator: UInt8(ascii: " "))
        return words.count > 1 ? UInt64(String(decoding: words[1], as: UTF8.self)) ?? 0 : 0
    }
}
