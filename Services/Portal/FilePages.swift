import Contracts
import HTTP
import ServiceKit

extension Portal {
    var fileRoutes: [Route] {
        [":", ":/:", ":/:/:"].map { pattern in
            .data(pattern) { call, _ in
                guard let file = files.all[call.parts.joined(separator: "/")] else { throw Page.notFound }
                var headers = ["Cache-Control": "public, no-cache", "ETag": file.tag]
                if file.brotli != nil { headers["Vary"] = "Accept-Encoding" }
                if call.request.headers["if-none-match"] == file.tag {
                    return .page(Response(status: 304, type: file.type, headers: headers, body: []))
                }
                let coding = call.request.headers["accept-encoding"] ?? ""
                guard let packed = file.brotli, coding.split(separator: ",").contains(where: { $0.drop { $0 == " " } == "br" }) else {
                    return .page(Response(type: file.type, headers: headers, body: file.bytes))
                }
                headers["Content-Encoding"] = "br"
                return .page(Response(type: file.type, headers: headers, body: packed))
            }
        }
    }
}
