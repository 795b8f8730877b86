import Foundation
import LambdaModel
import LaminaErrors
import Logging
import SystemPackage
import TestSupport
import Testing

@testable import Execution

@Suite struct PreparedRuntimesTests {
    @Test func aRuntimeIsPreparedAgainWhenWhatItNeedsIsGone() async throws {
        try await withTemporaryFolder { folder in
            let runtimes = PreparedRuntimes(views: SystemViews(folder: folder.appending("views")), logger: Logger(label: "test"))
            let runtime = try Runtime("provided.al2023")
            let first = try view(try await runtimes.prepare(runtime))
            #expect(try view(try await runtimes.prepare(runtime)) == first)
            try FileManager.default.removeItem(atPath: folder.appending("views").string)
            let again = try view(try await runtimes.prepare(runtime))
            #expect(try again.appending("bin").list().contains("sh"))
        }
    }

    @Test(arguments: ["dotnet8", "go1.x"])
    func whatIsNotRunIsRefused(name: String) async throws {
        let runtime = try Runtime(name)
        let error = await #expect(throws: LaminaError.self) { try await PreparedRuntimes(logger: Logger(label: "test")).prepare(runtime) }
        #expect(error?.code == .unsupported)
    }

    private func view(_ prepared: PreparedRuntime) throws -> FilePath {
        guard case .machine(let view, nil, nil) = prepared.root else { throw LaminaError(.corrupt, "not a machine's root") }
        return view.folder
    }
}

@Suite struct FileStampTests {
    @Test func aStampIsCurrentUntilTheFileChanges() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending("file")
            let absent = FileStamp(file)
            #expect(absent.isCurrent)
            try file.write("one")
            #expect(!absent.isCurrent)
            let stamp = FileStamp(file)
            #expect(stamp.isCurrent)
            // Another file of the same size and time.
            let modified = try FileManager.default.attributesOfItem(atPath: file.string)[.modificationDate]
            try file.write("two")
            try FileManager.default.setAttributes([.modificationDate: try #require(modified)], ofItemAtPath: file.string)
            #expect(!stamp.isCurrent)
        }
    }
}
