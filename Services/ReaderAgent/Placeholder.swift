// ReaderAgent
