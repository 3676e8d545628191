extension Files {
    /// Style and scripts of the pages, which lie in the program itself.
    package static var own: Files {
        let files = Files()
        return files
    }
}
