/// The files of the page, as they are embedded. A file in `Page` has a line here and in `Package.swift`.
package enum PageFiles {
    package struct File: Sendable {
        /// Under `/page/`, without the folder that it has in the sources; the shell is `index.html`.
        package let name: String
        package let bytes: [UInt8]
    }

    /// What a browser gets that navigates to an archive.
    package static let shell = PackageResources.index_html

    package static func file(named name: String) -> File? {
        let bytes: [UInt8]? =
            switch name {
            case "api.js": PackageResources.api_js
            case "app.css": PackageResources.app_css
            case "app.js": PackageResources.app_js
            case "attachments.js": PackageResources.attachments_js
            case "cards.js": PackageResources.cards_js
            case "chosen.js": PackageResources.chosen_js
            case "difference.js": PackageResources.difference_js
            case "dom.js": PackageResources.dom_js
            case "drafts.js": PackageResources.drafts_js
            case "fields.js": PackageResources.fields_js
            case "filters.js": PackageResources.filters_js
            case "history.js": PackageResources.history_js
            case "icon.svg": PackageResources.icon_svg
            case "importing.js": PackageResources.importing_js
            case "inbox.js": PackageResources.inbox_js
            case "live.js": PackageResources.live_js
            case "marking.js": PackageResources.marking_js
            case "notices.js": PackageResources.notices_js
            case "passages.js": PackageResources.passages_js
            case "query.js": PackageResources.query_js
            case "reading.css": PackageResources.reading_css
            case "reading.js": PackageResources.reading_js
            case "session.js": PackageResources.session_js
            case "shelf.css": PackageResources.shelf_css
            case "shelf.js": PackageResources.shelf_js
            case "steps.js": PackageResources.steps_js
            case "words.js": PackageResources.words_js
            default: nil
            }
        return bytes.map { File(name: name, bytes: $0) }
    }
}
