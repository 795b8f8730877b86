import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// Where an RPM repository lies, or a list of its mirrors.
enum RepositoryLocation: Sendable, Hashable {
    /// By HTTP, with a slash at the end where it is a folder.
    case remote(URL)
    case local(FilePath)

    /// - Parameter text: A URL (`http`, `https`, `file`) or a path, in which dnf's `$basearch` stands for the architecture.
    /// - Throws: ``LaminaError`` `invalidArgument`.
    init(_ text: String, architecture: Architecture) throws {
        var text = text.replacing("$basearch", with: architecture.machineName)
        if text.hasSuffix("/repodata/repomd.xml") { text.removeLast("repodata/repomd.xml".count) }
        guard let colon = text.range(of: "://") else {
            guard !text.isEmpty else { throw LaminaError(.invalidArgument, "an RPM repository is named by a URL or a path") }
            self = .local(FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(text)).lexicallyNormalized())
            return
        }
        guard let url = URL(string: text) else { throw LaminaError(.invalidArgument, "'\(text)' is no URL") }
        switch text[..<colon.lowerBound].lowercased() {
        case "http", "https":
            guard url.host?.isEmpty == false else { throw LaminaError(.invalidArgument, "'\(text)' names no host") }
            self = .remote(url)
        case "file": self = .local(FilePath(url.path).lexicallyNormalized())
        default:
            throw LaminaError(.invalidArgument, "an RPM repository is read by http, https or file, and '\(text)' is another kind of URL")
        }
    }

    /// Whether it names a list of mirrors, one URL a line, as Amazon Linux has it (`…/mirror.list`), rather than a repository.
    var isMirrorList: Bool {
        let name = fileName
        return name == "mirror.list" || name == "mirrorlist" || name.hasSuffix(".mirrorlist")
    }

    /// The last part of the path.
    var fileName: String {
        switch self {
        case .remote(let url): url.lastPathComponent
        case .local(let path): path.lastComponent?.string ?? ""
        }
    }

    /// A file that the repository's metadata names, by a path relative to it, or by a URL.
    ///
    /// - Throws: ``LaminaError`` `unsafe` where a remote repository refers to this machine's files.
    func file(_ reference: String, base: String? = nil) throws -> RepositoryLocation {
        if let base { return try file(base.hasSuffix("/") ? base : base + "/").file(reference) }
        switch self {
        case .remote(let url):
            let folder = url.path.hasSuffix("/") ? url : url.appendingPathComponent("", isDirectory: true)
            guard let target = URL(string: reference, relativeTo: folder)?.absoluteURL else {
                throw LaminaError(.corrupt, "\(self) refers to '\(reference)', which is no URL")
            }
            guard target.scheme == "http" || target.scheme == "https" else {
                throw LaminaError(.unsafe, "\(self) refers to '\(reference)', which is not read over the network")
            }
            return .remote(target)
        case .local(let path):
            if reference.contains("://") { return try RepositoryLocation(reference, architecture: .host) }
            return .local(path.pushing(FilePath(reference)).lexicallyNormalized())
        }
    }
}

extension RepositoryLocation: CustomStringConvertible {
    /// A URL is without a user and a password, since it goes to messages and reports.
    var description: String {
        switch self {
        case .remote(let url):
            var components = URLComponents(url: url, resolvingAgainstBaseURL: true)
            components?.user = nil
            components?.password = nil
            return components?.string ?? url.host ?? ""
        case .local(let path): return path.string
        }
    }
}
