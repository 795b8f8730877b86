import Foundation
import SystemPackage

/// Runs a test in a folder of its own and removes it afterwards.
public func withTemporaryFolder<T>(_ body: (FilePath) async throws -> T) async throws -> T {
    let folder = FilePath(FileManager.default.temporaryDirectory.path).appending("lamina-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder.string) }
    return try await body(folder)
}

extension FilePath {
    /// Writes text to the file, whose folder is made.
    public func write(_ text: String) throws { try write(Array(text.utf8)) }

    /// Writes bytes to the file, whose folder is made.
    public func write(_ bytes: [UInt8]) throws {
        try FileManager.default.createDirectory(atPath: removingLastComponent().string, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: string))
    }

    /// The file's bytes.
    public func read() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: string))) }

    /// The names in a folder, sorted.
    public func list() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: string).sorted() }
}
