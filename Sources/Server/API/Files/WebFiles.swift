import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// Serves the web build.
///
/// `/ui/…` is the page itself for every path that is no file, since the pages' paths live in the browser. Files under
/// `assets/` carry a hash in their names and never change. Links are relative to the page's `<base>`; a proxy that
/// serves the program under a prefix says so in `x-forwarded-prefix`.
struct WebFiles: Sendable {
  let directory: String?

  /// Nothing but our own files runs or is loaded; live tail is a WebSocket of our own origin.
  static let contentSecurityPolicy =
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
    + "frame-ancestors 'none'; form-action 'self'"

  func add(to router: Router<APIContext>) {
    router.get("/") { _, _ in Response(status: .found, headers: [.location: "ui/"]) }
    router.get("/ui") { request, _ in
      if !request.uri.path.hasSuffix("/") { return Response(status: .found, headers: [.location: "ui/"]) }
      return try page(request, path: "")
    }
    router.get("/ui/**") { request, _ in try page(request, path: String(request.uri.path.dropFirst("/ui/".count))) }
    router.get("/assets/**") { request, _ in
      guard let response = file(request, path: String(request.uri.path.dropFirst())) else {
        throw APIError.notFound("no such file")
      }
      return response
    }
  }

  private func page(_ request: Request, path: String) throws -> Response {
    if let response = file(request, path: path) { return response }
    if path.hasPrefix("assets/") { throw APIError.notFound("no such file") }
    guard let directory, let content = FileManager.default.contents(atPath: directory + "/index.html") else {
      return WebFiles.missing
    }
    var text = String(decoding: content, as: UTF8.self)
    if let prefix = WebFiles.prefix(request.headers), let base = text.firstRange(of: #"<base href="/ui/">"#) {
      text.replaceSubrange(base, with: "<base href=\"\(prefix)/ui/\">")
    }
    return Response(
      status: .ok, headers: WebFiles.headers("text/html; charset=utf-8", isImmutable: false),
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  /// The path that a proxy strips, if it is made of plain characters.
  private static func prefix(_ headers: HTTPFields) -> String? {
    guard let name = HTTPField.Name("x-forwarded-prefix"), var prefix = headers[name], prefix.hasPrefix("/") else {
      return nil
    }
    while prefix.hasSuffix("/") { prefix.removeLast() }
    let isPlain = prefix.utf8.allSatisfy { byte in
      (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || "/-_.~".utf8.contains(byte)
    }
    return isPlain && !prefix.hasPrefix("//") && !prefix.isEmpty ? prefix : nil
  }

  /// The file at `path` of the build, compressed when the client takes it; nil when there is none.
  private func file(_ request: Request, path: String) -> Response? {
    guard let directory, let path = WebFiles.safe(path) else { return nil }
    let isImmutable = path.hasPrefix("assets/") && WebFiles.hasHash(path)
    var headers = WebFiles.headers(WebFiles.type(path), isImmutable: isImmutable)
    headers[.vary] = "accept-encoding"
    if WebFiles.acceptsGzip(request.headers),
      let content = FileManager.default.contents(atPath: directory + "/" + path + ".gz")
    {
      headers[.contentEncoding] = "gzip"
      return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: content)))
    }
    guard let content = FileManager.default.contents(atPath: directory + "/" + path) else { return nil }
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: content)))
  }

  /// A path below the directory, decoded; nil when a part is empty or hidden, or leads elsewhere. `.gz` is no file of its own.
  static func safe(_ path: String) -> String? {
    let decoded = QueryParameters.decode(path.utf8, plusIsSpace: false)
    let parts = decoded.split(separator: "/", omittingEmptySubsequences: false)
    guard !decoded.utf8.contains(0), !decoded.utf8.contains(UInt8(ascii: "\\")), decoded != "index.html" else {
      return nil
    }
    return parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") } ? decoded : nil
  }

  /// `name-1A2B3C4D.js`: at least eight letters or digits between a dash or dot and the suffix.
  static func hasHash(_ path: String) -> Bool {
    let name = path.split(separator: "/").last ?? ""
    let stem = name.split(separator: ".").dropLast().joined(separator: ".")
    guard let mark = stem.lastIndex(where: { $0 == "-" || $0 == "." }) else { return false }
    let hash = stem[stem.index(after: mark)...]
    return hash.utf8.count >= 8 && hash.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
  }

  private static func acceptsGzip(_ headers: HTTPFields) -> Bool {
    (headers[.acceptEncoding] ?? "").split(separator: ",").contains { entry in
      let parts = entry.split(separator: ";").map { $0.filter { $0 != " " } }
      return parts.first?.lowercased() == "gzip" && !parts.contains("q=0")
    }
  }

  private static func headers(_ type: String, isImmutable: Bool) -> HTTPFields {
    var headers: HTTPFields = [
      .contentType: type, .contentSecurityPolicy: contentSecurityPolicy, .xContentTypeOptions: "nosniff",
      .cacheControl: isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
    ]
    if let referrer = HTTPField.Name("referrer-policy") { headers[referrer] = "no-referrer" }
    return headers
  }

  private static func type(_ path: String) -> String {
    switch path.split(separator: ".").last.map(String.init) {
    case "js", "mjs": "text/javascript; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "html": "text/html; charset=utf-8"
    case "svg": "image/svg+xml"
    case "png": "image/png"
    case "ico": "image/x-icon"
    case "json", "map", "webmanifest": "application/json; charset=utf-8"
    case "woff2": "font/woff2"
    case "txt": "text/plain; charset=utf-8"
    default: "application/octet-stream"
    }
  }

  /// The page for a program without a web build.
  private static var missing: Response {
    let text = """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>Sightline</title></head>
      <body><h1>Sightline is running</h1>
      <p>The web interface is not built. Run <code>script/bootstrap</code> in the checkout, or start the server with
      <code>--web DIR</code>. The API works: <a href="../api/v1/status">status</a>.</p></body></html>

      """
    return Response(
      status: .ok, headers: headers("text/html; charset=utf-8", isImmutable: false),
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
