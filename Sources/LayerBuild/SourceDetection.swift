import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// Tells from a source's name, what a folder holds, and the runtime who builds it.
struct SourceDetection {
    /// What a folder holds that lies already as Lambda has it below /opt.
    static let layerNames: Set = ["bin", "bootstrap", "extensions", "java", "lib", "nodejs", "python", "ruby"]

    let source: BuildSource
    let runtime: Runtime
    let settings: BuildSettings

    /// - Throws: ``LaminaError`` `notFound`; `invalidArgument` for what is another runtime's or needs a destination.
    func build() throws -> any SourceBuild {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: source.path.string, isDirectory: &isFolder), BuildCache.exists(source.path) else {
            throw notFound()
        }
        if let destination = source.destination { return files(isFolder: isFolder.boolValue, into: destination) }
        return isFolder.boolValue ? try folderBuild() : try fileBuild()
    }

    private func notFound() -> LaminaError {
        let whole = source.destination.map { "\(source.path)=\($0)" }
        if let whole, FileManager.default.fileExists(atPath: whole) {
            return LaminaError(
                .notFound, "\(source.path) does not exist: the last '=' parts a path from its folder in the layer, so write '\(whole)='")
        }
        return LaminaError(.notFound, "\(source.path) does not exist or cannot be read")
    }

    private func fileBuild() throws -> any SourceBuild {
        let name = source.path.lastComponent?.string ?? ""
        if let family = ProjectFile.family(of: name) {
            guard family == runtime.family else { throw foreign(name, of: family) }
            return try projectBuild(source.path, family)
        }
        // A requirements file may have any name.
        if runtime.family == .python, ["in", "lock", "toml", "txt", "whl"].contains(source.path.extension ?? "") {
            return PythonBuild(source: source.path, settings: settings)
        }
        guard let folder = try NativeFile.folder(of: source.path) else {
            throw LaminaError(
                .invalidArgument,
                "\(source.path) is no project file that \(runtime) has; say where in the layer it goes, as in '\(source.spelled(into: "bin"))'"
            )
        }
        return files(isFolder: false, into: folder)
    }

    private func folderBuild() throws -> any SourceBuild {
        let names: Set<String>
        do {
            names = Set(try FileManager.default.contentsOfDirectory(atPath: source.path.string))
        } catch {
            throw LaminaError(.inputOutput, "cannot read the folder \(source.path)", cause: error)
        }
        // Which of its files counts is told where they are read.
        if runtime.family == .python, ProjectFile.first(of: .python, in: names) != nil {
            return PythonBuild(source: source.path, settings: settings)
        }
        if let name = ProjectFile.first(of: runtime.family, in: names) {
            return try projectBuild(source.path.appending(name), runtime.family)
        }
        for family in Runtime.Family.allCases {
            if let name = ProjectFile.first(of: family, in: names) { throw foreign(source.path.appending(name).string, of: family) }
        }
        if !names.isDisjoint(with: Self.layerNames) { return files(isFolder: true, into: "") }
        if runtime.family == .ruby, names.contains(where: { $0.hasSuffix(".rb") }) { return files(isFolder: true, into: "ruby/lib") }
        if runtime.family == .java, names.contains(where: { $0.hasSuffix(".jar") }) { return JarBuild(path: source.path, isFolder: true) }
        throw LaminaError(
            .invalidArgument,
            """
            \(source.path) holds no project file that \(runtime) has, and no folder of a layer \
            (\(Self.layerNames.sorted().joined(separator: ", "))); say where its contents go, as in '\(source.spelled(into: "bin"))', \
            or '\(source.spelled(into: "."))' for the layer's root
            """)
    }

    private func projectBuild(_ file: FilePath, _ family: Runtime.Family) throws -> any SourceBuild {
        switch family {
        case .python: return PythonBuild(source: file, settings: settings)
        case .ruby: return RubyBuild(source: file, settings: settings)
        case .nodejs: return NodeBuild(source: file, settings: settings)
        case .java:
            if file.extension == "jar" { return JarBuild(path: file, isFolder: false) }
            return JavaBuild(source: file, settings: settings)
        case .dotnet, .provided, .go:
            throw LaminaError(.unsupported, "\(file): there is no build for \(family.rawValue) projects")
        }
    }

    private func files(isFolder: Bool, into destination: String) -> FilesBuild {
        FilesBuild(path: source.path, isFolder: isFolder, destination: destination)
    }

    private func foreign(_ name: String, of family: Runtime.Family) -> LaminaError {
        LaminaError(
            .invalidArgument,
            """
            \(name) is for \(family.rawValue) runtimes, and the layer is for \(runtime); give another --runtime, \
            or say where it goes as it lies, as in '\(source.spelled(into: "."))'
            """)
    }
}
