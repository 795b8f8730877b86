import Foundation
import SystemPackage

/// Where the files of a sandbox lie on this machine.
struct SandboxFiles: Sendable {
    /// Links that one path may lead through, as the kernel has it.
    private static let linkLimit = 40

    /// By the path in the sandbox, the longest first.
    private let binds: [SandboxBind]
    private let links: [String: String]

    /// - Parameters:
    ///   - task: What is at /var/task.
    ///   - layers: What is at /opt.
    init(_ root: SandboxRoot, task: FilePath, layers: FilePath) {
        let own = [SandboxBind(task, "/var/task"), SandboxBind(layers, "/opt")]
        switch root {
        case .machine(let system, let language, let runtime):
            let others = system.hostBinds + (language?.binds ?? []) + (runtime.map { [SandboxBind($0, "/var/runtime")] } ?? [])
            binds = Self.longestFirst(own + others + [SandboxBind(system.folder, "/usr")])
            links = SystemView.rootFolders.reduce(into: [:]) { $0["/" + $1] = "usr/" + $1 }
        case .image(let folder):
            binds = Self.longestFirst(own + [SandboxBind(folder, "/")])
            links = [:]
        }
    }

    /// The file of this machine that a path of the sandbox leads to, through links as they are there; nil where nothing is.
    func resolve(_ path: String) -> FilePath? {
        guard path.hasPrefix("/") else { return nil }
        var waiting = Array(FilePath(path).components.reversed().map(\.string))
        var current: [String] = []
        var followed = 0
        while let name = waiting.popLast() {
            if name == "." { continue }
            if name == ".." {
                _ = current.popLast()
                continue
            }
            let next = "/" + (current + [name]).joined(separator: "/")
            guard let target = link(at: next) else {
                current.append(name)
                continue
            }
            followed += 1
            guard followed <= Self.linkLimit else { return nil }
            if target.hasPrefix("/") { current = [] }
            waiting += FilePath(target).components.reversed().map(\.string)
        }
        guard let file = file(at: "/" + current.joined(separator: "/")), FileStatus(file) != nil else { return nil }
        return file
    }

    private func link(at path: String) -> String? {
        if let link = links[path] { return link }
        guard let file = file(at: path), FileStatus(file)?.isLink == true else { return nil }
        return try? FileManager.default.destinationOfSymbolicLink(atPath: file.string)
    }

    /// Where a path without links lies; nil where nothing of this machine is seen.
    private func file(at path: String) -> FilePath? {
        for bind in binds {
            if path == bind.target { return bind.source }
            let prefix = bind.target == "/" ? "/" : bind.target + "/"
            if path.hasPrefix(prefix) { return bind.source.appending(String(path.dropFirst(prefix.count))) }
        }
        return nil
    }

    private static func longestFirst(_ binds: [SandboxBind]) -> [SandboxBind] { binds.sorted { $0.target.count > $1.target.count } }
}
