import Foundation
import Interpreters
import LaminaErrors
import SystemPackage
import ZipArchive

/// The node_modules that npm made in a private copy, on its way to a layer.
struct NodeModules {
    /// The folder node_modules.
    let folder: FilePath
    let installed: [InstalledPackage]

    /// A package where npm put it.
    struct InstalledPackage: Sendable {
        /// Relative to node_modules.
        var path: String
        var entry: NodeLock.Entry
        /// As the lock says where it came from.
        var origin: String?
        var manifest: NodeManifest?

        var name: String { manifest?.name ?? path.components(separatedBy: "node_modules/").last ?? path }
        var version: String { manifest?.version ?? entry.version ?? "" }

        /// Whether it is an optional package for musl alone: npm's locks do not say, so npm installs it beside that for glibc.
        var isForAnotherLibrary: Bool {
            guard entry.optional == true, let libc = manifest?.libc, !libc.isEmpty else { return false }
            return libc.contains("!glibc") || !libc.contains { $0 == "glibc" || $0.hasPrefix("!") }
        }
    }

    /// - Parameters:
    ///   - project: The folder of the private copy that holds node_modules.
    ///   - work: The folder of the build, inside which linked folders may be moved.
    /// - Throws: ``LaminaError`` `invalidArgument` when npm installed nothing.
    init(of project: FilePath, work: FilePath) throws {
        let folder = project.appending("node_modules")
        self.folder = folder
        let hidden = folder.appending(".package-lock.json")
        guard BuildCache.exists(hidden) else {
            throw LaminaError(.invalidArgument, "package.json has no dependencies but those for development: there is nothing for a layer")
        }
        let lock = try NodeLock(contentsOf: hidden)
        var installed = Self.places(lock)
        for package in installed where package.entry.link == true { try Self.materialize(folder.appending(package.path), work) }
        for index in installed.indices {
            installed[index].manifest = try? NodeManifest(contentsOf: folder.appending(installed[index].path).appending("package.json"))
        }
        self.installed = try installed.filter { package in
            guard package.isForAnotherLibrary else { return true }
            try FileManager.default.removeItem(atPath: folder.appending(package.path).string)
            // The scope's folder, if it was the last of it.
            rmdir(folder.appending(package.path).removingLastComponent().string)
            return false
        }
        for name in [".package-lock.json", ".cache"] { try? FileManager.default.removeItem(atPath: folder.appending(name).string) }
    }

    /// Where each package of the lock lies once links are folders.
    private static func places(_ lock: NodeLock) -> [InstalledPackage] {
        let prefix = "node_modules/"
        var places: [InstalledPackage] = []
        for (path, entry) in lock.packages.sorted(by: { $0.key < $1.key }) where path.hasPrefix(prefix) {
            let place = String(path.dropFirst(prefix.count))
            guard entry.link == true, let target = entry.resolved else {
                places.append(InstalledPackage(path: place, entry: entry, origin: entry.resolved))
                continue
            }
            var linked = lock.packages[target] ?? NodeLock.Entry()
            linked.link = true
            places.append(InstalledPackage(path: place, entry: linked, origin: target))
            for (inner, entry) in lock.packages.sorted(by: { $0.key < $1.key }) where inner.hasPrefix("\(target)/node_modules/") {
                places.append(InstalledPackage(path: place + inner.dropFirst(target.count), entry: entry, origin: entry.resolved))
            }
        }
        return places
    }

    /// Puts a linked folder in its link's place.
    private static func materialize(_ link: FilePath, _ work: FilePath) throws {
        guard let target = link.resolved else { throw LaminaError.system(errno, "npm linked \(link) to nothing") }
        unlink(link.string)
        try PrivateCopy.make(of: target, at: link, excluding: target.starts(with: work) ? [".git"] : NodeProject.uncopied)
    }

    /// All files as entries by their paths below node_modules.
    func entries() throws -> [ZipContent] { try FolderContents(folder).entries }

    /// The packages with the sizes of their files; the same version in several places is one.
    func packages(_ entries: [ZipContent]) -> [LayerContent.Package] {
        let places = Dictionary(installed.enumerated().map { ($0.element.path, $0.offset) }, uniquingKeysWith: { first, _ in first })
        var sizes = [Int](repeating: 0, count: installed.count)
        for entry in entries {
            var path = entry.path[...]
            while let slash = path.lastIndex(of: "/") {
                path = path[..<slash]
                guard let place = places[String(path)] else { continue }
                sizes[place] += entry.size
                break
            }
        }
        var found: [String: LayerContent.Package] = [:]
        for (package, size) in zip(installed, sizes) where package.manifest != nil {
            let key = "\(package.name)@\(package.version)"
            if found[key] != nil {
                found[key]?.size += size
                continue
            }
            let file = package.origin.flatMap { package.entry.link == true ? $0 : $0.split(separator: "/").last.map(String.init) }
            found[key] = LayerContent.Package(
                .npm, name: package.name, version: package.version, file: file ?? "\(key).tgz", size: size,
                license: package.manifest?.license, integrity: package.entry.integrity)
        }
        return found.values.sorted { ($0.name, $0.version) < ($1.name, $1.version) }
    }
}
