import Foundation
import Interpreters
import LambdaModel
import SystemPackage
import TestSupport
import Testing

@testable import Execution

@Suite struct SandboxFilesTests {
    /// Files of a sandbox whose deployment package and layers are folders of the test.
    static func withFiles(_ body: (SandboxFiles, _ task: FilePath, _ layers: FilePath) throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            // The machine's own folder for temporary files may be reached by links, which the sandbox has not.
            let folder = try #require(folder.resolved)
            let view = try SystemViews(folder: folder.appending("views")).view(.al2023, nil)
            let (task, layers) = (folder.appending("task"), folder.appending("opt"))
            try task.appending("bin/own").write("")
            try layers.appending("bin/tool").write("")
            try body(SandboxFiles(.machine(view, nil, runtime: nil), task: task, layers: layers), task, layers)
        }
    }

    private func link(_ path: FilePath, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path.string, withDestinationPath: target)
    }

    @Test func aLinkLeadsWhereItLeadsInTheSandbox() async throws {
        try await Self.withFiles { files, task, layers in
            try link(task.appending("relative"), to: "bin/../bin/own")
            try link(task.appending("absolute"), to: "/opt/bin/tool")
            try link(task.appending("folder"), to: "/opt")
            #expect(files.resolve("/var/task/relative") == task.appending("bin/own"))
            #expect(files.resolve("/var/task/absolute") == layers.appending("bin/tool"))
            #expect(files.resolve("/var/task/folder/bin/tool") == layers.appending("bin/tool"))
        }
    }

    @Test func programsOfTheSystemAreFoundThroughItsLinks() async throws {
        try await Self.withFiles { files, _, _ in
            for path in ["/bin/sh", "/usr/bin/bash", "/usr/bin/env"] {
                let file = try #require(files.resolve(path))
                #expect(access(file.string, X_OK) == 0)
            }
            #expect(files.resolve("/usr/bin/gcc") == nil)
        }
    }

    @Test func whatTheSandboxDoesNotSeeIsNotThere() async throws {
        try await Self.withFiles { files, task, _ in
            let secret = task.removingLastComponent().appending("secret")
            try secret.write("")
            try link(task.appending("out"), to: "../secret")
            try link(task.appending("far"), to: secret.string)
            try link(task.appending("loop"), to: "loop")
            for path in ["/var/task/out", "/var/task/far", "/var/task/loop", "/var/task/none", "/var/task/bin/own/more", "bin/own"] {
                #expect(files.resolve(path) == nil, "\(path)")
            }
            #expect(files.resolve("/var/task/../../../../opt/bin/tool") != nil)
        }
    }
}
