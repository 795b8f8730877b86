import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// git, to get the files of one commit.
struct GitRepository: Sendable {
    private let tool: ExternalTool

    /// - Throws: ``LaminaError`` `toolMissing` when git is not installed.
    init() throws {
        tool = try ExternalTool(
            "git", install: "install it with your system, or name a wheel in place of the repository",
            environment: [
                // A lock's words must not start a program or wait for a password.
                "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh", "GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "1",
            ])
    }

    /// Writes a commit's files, those of its submodules too, to an empty folder.
    ///
    /// - Throws: ``LaminaError`` `toolFailed` with git's words.
    func checkOut(_ commit: SourceTree.Commit, into folder: FilePath) async throws {
        let failure = "git cannot get \(commit.id) of \(commit.url)"
        try await git(["init", "--quiet", folder.string], nil, failure)
        try await git(["remote", "add", "--", "origin", commit.url], folder, failure)
        do {
            try await git(["fetch", "--quiet", "--depth", "1", "origin", commit.id], folder, failure)
        } catch let error as LaminaError where error.code == .toolFailed {
            // Some servers give branches and tags only.
            try await git(["fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*"], folder, failure)
        }
        try await git(["-c", "advice.detachedHead=false", "checkout", "--quiet", "--detach", commit.id], folder, failure)
        try await git(["submodule", "update", "--quiet", "--init", "--recursive", "--depth", "1"], folder, failure)
    }

    private func git(_ arguments: [String], _ folder: FilePath?, _ failure: String) async throws {
        try await tool.run(arguments, in: folder, explaining: failure)
    }
}
