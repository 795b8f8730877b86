import ELFFile
import Foundation
import LambdaModel

/// What code opens by name as it runs, as far as that can be told: libraries by ctypes and cffi, and libraries' own data files.
struct RunTimeFileCheck {
    /// A library that opens a data file, and how it is told where that is.
    private struct DataFile {
        var library: String
        var file: String
        var variable: String
        var folder: String
    }

    private static let dataFiles = [
        DataFile(library: "libmagic", file: "magic.mgc", variable: "MAGIC", folder: "share/misc/magic.mgc"),
        DataFile(library: "libfontconfig", file: "fonts.conf", variable: "FONTCONFIG_PATH", folder: "etc/fonts"),
        DataFile(library: "libproj", file: "proj.db", variable: "PROJ_DATA", folder: "share/proj"),
        DataFile(library: "libgdal", file: "gdalvrt.xsd", variable: "GDAL_DATA", folder: "share/gdal"),
        DataFile(library: "libtesseract", file: "eng.traineddata", variable: "TESSDATA_PREFIX", folder: "share/tessdata"),
    ]

    let tree: LayerTree
    let index: ContentIndex
    let profile: SystemProfile

    func findings() -> [Finding] { index.libraryUses.flatMap { path, uses in uses.compactMap { finding($0, at: path) } } + dataFindings() }

    private func finding(_ use: LibraryUse, at path: String) -> Finding? {
        if use.function == .findLibrary {
            let name = use.library.isEmpty ? "a library" : use.library
            let file = use.library.isEmpty ? nil : candidates(use.library).first
            return Finding(
                .librarySearch, .note, path: path, subject: use.library.isEmpty ? use.function.rawValue : use.library,
                reason: "looks for \(name) by find_library, which returns nothing on Lambda: there is neither gcc nor ldconfig",
                fix: file.map { "where the code needs it, load it by its file's name: ctypes.CDLL(\"\($0)\")" }
                    ?? "where the code needs it, put the library into lib/ and load it by its file's name")
        }
        // Names of other systems' libraries are for other systems.
        guard use.library.contains(".so"), let name = use.library.split(separator: "/").last.map(String.init),
            profile.level(of: name) != .guaranteed, !has(name)
        else { return nil }
        let lack =
            profile.level(of: name) == .absent
            ? "and neither the layer nor Lambda has it"
            : "which \(profile.operatingSystem.displayName) has and Lambda has been seen without"
        return Finding(
            .librarySearch, .note, path: path, subject: use.library,
            reason: "opens \(use.library) by \(use.function.rawValue), \(lack)",
            fix: "where the code needs it, put it and what it needs into lib/")
    }

    private func has(_ library: String) -> Bool {
        index.binaries.contains { path, binary in binary.soname == library || path.hasSuffix("/\(library)") }
    }

    /// File names of a library that the layer has, by its bare name.
    private func candidates(_ name: String) -> [String] {
        index.binaries.keys.sorted().compactMap { path in
            path.split(separator: "/").last.flatMap { $0.hasPrefix("lib\(name).so") ? String($0) : nil }
        }
    }

    private func dataFindings() -> [Finding] {
        Self.dataFiles.compactMap { data in
            let library = index.binaries.keys.sorted().first { path in
                guard let name = path.split(separator: "/").last, name.hasPrefix(data.library) else { return false }
                return [".", "-"].contains(name.dropFirst(data.library.count).prefix(1))
            }
            guard let library, !tree.paths.contains(where: { $0.hasSuffix("/\(data.file)") }) else { return nil }
            return Finding(
                .missingDataFile, .warning, path: library, subject: data.file,
                reason: "opens \(data.file) as it runs, which the layer has not",
                fix:
                    "put it into \(data.folder.hasSuffix(data.file) ? data.folder : data.folder + "/" + data.file) and set \(data.variable)=/opt/\(data.folder)"
            )
        }
    }
}
