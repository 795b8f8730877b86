import Foundation
import LambdaModel
import LayerCheck
import SystemPackage

/// The views of this machine's libraries and programs, made once for each interpreter and again when the machine's own change.
actor SystemViews {
    private struct Key: Hashable {
        var operatingSystem: OperatingSystem
        var language: LanguageFolder
    }

    private let folder: FilePath
    private let host = HostLibraries()
    private var views: [Key: (state: [Int], view: SystemView)] = [:]
    private var made = 0

    /// - Parameter folder: Where views are made; sandboxes need it as long as they run.
    init(folder: FilePath) { self.folder = folder }

    /// The view of functions that a system's runtimes run with an interpreter.
    func view(_ operatingSystem: OperatingSystem, _ language: LanguageFolder) throws -> SystemView {
        let key = Key(operatingSystem: operatingSystem, language: language)
        let state = state(language)
        if let known = views[key], known.state == state { return known.view }
        made += 1
        // Sandboxes may still use an earlier view, so it stays.
        let view = try SystemView(
            at: folder.appending(String(made)), VisibleLibraries(SystemProfile(operatingSystem, .host), language, host), language, host)
        views[key] = (state, view)
        return view
    }

    /// The times of change of all that a view is made from.
    private func state(_ language: LanguageFolder) -> [Int] {
        (host.folders + ["/usr/bin", "/usr/sbin", language.executable.string]).flatMap { path in
            var status = stat()
            guard stat(path, &status) == 0 else { return [0, 0] }
            return [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
        }
    }
}
