import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Serves a folder over HTTP on the loopback, with ranges, and cuts answers off as told.
struct FlakyServer {
    let url: String
    private let log: FilePath

    /// Requests that came so far: a path and the range asked for, or `-`.
    func requests() throws -> [String] {
        String(decoding: try log.read(), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// - Parameters:
    ///   - cut: The end of the paths whose answers are cut off in the middle.
    ///   - times: How often.
    ///   - ranges: Whether it understands them.
    static func serve<T: Sendable>(
        _ folder: FilePath, log: FilePath, cut: String = ".none", times: Int = 1, ranges: Bool = true,
        _ body: (FlakyServer) async throws -> T
    ) async throws -> T {
        try log.write("")
        let result = try await Subprocess.run(
            .name("python3"), arguments: ["-u", "-c", program, folder.string, log.string, cut, String(times), ranges ? "1" : "0"],
            input: .none, output: .sequence, error: .discarded
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            let port = try #require(try await lines.next()).trimmingCharacters(in: .whitespacesAndNewlines)
            let result: Result<T, any Error>
            do {
                result = .success(try await body(FlakyServer(url: "http://127.0.0.1:\(port)", log: log)))
            } catch {
                result = .failure(error)
            }
            try execution.send(signal: .terminate)
            return result
        }
        return try result.closureResult.get()
    }

    private static let program = """
        import http.server, os, re, sys
        folder, log, cut, times, ranges = sys.argv[1:]
        left = int(times)
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *arguments): pass
            def do_GET(self):
                global left
                wanted = self.headers.get("Range")
                with open(log, "a") as file: file.write(f"{self.path} {wanted or '-'}\\n")
                path = folder + self.path
                if not os.path.isfile(path):
                    self.send_response(404)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                data = open(path, "rb").read()
                start = 0
                match = re.fullmatch(r"bytes=(\\d+)-", wanted or "")
                if match and ranges == "1":
                    start = int(match[1])
                    self.send_response(206)
                    self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
                else:
                    self.send_response(200)
                self.send_header("Content-Length", str(len(data) - start))
                self.end_headers()
                if self.path.endswith(cut) and left > 0:
                    left -= 1
                    self.wfile.write(data[start:start + (len(data) - start) // 2])
                    self.wfile.flush()
                    self.close_connection = True
                    return
                self.wfile.write(data[start:])
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        print(server.server_port)
        server.serve_forever()
        """
}
