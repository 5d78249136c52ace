internal import CQuipuMicroHTTPD
internal import Glibc

extension HTTPRequestHead {
    /// Copies the head out of libmicrohttpd's memory, and refuses what no well-behaved client sends.
    init(of handle: OpaquePointer, method: UnsafePointer<CChar>?, target: String?) throws(HTTPRequestError) {
        guard let method = method.map({ String(cString: $0) }), (1...32).contains(method.utf8.count),
            method.utf8.allSatisfy({ 65...90 ~= $0 || $0 == UInt8(ascii: "-") })
        else { throw .malformed(reason: "it has no valid method") }
        guard let target, target == "*" || target.utf8.first == UInt8(ascii: "/"),
            target.utf8.allSatisfy({ 33...126 ~= $0 })
        else { throw .malformed(reason: "its target is not a path") }

        var headers = Headers()
        withUnsafeMutablePointer(to: &headers) { headers in
            _ = MHD_get_connection_values_n(
                handle, .HEADER_KIND,
                { headers, _, name, nameSize, value, valueSize in
                    headers?.assumingMemoryBound(to: Headers.self).pointee.append(
                        name: text(name, nameSize), value: text(value, valueSize))
                    return .YES
                }, headers)
        }

        let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        self.init(
            method: method,
            path: String(target[..<(mark ?? target.endIndex)]),
            query: mark.map { String(target[target.utf8.index(after: $0)...]) },
            headers: headers,
            remoteAddress: numericAddress(quipu_MHD_client_address(handle)))
    }
}

/// Removes white space after a value; libmicrohttpd removes only what precedes it. Bytes that are not UTF-8 become
/// U+FFFD: no field that is used has any.
private func text(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> String {
    var bytes = UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count)[...]
    while let last = bytes.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") {
        bytes.removeLast()
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// Empty for an address family other than IPv4 and IPv6.
func numericAddress(_ address: UnsafePointer<sockaddr>?) -> String {
    guard let address else { return "" }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
        guard let start = buffer.baseAddress else { return "" }
        let raw = UnsafeRawPointer(address)
        let text: UnsafePointer<CChar>?
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            var number = raw.loadUnaligned(as: sockaddr_in.self).sin_addr
            text = inet_ntop(AF_INET, &number, start, socklen_t(buffer.count))
        case AF_INET6:
            var number = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            text = inet_ntop(AF_INET6, &number, start, socklen_t(buffer.count))
        default:
            text = nil
        }
        return text.map { String(cString: $0) } ?? ""
    }
}
