import Foundation
import LaminaErrors
import SystemPackage

/// Lays an image's layers on top of each other in a folder, the lowest first (OCI image specification, "Applying Changesets").
///
/// All that comes out belongs to the user. Permissions are kept, but for the bits that change the user or the group; so are the times of
/// files, which Python compares with its bytecode. Devices and extended attributes are left out.
struct LayerUnpacker: ~Copyable {
    /// What an image may come to.
    struct Limits {
        /// Bytes of its layers' tars and of its files (AWS: 10 GB, "Container image code package size").
        var bytes = 10 << 30
        var entries = 400_000
    }

    private let root: RootFolder
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    /// Of files, and of tars.
    private var bytesLeft: Int
    private var tarBytesLeft: Int
    private var entriesLeft: Int
    private let limits: Limits
    /// Folders that their owner may not write to, once all is there, by where they are: links lead to nothing here.
    private var sealed: [FilePath: mode_t] = [:]

    /// - Parameter folder: An empty one.
    init(_ folder: FilePath, limits: Limits = Limits()) throws {
        root = try RootFolder(folder)
        self.limits = limits
        (bytesLeft, tarBytesLeft, entriesLeft) = (limits.bytes, limits.bytes, limits.entries)
    }

    deinit { buffer.deallocate() }

    /// Unpacks the next layer.
    ///
    /// - Parameters:
    ///   - name: What people call it.
    ///   - diffID: The digest of its tar.
    /// - Throws: ``LaminaError`` `hashMismatch`, `corrupt`, `unsafe` or `limitExceeded`, and what was unpacked is to be removed.
    mutating func apply(_ layer: FilePath, name: String, diffID: ImageDigest) throws {
        let archive = try UTF8Locale.use { try LayerArchive(layer, name: name, limit: tarBytesLeft) }
        /// Where what this layer has brought is, which its own whiteouts do not mean.
        var own: Set<FilePath> = []
        while let entry = try UTF8Locale.use({ try archive.next() }) {
            entriesLeft -= 1
            guard entriesLeft >= 0 else {
                throw LaminaError(.limitExceeded, "\(name) has more than \(limits.entries) entries with those below it")
            }
            guard let component = entry.path.lastComponent else { continue }
            if let whiteout = try Whiteout(entry.path, name: name) {
                try apply(whiteout, in: entry.path.removingLastComponent(), own)
            } else {
                own.insert(try add(entry, component, archive))
            }
        }
        let found = try archive.finish()
        tarBytesLeft -= archive.bytes
        guard found == diffID else {
            throw LaminaError(.hashMismatch, "\(name) unpacks to the digest \(found), but its image says \(diffID)")
        }
    }

    /// Makes what others are bound to in a sandbox, and takes back what the user may not write to.
    mutating func finish() throws {
        try RootMountPoints.make(in: root)
        // Those within others first.
        for (path, mode) in sealed.sorted(by: { $0.key.components.count > $1.key.components.count }) {
            guard let name = path.lastComponent, let parent = try root.folder(path.removingLastComponent()) else { continue }
            try parent.setMode(ofFolder: name, mode)
        }
        try root.sync()
    }

    private mutating func apply(_ whiteout: Whiteout, in parent: FilePath, _ own: Set<FilePath>) throws {
        guard let folder = try root.folder(parent) else { return }
        let place = try root.place(of: folder)
        switch whiteout {
        case .ignored: return
        case .name(let name):
            try folder.remove(name, at: place.appending(name), keeps: { own.contains($0) }, removed: { sealed[$0] = nil })
        case .opaque:
            try folder.removeContents(at: place, keeps: { own.contains($0) }, removed: { sealed[$0] = nil })
        }
    }

    /// - Returns: Where it is.
    private mutating func add(
        _ entry: LayerArchive.Entry, _ name: FilePath.Component, _ archive: LayerArchive
    ) throws -> FilePath {
        let parent = try root.makeFolder(entry.path.removingLastComponent())
        let place = try root.place(of: parent).appending(name)
        let mode = entry.mode & 0o1777
        let before = parent.mode(of: name).map { $0 & S_IFMT }
        if entry.kind == .directory {
            if before != S_IFDIR {
                try parent.remove(name, at: place)
                try root.checkDepth(of: place)
                guard parent.makeFolder(name) else { throw LaminaError.system(errno, "cannot make the folder \(entry.path)") }
            }
            try parent.setMode(ofFolder: name, mode | 0o700)
            sealed[place] = mode & 0o700 == 0o700 ? nil : mode
            return place
        }
        if before != nil { try parent.remove(name, at: place, removed: { sealed[$0] = nil }) }
        switch entry.kind {
        case .symlink(let target):
            let result = target.withPlatformString { target in name.withPlatformString { symlinkat(target, parent.rawValue, $0) } }
            guard result == 0 else { throw LaminaError.system(errno, "cannot make the link \(entry.path)") }
        case .hardlink(let target): try link(target, parent, name, entry.path)
        case .file: try write(entry, mode, parent, name, archive)
        case .directory, .special: break
        }
        return place
    }

    private func link(
        _ target: FilePath, _ parent: borrowing FolderHandle, _ name: FilePath.Component, _ path: FilePath
    ) throws {
        guard let targetName = target.lastComponent, let folder = try root.folder(target.removingLastComponent()),
            let mode = folder.mode(of: targetName), mode & S_IFMT == S_IFREG || mode & S_IFMT == S_IFLNK
        else { throw LaminaError(.corrupt, "/\(path) is a hard link to /\(target), which is no file of the image") }
        let result = targetName.withPlatformString { targetName in
            name.withPlatformString { linkat(folder.rawValue, targetName, parent.rawValue, $0, 0) }
        }
        guard result == 0 else { throw LaminaError.system(errno, "cannot link \(path) to \(target)") }
    }

    private mutating func write(
        _ entry: LayerArchive.Entry, _ mode: mode_t, _ parent: borrowing FolderHandle, _ name: FilePath.Component,
        _ archive: LayerArchive
    ) throws {
        guard entry.size <= bytesLeft else {
            throw LaminaError(.limitExceeded, "the image's files have more than \(limits.bytes) bytes")
        }
        bytesLeft -= entry.size
        let file = try parent.makeFile(name)
        defer { try? file.close() }
        do {
            var left = entry.size
            while case let bytes = try archive.read(into: buffer), !bytes.isEmpty {
                left -= bytes.count
                guard left >= 0 else { throw LaminaError(.corrupt, "/\(entry.path) has more bytes than its layer says") }
                try file.writeAll(bytes)
            }
            // A hole at the end of a sparse file.
            if left > 0 { try file.resize(to: Int64(entry.size)) }
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write \(entry.path)")
        }
        var times = [entry.modified, entry.modified]
        guard fchmod(file.rawValue, mode) == 0, futimens(file.rawValue, &times) == 0 else {
            throw LaminaError.system(errno, "cannot finish \(entry.path)")
        }
    }
}
