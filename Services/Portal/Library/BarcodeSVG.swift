extension Barcode {
    /// The code as a picture in millimetres, with its quiet zones, and the text to be typed by hand when no scanner reads it.
    ///
    /// No style and no script in it, so that it may stand in a page under a strict policy. On a screen the true size rests on the screen's own
    /// idea of a millimetre, so a kiosk's operator holds a ruler to it once and sets `module` accordingly.
    /// - Parameters:
    ///   - module: width of the narrowest bar in micrometres; 190 at least on paper, 250 on a screen, and there a whole number of its pixels, or bars come
    ///     out uneven and no scanner reads them: 529 are two of 1/96 inch (CSS Values 4, 6.2), 265 one.
    ///   - height: of the bars in millimetres; 15 % of the width or 5 mm, whichever is more, is asked for (ISO/IEC 16388, 4.4).
    package func svg(module: Int = 529, height: Int = 15, label: String? = nil) -> String {
        // All in micrometres: whole numbers, so that no bar is rounded. White on either side: ten modules, and 6.35 mm where a scanner is held by
        // hand (JIS X 0506).
        let quiet = max(10 * module, 6350)
        let width = widths.reduce(0, +) * module + 2 * quiet
        let letters = 4000
        let total = height * 1000 + letters
        var bars = ""
        var x = quiet
        for (index, modules) in widths.enumerated() {
            if index.isMultiple(of: 2) { bars += "M\(x) 0h\(modules * module)v\(height * 1000)h-\(modules * module)z" }
            x += modules * module
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(millimetres(width))mm" height="\(millimetres(total))mm" \
            viewBox="0 0 \(width) \(total)" role="img" aria-label="\(escaped(label ?? text))" shape-rendering="crispEdges">\
            <rect width="\(width)" height="\(total)" fill="#fff"/><path d="\(bars)" fill="#000"/>\
            <text x="\(width / 2)" y="\(height * 1000 + 3400)" font-size="3400" font-family="monospace" text-anchor="middle" \
            fill="#000">\(escaped(text))</text></svg>
            """
    }
}

/// Micrometres as millimetres with three places.
private func millimetres(_ micrometres: Int) -> String {
    let rest = String(micrometres % 1000)
    return "\(micrometres / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
}

/// Text as it may stand in XML, in an attribute as well.
private func escaped(_ text: String) -> String {
    text.reduce(into: "") { out, character in
        switch character {
        case "&": out += "&amp;"
        case "<": out += "&lt;"
        case ">": out += "&gt;"
        case "\"": out += "&quot;"
        default: out.append(character)
        }
    }
}
