import Foundation
import LambdaModel
import SystemPackage
import SystemPackages
import TestSupport
import Testing

/// Makes an RPM repository by rpmbuild and createrepo_c.
struct RPMBench: Sendable {
    let folder: FilePath
    /// The repository, and the cache that packages come to.
    var repository: FilePath { folder.appending("repository") }
    var cache: PackageCache { PackageCache(root: folder.appending("cache")) }

    init(folder: FilePath) throws {
        self.folder = folder
        for name in ["repository", "sources"] {
            try FileManager.default.createDirectory(atPath: folder.appending(name).string, withIntermediateDirectories: true)
        }
    }

    /// Compiles a shared library that has nothing but a function of its name and its needs.
    ///
    /// - Parameter versions: A version script.
    func library(
        _ soname: String, needs: [String] = [], target: String = "x86_64", mark: String = "", versions: String? = nil
    ) async throws -> FilePath {
        let path = folder.appending("sources/\(target)-\(mark)-\(soname)")
        let source = folder.appending("sources/\(target)-\(mark)-\(soname).c")
        try source.write("const char *name(void) { return \"\(soname) \(mark)\"; }\n")
        var arguments = ["--target=\(target)-linux-gnu", "-shared", "-nostdlib", "-fuse-ld=lld", "-Wl,--no-as-needed"]
        if let versions {
            try FilePath("\(path).map").write(versions)
            arguments.append("-Wl,--version-script=\(path).map")
        }
        for need in needs { arguments.append(try await library(need, target: target).string) }
        arguments += ["-Wl,-soname,\(soname)", "-o", path.string, source.string]
        let output = try await Tool.run("clang", arguments)
        try #require(output.isSuccess, "\(output.error)")
        return path
    }

    /// Builds a package; its shared libraries are provided as rpmbuild finds it.
    ///
    /// - Parameters:
    ///   - libraries: Files by their paths in the package.
    ///   - links: Symlinks' targets by their paths in the package.
    @discardableResult
    func package(
        _ name: String, version: String = "1.0", epoch: Int? = nil, target: String = "x86_64", libraries: [String: FilePath] = [:],
        links: [String: String] = [:], provides: [String] = []
    ) async throws -> FilePath {
        let paths = (Array(libraries.keys) + links.keys).sorted()
        let install = paths.map { path in
            "mkdir -p $(dirname %{buildroot}\(path))\n"
                + (libraries[path].map { "cp \($0) %{buildroot}\(path)" } ?? "ln -s \(links[path] ?? "") %{buildroot}\(path)")
        }
        let top = folder.appending("top-\(name)-\(version)-\(target)")
        let spec = folder.appending("\(name)-\(version)-\(target).spec")
        try spec.write(
            """
            Name: \(name)
            Version: \(version)
            Release: 1
            \(epoch.map { "Epoch: \($0)" } ?? "")
            Summary: A package of a test
            License: MIT and Zlib
            \(provides.map { "Provides: \($0)" }.joined(separator: "\n"))
            %description
            It is made by a test.
            %install
            \(install.joined(separator: "\n"))
            mkdir -p %{buildroot}/usr/share/licenses/\(name)
            echo "as you like" > %{buildroot}/usr/share/licenses/\(name)/LICENSE
            %files
            /usr/share/licenses/\(name)/LICENSE
            \(paths.joined(separator: "\n"))
            """)
        let build = try await Tool.run(
            "rpmbuild",
            [
                "-bb", "--quiet", "--target", target, "--define", "_topdir \(top)", "--define", "__os_install_post %{nil}", spec.string,
            ])
        try #require(build.isSuccess, "\(build.error)")
        let built = try #require(try top.appending("RPMS/\(target)").list().first)
        let path = repository.appending(built)
        try FileManager.default.moveItem(atPath: top.appending("RPMS/\(target)/\(built)").string, toPath: path.string)
        return path
    }

    /// Builds a package of one library in the default folder, a symlink and a file as distributions have it.
    @discardableResult
    func package(
        of soname: String, in name: String, version: String = "1.0", epoch: Int? = nil, needs: [String] = []
    ) async throws
        -> FilePath
    {
        let file = try await library(soname, needs: needs, mark: version)
        return try await package(
            name, version: version, epoch: epoch, libraries: ["/usr/lib64/\(soname).\(version)": file],
            links: ["/usr/lib64/\(soname)": "\(soname).\(version)"])
    }

    /// Writes the repository's metadata.
    func index(_ options: [String] = []) async throws {
        let output = try await Tool.run("createrepo_c", ["--quiet"] + options + [repository.string])
        try #require(output.isSuccess, "\(output.error)")
    }

    /// Asks the repository.
    func find(
        _ sonames: [String], at location: String? = nil, signatures: RPMSignaturePolicy = .none, architecture: Architecture = .x86_64
    ) async throws -> ProvidedLibraries {
        let source = RPMRepository(location ?? repository.string, signatures: signatures, cache: cache)
        return try await source.libraries(sonames, architecture: architecture, progress: { _ in })
    }

    /// The names of all files in the cache.
    func cached() -> [String] {
        let root = cache.root.string
        return (FileManager.default.enumerator(atPath: root)?.allObjects as? [String] ?? []).filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder) && !isFolder.boolValue
        }
    }
}

/// Runs a test with a repository of its own.
func withRPMBench<T>(_ body: (RPMBench) async throws -> T) async throws -> T {
    try await withTemporaryFolder { try await body(RPMBench(folder: $0)) }
}
