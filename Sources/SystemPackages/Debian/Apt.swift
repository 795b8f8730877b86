import Checksum
import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// apt's lists and archives, which any user may read. apt verifies the lists' signatures when it fetches them.
struct Apt: Sendable {
    private let cacheTool: ExternalTool
    private let getTool: ExternalTool
    private let dpkg: ExternalTool
    private let cache: PackageCache
    /// Debian's name of the architecture.
    let architecture: String

    /// - Throws: ``LaminaError`` `unsupported` for an architecture that this machine's apt has no lists of, `unavailable` where it has
    ///   none at all, `toolMissing` on another distribution.
    init(_ architecture: Architecture, cache: PackageCache) async throws {
        self.cache = cache
        try cache.makeRoot()
        cacheTool = try ExternalTool("apt-cache", package: "apt")
        getTool = try ExternalTool("apt-get", package: "apt")
        dpkg = try ExternalTool("dpkg", package: "dpkg")
        let name =
            switch architecture {
            case .x86_64: "amd64"
            case .arm64: "arm64"
            }
        self.architecture = name
        let own = try await dpkg.output(["--print-architecture"], explaining: "cannot ask dpkg for its architecture")
        let foreign = try await dpkg.output(["--print-foreign-architectures"], explaining: "cannot ask dpkg for its architectures")
        guard "\(own)\n\(foreign)".split(whereSeparator: \.isNewline).contains(where: { $0 == name }) else {
            throw LaminaError(
                .unsupported,
                """
                apt has no packages for \(name) on this machine; name an RPM repository, or let apt know the architecture by \
                'dpkg --add-architecture \(name)' and 'apt-get update'
                """)
        }
        guard try await !records(["libc6"]).isEmpty else {
            throw LaminaError(.unavailable, "apt has no lists of packages for \(name); run 'apt-get update'")
        }
    }

    /// Where there is no index of the lists, as in a container's image, apt makes one at each call, unless it may keep it.
    private var options: [String] {
        [
            "--quiet", "-o", "Dir::Cache::pkgcache=\(cache.root.appending("apt-index"))", "-o", "Acquire::Retries=3", "-o",
            "APT::Get::AllowUnauthenticated=false",
        ]
    }

    /// What would be fetched of packages, by their names; those that there are not are left out.
    func records(_ packages: [String]) async throws -> [String: DebianRecord] {
        // It fails for a name that is not there, having told of the others.
        let output = try await cacheTool.answer(options + ["show", "--no-all-versions"] + packages.map { "\($0):\(architecture)" })
        let records = DebianControlParagraph.parse(output.text).compactMap(DebianRecord.init)
        return Dictionary(records.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Packages that are said to have a library: by apt-file's lists where there are some, and by what is installed on this machine.
    func packages(having soname: String) async throws -> [String] {
        var names: [String] = []
        if let aptFile = try? ExternalTool("apt-file", package: "apt-file") {
            let output = try await aptFile.answer(
                ["search", "--package-only", "--fixed-string", "--architecture", architecture, "/\(soname)"])
            names += output.text.split(whereSeparator: \.isNewline).map(String.init).sorted()
        }
        // libgl1:amd64, libother:amd64: /usr/lib/x86_64-linux-gnu/libGL.so.1
        let escaped = soname.replacing("[", with: "\\[").replacing("*", with: "\\*").replacing("?", with: "\\?")
        for line in try await dpkg.answer(["--search", "*/\(escaped)"]).text.split(whereSeparator: \.isNewline).sorted() {
            guard line.hasSuffix("/\(soname)"), let end = line.firstRange(of: ": ") else { continue }
            names += line[..<end.lowerBound].split(separator: ",").compactMap { name in
                name.split(whereSeparator: { $0 == ":" || $0 == " " }).first.map(String.init)
            }
        }
        return names
    }

    /// Fetches a package into the cache: its file, and where that came from.
    ///
    /// - Throws: ``LaminaError`` `hashMismatch` for other bytes than the lists announce, `toolFailed` with apt's explanation.
    func download(_ record: DebianRecord) async throws -> (file: FilePath, origin: String) {
        let folder = try await cache.item("apt", of: record.sha256) { partial in
            try FileManager.default.createDirectory(atPath: partial.string, withIntermediateDirectories: true)
            let package = "\(record.name):\(architecture)=\(record.version)"
            try await getTool.run(options + ["download", package], in: partial, explaining: "apt cannot fetch \(package)")
            let names = try FileManager.default.contentsOfDirectory(atPath: partial.string)
            guard let name = names.first(where: { $0.hasSuffix(".deb") }) else {
                throw LaminaError(.toolFailed, "apt has fetched no file of \(package)")
            }
            let file = partial.appending("package.deb")
            try FileManager.default.moveItem(atPath: partial.appending(name).string, toPath: file.string)
            let actual = SHA256Digest(of: try Data(contentsOf: URL(fileURLWithPath: file.string), options: .alwaysMapped))
            guard actual == record.sha256 else {
                throw LaminaError(.hashMismatch, "\(name) has the SHA-256 \(actual), but apt's lists say \(record.sha256)")
            }
            let location = try await getTool.output(
                options + ["download", "--print-uris", package], explaining: "apt does not know where \(package) is")
            try Data(Self.url(location).utf8).write(to: URL(fileURLWithPath: partial.appending("origin").string))
        }
        let origin = try? String(contentsOfFile: folder.appending("origin").string, encoding: .utf8)
        return (folder.appending("package.deb"), origin ?? "apt")
    }

    /// The URL of `'http://host/pool/x.deb' x.deb 123 SHA256:…`, without anyone's password.
    private static func url(_ line: String) -> String {
        let parts = line.split(separator: "'", omittingEmptySubsequences: false)
        guard parts.count >= 3, var components = URLComponents(string: String(parts[1])) else { return "apt" }
        (components.user, components.password) = (nil, nil)
        return components.string ?? "apt"
    }
}
