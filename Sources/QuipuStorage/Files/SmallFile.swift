internal import Glibc

/// A file small enough to be read whole.
public enum SmallFile {
    /// - Returns: nil, with `errno` set, where it cannot be read. What is not UTF-8 becomes U+FFFD.
    public static func text(_ path: String, maximumBytes: Int) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: maximumBytes)
        var count = 0
        while count < bytes.count {
            let done = bytes.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress! + count, $0.count - count)
            }
            if done < 0 { return nil }
            if done == 0 { break }
            count += done
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
