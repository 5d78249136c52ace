/// The files of the page, as they are embedded. A file in `Page` has a line here.
package enum PageFiles {
    package struct File: Sendable {
        /// Under `/page/`; the shell is `index.html`.
        package let name: String
        package let bytes: [UInt8]
    }

    /// What a browser gets that navigates to an archive.
    package static let shell = PackageResources.index_html

    package static func file(named name: String) -> File? {
        let bytes: [UInt8]? =
            switch name {
            case "app.js": PackageResources.app_js
            case "app.css": PackageResources.app_css
            case "icon.svg": PackageResources.icon_svg
            default: nil
            }
        return bytes.map { File(name: name, bytes: $0) }
    }
}
