internal import CQuipuLinux
internal import Glibc

/// What a reading process gives up before it sees a foreign byte.
enum Confinement {
    /// Loaded before files are out of reach; one that is missing is missed by its readers, which say so.
    private static let libraries = ["libxml2.so.2", "libz.so.1", "libarchive.so.13"]
    /// Tables of characters are read from there.
    private static let folders = [
        "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/i18n", "/usr/local/lib",
    ]
    /// What another program needs as well: itself, and fonts.
    private static let programFolders = ["/usr", "/etc", "/var/cache/fontconfig"]

    static func loadLibraries() {
        // The names in a ZIP are converted by it.
        setlocale(LC_ALL, "C.UTF-8")
        for library in libraries { _ = dlopen(library, RTLD_NOW | RTLD_LOCAL) }
        // Has the list of converters read.
        let converter = iconv_open("UTF-8", "WINDOWS-1252")
        if converter != iconv_t(bitPattern: -1) { iconv_close(converter) }
    }

    /// - Parameter execs: whether the process becomes another program.
    /// - Returns: false where the process could not be confined, and must not read.
    static func begin(execs: Bool = false) -> Bool {
        let limits = ReaderLimits()
        let memory = mappedBytes() + limits.memoryBytes
        let seconds = UInt64(limits.processorSeconds)
        let failures = [
            quipu_limit(Int32(RLIMIT_CORE.rawValue), 0, 0), quipu_limit(Int32(RLIMIT_FSIZE.rawValue), 0, 0),
            quipu_limit(
                Int32(RLIMIT_NOFILE.rawValue), ReaderLimits.maximumDescriptors,
                ReaderLimits.maximumDescriptors),
            quipu_limit(Int32(RLIMIT_AS.rawValue), memory, memory),
            // The other process raises the first of the two.
            quipu_limit(Int32(RLIMIT_CPU.rawValue), seconds, .max),
        ]
        if failures.contains(where: { $0 != 0 && $0 != EPERM }) { return false }
        var texts: [UnsafePointer<CChar>?] = (folders + (execs ? programFolders : [])).map {
            UnsafePointer(strdup($0))
        }
        // A kernel without it has the filter of calls, which keeps the process from writing files.
        _ = quipu_confine_files(&texts, Int32(texts.count))
        for text in texts { free(UnsafeMutablePointer(mutating: text)) }
        let failure = quipu_confine_system_calls(execs)
        // Some containers and processors have no such filter; the other limits hold there.
        return failure == 0 || failure == ENOSYS || failure == EINVAL
    }

    private static func mappedBytes() -> UInt64 {
        let pages = SmallProcFile.firstNumber("/proc/self/statm") ?? 0
        return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }
}

private enum SmallProcFile {
    static func firstNumber(_ path: String) -> UInt64? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return UInt64(String(decoding: bytes[..<count].prefix { $0 != 0x20 }, as: UTF8.self))
    }
}
