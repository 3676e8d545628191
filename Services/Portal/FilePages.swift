import Contracts
import HTTP
import ServiceKit

extension Portal {
    var fileRoutes: [Route] {
        [":", ":/:", ":/:/:"].map { pattern in
            .data(pattern) { call, _ in
                guard let file = files.all[call.parts.joined(separator: "/")] else { throw Page.notFound }
                let headers = ["Cache-Control": "public, no-cache", "ETag": file.tag]
                if call.request.headers["if-none-match"] == file.tag {
                    return .page(Response(status: 304, type: file.type, headers: headers, body: []))
                }
                return .page(Response(type: file.type, headers: headers, body: file.bytes))
            }
        }
    }
}
