import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// PDFs, where the programs that read them are installed.
    struct PDFImportTests {
        private static let isInstalled = ["pdftotext", "pdfinfo"].allSatisfy {
            FileManager.default.isExecutableFile(atPath: "/usr/bin/" + $0)
        }

        /// Pages of one line each.
        private static func pdf(_ lines: [String], title: String) -> [UInt8] {
            var objects = [
                "<< /Type /Catalog /Pages 2 0 R >>",
                "<< /Type /Pages /Count \(lines.count) /Kids [\(lines.indices.map { "\(5 + $0 * 2) 0 R" }.joined(separator: " "))] >>",
                "<< /Title (\(title)) /Author (Ana Quispe) /CreationDate (D:20240506070809Z) >>",
                "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            ]
            for (index, line) in lines.enumerated() {
                objects.append(
                    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> "
                        + "/Contents \(6 + index * 2) 0 R >>")
                let content = "BT /F1 12 Tf 72 720 Td (\(line)) Tj ET"
                objects.append("<< /Length \(content.utf8.count) >>\nstream\n\(content)\nendstream")
            }
            var text = "%PDF-1.4\n"
            var offsets: [Int] = []
            for (index, object) in objects.enumerated() {
                offsets.append(text.utf8.count)
                text += "\(index + 1) 0 obj\n\(object)\nendobj\n"
            }
            let start = text.utf8.count
            text += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
            for offset in offsets {
                text += String(repeating: "0", count: 10 - String(offset).count) + "\(offset) 00000 n \n"
            }
            text +=
                "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R /Info 3 0 R >>\nstartxref\n\(start)\n%%EOF\n"
            return Array(text.utf8)
        }

        @Test(.enabled(if: isInstalled))
        func `a PDF becomes an article with its text, title, author and day, and one that is cut is named`()
            throws
        {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            let bytes = Self.pdf(
                ["The river rose by two metres.", "The mill stood in the water."], title: "High water")
            let folder = place.path(of: "files")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(fileURLWithPath: folder + "/a.pdf"))
            try Data(bytes.prefix(60)).write(to: URL(fileURLWithPath: folder + "/b.pdf"))
            let report = try ana.json("import", folder, exit: 1)
            #expect(report["created"]?.integer == 1 && report["rejected"]?.integer == 1, "\(report)")
            #expect(report["rejections"]?.array?.first?["file"]?.string?.hasSuffix("b.pdf") == true)
            let id = try #require(try ana.articles.first?["id"]?.string)
            let fields = try ana.json("show", id)["fields"]
            #expect(
                fields?["title"]?.string == "High water"
                    && fields?["date"]?.string?.hasPrefix("2024-05-06") == true)
            let body = fields?["body"]?.string ?? ""
            #expect(
                body.contains("The river rose by two metres.")
                    && body.contains("The mill stood in the water."))
            #expect(try ana.json("import", folder + "/a.pdf")["unchanged"]?.integer == 1)
            // What pdftotext says of it on the way is nothing that the archive holds.
            try ana.expectUndamaged()
        }
    }
}
