/// The target of a redirection. It is reported and never followed: a token and edits are sent only where the user
/// said.
enum Redirection {
    private static let maximumBytes = 512

    /// The archive's address at the target, as a user would type it; nil if it is not one.
    ///
    /// - Parameters:
    ///   - target: `Location` as sent, absolute or relative.
    ///   - location: the archive's address so far.
    static func archive(at target: String, from location: String) -> String? {
        guard target.utf8.count <= maximumBytes, target.utf8.allSatisfy({ 33...126 ~= $0 }), !target.isEmpty
        else { return nil }
        var whole: Substring
        if target.hasPrefix("//"), let mark = location.firstRange(of: "//") {
            whole = location[..<mark.lowerBound] + target
        } else if target.hasPrefix("/"), let mark = location.firstRange(of: "//") {
            let authority = location[mark.upperBound...].prefix { $0 != "/" }
            whole = location[..<mark.upperBound] + authority + target
        } else {
            whole = target[...]
        }
        let lowered = whole.lowercased()
        guard lowered.hasPrefix("http://") || lowered.hasPrefix("https://") else { return nil }
        whole = whole.prefix { $0 != "?" && $0 != "#" }
        // For an endpoint inside the archive's address, the archive's address.
        let words = whole.split(separator: "/", omittingEmptySubsequences: false)
        if let version = words.firstIndex(of: "v1"), words.count > version + 2,
            words[version + 1] == "archives"
        {
            whole = (words[..<version] + [words[version + 2]]).joined(separator: "/")[...]
        }
        return whole.contains("@") ? nil : String(whole)
    }
}
