internal import CQuipuCurl

/// A request's header fields in the library's form, freed with it. Fields that the library would add of its
/// own accord are taken out unless the caller gave them.
final class HeaderList {
    private(set) var first: UnsafeMutablePointer<curl_slist>?

    /// nil if memory ran out.
    init?(of request: HTTPClientRequest) {
        for (name, value) in request.headers {
            // A colon without a value would mean to leave the field out.
            guard append(value.isEmpty ? "\(name);" : "\(name): \(value)") else { return nil }
        }
        for name in ["Accept", "Content-Type", "Expect"] where !request.hasHeader(name) {
            guard append("\(name):") else { return nil }
        }
        if case .stream(nil, _) = request.body, !request.hasHeader("Transfer-Encoding") {
            guard append("Transfer-Encoding: chunked") else { return nil }
        }
    }

    deinit { curl_slist_free_all(first) }

    private func append(_ line: String) -> Bool {
        guard let longer = curl_slist_append(first, line) else { return false }
        first = longer
        return true
    }
}

extension HTTPClientRequest {
    func hasHeader(_ name: String) -> Bool {
        headers.contains { header in
            header.0.utf8.elementsEqual(name.utf8) { $0.loweredASCII == $1.loweredASCII }
        }
    }

    /// What HTTP cannot carry of it, if anything (RFC 9110, sections 5.1, 5.5 and 9.1).
    var flaw: String? {
        let isToken = { (text: String) in
            !text.isEmpty
                && text.utf8.allSatisfy { 33...126 ~= $0 && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
        }
        guard isToken(method) else { return "the method is no word" }
        for (name, value) in headers {
            guard isToken(name) else { return "a header field's name is not a token" }
            guard value.utf8.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 }) else {
                return "the header field \(name) has a control character in it"
            }
        }
        return nil
    }
}
