internal import CQuipuCurl

/// Addresses in relation to others (RFC 3986, section 5).
public enum URLReference {
    /// What a reference in a page or a header at `base` leads to; nil for what is no address.
    public static func resolve(_ reference: String, against base: String) -> String? {
        guard let url = curl_url() else { return nil }
        defer { curl_url_cleanup(url) }
        guard set(url, base), set(url, reference) else { return nil }
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, CURLUPART_URL, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    private static func set(_ url: OpaquePointer, _ text: String) -> Bool {
        let flags = UInt32(CURLU_NON_SUPPORT_SCHEME) | UInt32(CURLU_URLENCODE)
        return curl_url_set(url, CURLUPART_URL, text, flags) == CURLUE_OK
    }
}
