import Contracts
import HTTP
import ServiceKit

extension Portal {
    var fileRoutes: [Route] {
        [
            .data("files/:/:") { call, _ in try .page(file(call.parts[1])) },
            .data("map/outline.geojson") { _, _ in
                guard let outline = files.outline else { throw Page.notFound }
                return .page(Response(type: outline.type, headers: ["Cache-Control": "public, max-age=3600"], body: outline.bytes))
            },
            // A worker looks after the folder it lies in, and what lies below (Service Workers, 4.2.2).
            .data("worker.js") { _, _ in
                guard let worker = files.own["worker.js"] else { throw Page.notFound }
                return .page(Response(type: worker.type, headers: ["Cache-Control": "no-cache"], body: worker.bytes))
            },
        ]
    }

    private func file(_ name: String) throws -> Response {
        guard let file = files.own[name] else { throw Page.notFound }
        return Response(type: file.type, headers: ["Cache-Control": "public, max-age=31536000, immutable"], body: file.bytes)
    }
}

extension Files {
    /// Where a file is fetched from: another address whenever it is another file.
    func path(_ name: String) -> String { "/files/\(own[name]?.mark ?? "0")/\(name)" }
}
