internal import Glibc

/// What the programs get that this one starts.
enum ChildProcess {
    /// With all signals acting as usual, whatever this program does about them; destroyed by the caller.
    static func attributes() -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        return attributes
    }

    /// The environment of this process, each as `NAME=VALUE`.
    static var variables: [String] {
        var all: [String] = []
        guard let place = dlsym(nil, "environ") else { return all }
        var next = place.load(as: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self)
        while let variable = next?.pointee {
            all.append(String(cString: variable))
            next = next?.advanced(by: 1)
        }
        return all
    }
}
