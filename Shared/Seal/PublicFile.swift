/// Files for everybody, such as what a web server hands out: mode 0644, and whoever reads one sees the old or the new, never half of either.
package enum PublicFile {
    package static func replace(_ path: String, _ bytes: [UInt8]) throws(SealError) { try replaceFile(path, bytes, mode: 0o644) }
}
