import Checksum
import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import LayerCheck
import SystemPackage

/// The views of this machine's libraries and programs, each made once and kept in the user's cache folder until the machine's own change.
struct SystemViews: Sendable {
    private let folder: FilePath
    private let host = HostLibraries()

    init(folder: FilePath = CacheFolder.path().appending("system-views")) { self.folder = folder }

    /// The view of functions that a system's runtimes run with an interpreter, or without one.
    ///
    /// - Throws: ``LaminaError`` `inputOutput` when it cannot be made.
    func view(_ operatingSystem: OperatingSystem, _ language: LanguageFolder?) throws -> SystemView {
        let path = folder.appending("\(operatingSystem.rawValue)-\(state(language).prefix(32))")
        let view = SystemView(existingAt: path)
        guard !view.use() else { return view }
        CachedFolder.removeUnused(in: folder)
        let temporary = folder.appending("\(UUID().uuidString).partial")
        defer { try? FileManager.default.removeItem(atPath: temporary.string) }
        try SystemViewBuilder(
            at: temporary, VisibleLibraries(SystemProfile(operatingSystem, .host), language, host), language, host
        ).build()
        // Another process may have been faster; its view is as good.
        if rename(temporary.string, path.string) != 0, errno != EEXIST, errno != ENOTEMPTY {
            throw LaminaError.system(errno, "cannot keep the view \(path)")
        }
        return view
    }

    /// All that a view is made from, as it is now: folders, the interpreter, and this program, which has the rules.
    func sources(_ language: LanguageFolder?) -> [FileStamp] {
        let paths = host.folders + ["/usr/bin"] + (language.map { [$0.executable.string] } ?? []) + ["/proc/self/exe"]
        return paths.map { FileStamp($0) }
    }

    private func state(_ language: LanguageFolder?) -> String {
        SHA256Digest(of: sources(language).map(\.description).joined(separator: "\n").utf8).hexadecimal
    }
}
