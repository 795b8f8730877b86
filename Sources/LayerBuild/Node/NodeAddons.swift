import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage
import ZipArchive

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
    func uncompiled() throws -> [NodeModules.InstalledPackage] {
        try modules.installed.filter { package in
            let folder = modules.folder.appending(package.path)
            guard package.manifest?.compilesByGyp == true, BuildCache.exists(folder.appending("binding.gyp")) else { return false }
            return try !holdsBinary(folder)
        }
    }

    private func holdsBinary(_ folder: FilePath) throws -> Bool {
        try FolderWalk(folder).items.contains { $0.name.hasSuffix(".node") }
    }

    /// Compiles packages, where this machine is what they are for.
    ///
    /// - Throws: ``LaminaError`` `unsupported`, naming the packages, where it is not.
    func compile(_ packages: [NodeModules.InstalledPackage], with npm: NPM, in project: FilePath) async throws {
        let names = packages.map { "\($0.name)@\($0.version)" }
        let host = try await ExternalTool("node", install: "see https://nodejs.org").output(
            ["--version"], explaining: "node does not tell its version")
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
        try await npm.rebuild(names, in: project, for: target)
        for package in packages {
            let folder = modules.folder.appending(package.path)
            guard try holdsBinary(folder) else {
                throw LaminaError(.toolFailed, "\(package.name) \(package.version) was compiled, and there is no binary of it")
            }
            try removeIntermediates(folder.appending("build"))
        }
    }

    /// Leaves only what a program loads: the rest of node-gyp's folder holds this machine's paths.
    private func removeIntermediates(_ build: FilePath) throws {
        guard BuildCache.exists(build) else { return }
        // What is in a folder goes before the folder, which goes when it is empty.
        for item in try FolderWalk(build).items.reversed() {
            let isIntermediate = item.path.split(separator: "/").contains { ["obj", "obj.target", ".deps"].contains($0) }
            let isBinary = item.path.hasSuffix(".node") || item.path.hasSuffix(".so")
            if item.kind == .directory {
                rmdir(item.location.string)
            } else if isIntermediate || !isBinary {
                try remove(item.location)
            }
        }
        rmdir(build.string)
    }

    private func remove(_ path: FilePath) throws {
        do {
            try FileManager.default.removeItem(atPath: path.string)
        } catch {
            throw LaminaError(.inputOutput, "cannot remove \(path)", cause: error)
        }
    }
}
