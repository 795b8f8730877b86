import Foundation
import LaminaErrors
import SystemPackage

/// Files whose place in a layer follows from what they are.
enum NativeFile {
    /// `lib` for a shared object (an ELF file named `*.so` or `*.so.*`), `bin` for an executable (ELF or with an interpreter line); nil for
    /// the others.
    static func folder(of path: FilePath) throws -> String? {
        var status = stat()
        guard stat(path.string, &status) == 0 else { throw LaminaError.system(errno, "cannot read \(path)") }
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        let start = try firstBytes(of: path)
        let isELF = start.starts(with: [0x7f, 0x45, 0x4c, 0x46])
        let name = path.lastComponent?.string ?? ""
        if isELF, name.hasSuffix(".so") || name.contains(".so.") { return "lib" }
        let isExecutable = status.st_mode & 0o111 != 0
        return isExecutable && (isELF || start.starts(with: "#!".utf8)) ? "bin" : nil
    }

    private static func firstBytes(of path: FilePath) throws -> Data {
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path.string))
            defer { try? file.close() }
            return try file.read(upToCount: 4) ?? Data()
        } catch {
            throw LaminaError(.inputOutput, "cannot read \(path)", cause: error)
        }
    }
}
