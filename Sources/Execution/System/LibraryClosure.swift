import ELFFile
import Foundation
import Interpreters
import SystemPackage

/// The shared libraries that programs of this machine need, and those that these need, found as the loader finds them.
struct LibraryClosure {
    /// Paths by the name that is needed.
    private(set) var libraries: [String: String] = [:]
    /// The loaders (`PT_INTERP`) of the programs.
    private(set) var loaders: Set<String> = []

    private let host: HostLibraries
    private let folder: String?
    private var seen: Set<String> = []

    /// - Parameter folder: Where the loader looks before its own folders.
    init(_ host: HostLibraries, first folder: String? = nil) {
        self.host = host
        self.folder = folder
    }

    /// Adds what a file needs; scripts and what is no ELF file of this machine need nothing.
    mutating func add(_ program: String) {
        var waiting = [program]
        while let next = waiting.popLast() {
            guard let path = FilePath(next).resolved?.string, seen.insert(path).inserted, let file = Self.read(path) else { continue }
            if let loader = file.interpreter { loaders.insert(loader) }
            for name in file.needed where libraries[name] == nil {
                guard let library = find(name, for: file, at: next) else { continue }
                libraries[name] = library
                waiting.append(library)
            }
        }
    }

    private func find(_ name: String, for file: ELFFile, at path: String) -> String? {
        guard !name.contains("/") else { return nil }
        let origin = FilePath(path).removingLastComponent().string
        let runPaths = (file.runPaths.isEmpty ? file.rpaths : file.runPaths).map {
            $0.replacingOccurrences(of: "${ORIGIN}", with: origin).replacingOccurrences(of: "$ORIGIN", with: origin)
        }
        let paths = (runPaths + [folder].compactMap { $0 }).map { FilePath($0).appending(name).lexicallyNormalized().string }
        return paths.first { access($0, R_OK) == 0 } ?? host.path(of: name)
    }

    private static func read(_ path: String) -> ELFFile? {
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else { return nil }
        return bytes.withUnsafeBytes { try? ELFFile($0) }
    }
}
