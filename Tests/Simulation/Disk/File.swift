internal import Glibc

/// Whole files, for what happens to a disk while no program runs.
enum File {
    static func size(of path: String) -> Int {
        var facts = stat()
        return stat(path, &facts) == 0 ? Int(facts.st_size) : 0
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func read(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        let size = size(of: path)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let done = Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
                if done <= 0 { return }
                count += done
            }
        }
    }

    static func write(_ bytes: [UInt8], to path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        precondition(descriptor >= 0, "the simulation's folder cannot be written: \(path)")
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let done = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written)
            }
            precondition(done > 0, "the simulation's folder is full: \(path)")
            written += done
        }
    }

    /// Names in a folder, sorted; those beginning with a dot included.
    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { found.append(name) }
        }
        return found.sorted()
    }

    static func removeFolder(_ path: String) {
        for name in names(in: path) {
            if unlink(path + "/" + name) != 0 { removeFolder(path + "/" + name) }
        }
        rmdir(path)
    }

    /// Makes a folder hold the files of another, and nothing else. Folders inside are left alone.
    static func copyFolder(_ source: String, to target: String) {
        mkdir(target, 0o755)
        for name in names(in: target) { unlink(target + "/" + name) }
        for name in names(in: source) where !name.hasSuffix("-shm") {
            write(read(source + "/" + name), to: target + "/" + name)
        }
    }

    /// A new folder of its own, in memory where the system offers that.
    static func makeTemporaryFolder() -> String {
        let place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        var template = Array("\(place)/quipu-simulation-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil, let resolved = realpath(template, nil) else {
            preconditionFailure("no temporary folder can be made under \(place)")
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
