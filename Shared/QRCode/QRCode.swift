import CQRencode

/// A QR code (ISO/IEC 18004) of a short text, by libqrencode: rows of modules, dark ones true.
package struct QRCode: Equatable, Sendable {
    package let rows: [[Bool]]

    /// - Returns: `nil` for a text that does not fit into a code, or holds NUL.
    package init?(_ text: String) {
        guard !text.utf8.contains(0), let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else { return nil }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        let modules = UnsafeBufferPointer(start: code.pointee.data, count: width * width)
        // The lowest bit of each says whether it is dark (qrencode.h, QRcode).
        rows = (0..<width).map { y in (0..<width).map { x in modules[y * width + x] & 1 == 1 } }
    }

    /// As the path of an SVG whose unit is a module, with the quiet zone of four modules that the standard asks for (ISO/IEC 18004, 6.3.8).
    package var path: (data: String, side: Int) {
        var data = ""
        for (y, row) in rows.enumerated() {
            for (x, isDark) in row.enumerated() where isDark { data += "M\(x + 4) \(y + 4)h1v1h-1z" }
        }
        return (data, rows.count + 8)
    }
}
