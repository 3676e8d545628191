import CYAML

/// One step of libyaml's parser, without its memory.
struct YAMLEvent {
    enum Kind: Equatable {
        case documentStart, documentEnd, streamEnd
        case scalar(String, quoted: Bool)
        case sequenceStart, mappingStart
        /// Of a sequence or a mapping.
        case end
        case alias
    }

    let kind: Kind
    let mark: Mark
    var hasAnchor = false
    var hasTag = false
}

/// Owns libyaml's parser and the text it reads from.
struct YAMLEvents: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: [UInt8]) {
        // A byte order mark (Windows' Notepad writes one) would move the first line's columns.
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        text = .allocate(capacity: max(body.count, 1))
        _ = text.update(fromContentsOf: body)
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else { preconditionFailure("libyaml found no memory for a parser") }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress, body.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        text.deallocate()
    }

    /// The next event, or what keeps libyaml from reading on. Not to be called again after a fault or the stream's end.
    mutating func next() throws(Fault) -> YAMLEvent {
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { throw YAMLProblem(parser.pointee, in: UnsafeBufferPointer(text)).fault }
            defer { yaml_event_delete(&event) }
            if let step = YAMLEvent(event) { return step }
        }
    }
}

extension YAMLEvent {
    /// Nil for what carries nothing: the stream's start.
    fileprivate init?(_ event: yaml_event_t) {
        mark = Mark(event.start_mark)
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: kind = .documentStart
        case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
        case YAML_STREAM_END_EVENT: kind = .streamEnd
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            kind = .scalar(text, quoted: scalar.style != YAML_PLAIN_SCALAR_STYLE)
            hasAnchor = scalar.anchor != nil
            hasTag = scalar.tag != nil
        case YAML_SEQUENCE_START_EVENT:
            kind = .sequenceStart
            hasAnchor = event.data.sequence_start.anchor != nil
            hasTag = event.data.sequence_start.tag != nil
        case YAML_MAPPING_START_EVENT:
            kind = .mappingStart
            hasAnchor = event.data.mapping_start.anchor != nil
            hasTag = event.data.mapping_start.tag != nil
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: kind = .end
        case YAML_ALIAS_EVENT: kind = .alias
        default: return nil
        }
    }
}

extension Mark {
    /// libyaml counts from 0.
    init(_ mark: yaml_mark_t) { self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1) }
}
