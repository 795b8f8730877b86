import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// The compiled parts of Node packages: `*.node` files that a package brings, or that it compiles when it is installed.
struct NodeAddons {
    let modules: NodeModules
    let target: NodeTarget

    /// Removes binaries of other platforms from where `node-gyp-build` looks for them: `prebuilds/PLATFORM-CPU/`.
    func pruneForeignBinaries() throws {
        let files = FileManager.default
        for package in modules.installed {
            let prebuilds = modules.folder.appending(package.path).appending("prebuilds")
            for name in (try? files.contentsOfDirectory(atPath: prebuilds.string)) ?? [] {
                let path = prebuilds.appending(name)
                let binaries = ((try? files.contentsOfDirectory(atPath: path.string)) ?? []).filter { $0.hasSuffix(".node") }
                let isOurs = name == "linux-\(target.cpu)"
                for binary in binaries where !isOurs || binary.split(separator: ".").contains("musl") {
                    try remove(path.appending(binary))
                }
                if !isOurs, (try? files.contentsOfDirectory(atPath: path.string))?.isEmpty == true { try remove(path) }
            }
        }
    }

    /// Packages with a recipe for node-gyp and no binary.
    var uncompiled: [NodeModules.InstalledPackage] {
        modules.installed.filter { package in
            let folder = modules.folder.appending(package.path)
            guard package.manifest?.compilesByGyp == true, BuildCache.exists(folder.appending("binding.gyp")) else { return false }
            return !holdsBinary(folder)
        }
    }

    private func holdsBinary(_ folder: FilePath) -> Bool {
        guard let all = FileManager.default.enumerator(atPath: folder.string) else { return false }
        for case let path as String in all where path.hasSuffix(".node") { return true }
        return false
    }

    /// Compiles packages, where this machine is what they are for.
    ///
    /// - Throws: ``LaminaError`` `unsupported`, naming the packages, where it is not.
    func compile(_ packages: [NodeModules.InstalledPackage], with npm: NPM, in project: FilePath, log: FilePath) async throws {
        let names = packages.map { "\($0.name)@\($0.version)" }
        let host = try await ExternalTool("node", install: "see https://nodejs.org").output(["--version"])
        let major = host.dropFirst().prefix { $0 != "." }
        guard target.architecture == .host, major == "\(target.major)" else {
            throw LaminaError(
                .unsupported,
                """
                \(names.joined(separator: ", ")) brings no binary for Linux on \(target.architecture.rawValue) and would have to be compiled, \
                which needs Node \(target.major) on \(target.architecture.rawValue), and this machine has Node \(major) on \
                \(Architecture.host.rawValue): build the layer on such a machine, or take a package that brings its binaries
                """)
        }
        try await npm.rebuild(names, in: project, for: target, log: log)
        for package in packages {
            let folder = modules.folder.appending(package.path)
            guard holdsBinary(folder) else {
                throw LaminaError(.toolFailed, "\(package.name) \(package.version) was compiled, and there is no binary of it")
            }
            try removeIntermediates(folder.appending("build"))
        }
    }

    /// Leaves only what a program loads: the rest of node-gyp's folder holds this machine's paths.
    private func removeIntermediates(_ build: FilePath) throws {
        guard let all = FileManager.default.enumerator(atPath: build.string) else { return }
        for case let path as String in all {
            let isIntermediate = path.split(separator: "/").contains { ["obj", "obj.target", ".deps"].contains($0) }
            let isBinary = path.hasSuffix(".node") || path.hasSuffix(".so")
            let file = build.pushing(FilePath(path))
            var status = stat()
            guard lstat(file.string, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { continue }
            if isIntermediate || !isBinary { try remove(file) }
        }
        removeEmptyFolders(build)
    }

    private func removeEmptyFolders(_ folder: FilePath) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? [] {
            removeEmptyFolders(folder.appending(name))
        }
        rmdir(folder.string)
    }

    private func remove(_ path: FilePath) throws {
        do {
            try FileManager.default.removeItem(atPath: path.string)
        } catch {
            throw LaminaError(.inputOutput, "cannot remove \(path)", cause: error)
        }
    }
}
