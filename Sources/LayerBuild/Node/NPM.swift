import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// `npm`: resolves a project's packages and installs them for any platform.
struct NPM: Sendable {
    /// The first version with `--os`, `--cpu` and `--libc`.
    private static let firstVersion = (10, 3)

    let tool: ExternalTool
    let version: String
    var offline = false

    /// - Throws: ``LaminaError`` `toolMissing` without npm, `unsupported` for one that is too old.
    init(offline: Bool) async throws {
        tool = try ExternalTool("npm", install: "install Node.js, which brings it (https://nodejs.org)")
        version = try await tool.output(["--version"], explaining: "npm does not tell its version")
        self.offline = offline
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        guard numbers.count >= 2, (numbers[0], numbers[1]) >= Self.firstVersion else {
            throw LaminaError(
                .unsupported, "npm \(version) cannot install for another platform; npm 10.3 and later can: run 'npm install --global npm'")
        }
    }

    private func arguments(_ target: NodeTarget) -> [String] {
        [
            "--os=linux", "--cpu=\(target.cpu)", "--libc=glibc", "--omit=dev", "--package-lock=true", "--no-audit", "--no-fund",
            "--no-update-notifier", "--no-progress", "--loglevel=error", "--logs-max=0",
        ] + (offline ? ["--offline"] : [])
    }

    /// Writes a package-lock.json for a project that has none.
    func lock(_ project: FilePath, for target: NodeTarget) async throws {
        try await tool.run(
            ["install", "--package-lock-only", "--ignore-scripts", "--install-links"] + arguments(target), in: project,
            explaining: "npm cannot resolve what package.json asks for")
    }

    /// Installs what the lock names, and runs no package's scripts.
    func install(_ project: FilePath, for target: NodeTarget, installsLinks: Bool) async throws {
        try await tool.run(
            ["ci", "--ignore-scripts", "--prefer-offline"] + (installsLinks ? ["--install-links"] : []) + arguments(target), in: project,
            explaining: "npm cannot install what package-lock.json names")
    }

    /// Runs the install scripts of some packages, given as `NAME@VERSION`.
    func rebuild(_ packages: [String], in project: FilePath, for target: NodeTarget) async throws {
        try await tool.run(
            ["rebuild"] + packages + ["--ignore-scripts=false", "--foreground-scripts"] + arguments(target), in: project,
            explaining: "npm cannot compile \(packages.joined(separator: ", "))")
    }
}
