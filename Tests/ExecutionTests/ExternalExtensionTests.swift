import Foundation
import LambdaModel
import SystemPackage
import TestSupport
import Testing

@testable import Execution

@Suite struct ExternalExtensionTests {
    private static func write(_ path: FilePath, mode: mode_t = 0o755) throws {
        try path.write("#!/bin/sh\n")
        #expect(chmod(path.string, mode) == 0)
    }

    @Test func filesAndLinksOfTheFolderAreExtensionsByName() async throws {
        try await SandboxFilesTests.withFiles { files, _, layers in
            #expect(try ExternalExtension.find(in: files) == [])
            for name in ["second", "first", "folder/inner"] { try Self.write(layers.appending("extensions/\(name)")) }
            try FileManager.default.createSymbolicLink(
                atPath: layers.appending("extensions/third").string, withDestinationPath: "/opt/extensions/first")
            #expect(try ExternalExtension.find(in: files).map(\.name) == ["first", "second", "third"])
        }
    }

    @Test func noLinkLeadsToFilesOfTheMachine() async throws {
        try await SandboxFilesTests.withFiles { files, task, layers in
            let outside = task.removingLastComponent().appending("outside")
            try Self.write(outside.appending("secret"))
            let folder = layers.appending("extensions")
            try FileManager.default.createSymbolicLink(atPath: folder.string, withDestinationPath: outside.string)
            #expect(try ExternalExtension.find(in: files) == [])
            try FileManager.default.removeItem(atPath: folder.string)
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: false)
            try FileManager.default.createSymbolicLink(
                atPath: folder.appending("out").string, withDestinationPath: outside.appending("secret").string)
            #expect(throws: ExtensionLaunchFailure(ExternalExtension(name: "out"), .program(.absent))) {
                try ExternalExtension.find(in: files)
            }
        }
    }

    @Test func theFirstThatCannotStartIsTold() async throws {
        try await SandboxFilesTests.withFiles { files, _, layers in
            for number in 0...Limits.extensions { try Self.write(layers.appending("extensions/\(number + 10)")) }
            #expect(throws: ExtensionLaunchFailure(ExternalExtension(name: "20"), .tooMany)) { try ExternalExtension.find(in: files) }
            #expect(chmod(layers.appending("extensions/12").string, 0o644) == 0)
            #expect(throws: ExtensionLaunchFailure(ExternalExtension(name: "12"), .program(.mode))) {
                try ExternalExtension.find(in: files)
            }
        }
    }
}
