internal import Glibc

/// The environment of this process, for the programs that it starts.
enum ProcessVariables {
    /// Each as `NAME=VALUE`.
    static var all: [String] {
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
